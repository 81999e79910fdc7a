"""No text shows a secret: the passwords of addresses, and every secret that was ever read here."""

import re
from urllib.parse import quote

SHORTEST = 6
"""A remembered secret of fewer characters is hidden in addresses only: it may be a plain word."""

_HIDDEN = "***"
_PASSWORD = re.compile(r"(?<=:/)(/?[^\s:/?#]*):\S+@")
_SETTING = re.compile(
    r"(?i)((?:passw(?:or)?d|passwd|token|secret|api_?key)=)('[^']*'|[^&\s'\",;]+)"
)
_known: dict[str, None] = {}


def remember(secret: object) -> None:
    """From now on no line, log or traceback of this process shows this text."""
    text = str(secret or "")
    if len(text) >= SHORTEST:
        _known.update(dict.fromkeys((text, quote(text, safe=""))))


def hidden(text: str) -> str:
    """`text` with *** for passwords of addresses (`user:***@host`) and remembered secrets."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    text = _PASSWORD.sub(rf"\g<1>:{_HIDDEN}@", text)
    return _SETTING.sub(rf"\g<1>{_HIDDEN}", text)
