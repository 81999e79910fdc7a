"""Keys from the environment or the system's keyring. Nothing made of them here ever shows one."""

import os
from typing import NamedTuple

from infrastructure.errors import ConfigError
from infrastructure.hiding import remember

SERVICE = "kairos"
"""What the keyring files our keys under: `keyring set kairos APCA_API_KEY_ID`."""

_ID_NAMES = ("APCA_API_KEY_ID", "ALPACA_API_KEY", "ALPACA_API_KEY_ID")
_SECRET_NAMES = ("APCA_API_SECRET_KEY", "ALPACA_SECRET_KEY", "ALPACA_API_SECRET_KEY")


class Keys(NamedTuple):
    """A pair of keys; its text has neither."""

    key_id: str
    secret: str

    def __repr__(self) -> str:
        return "Keys(...)"

    def hidden_in(self, text: str) -> str:
        """`text` without the keys, for what a server says."""
        for key in self:
            text = text.replace(key, "...")
        return text


def alpaca_keys() -> Keys:
    """Alpaca's keys: the environment's, else the keyring's.

    Raises ConfigError naming what is missing, is no key, or cannot be read.
    """
    return Keys(_key(_ID_NAMES), _key(_SECRET_NAMES))


def _key(names: tuple[str, ...]) -> str:
    name = next((name for name in names if os.environ.get(name)), None)
    found = os.environ[name] if name else _from_keyring(names[0])
    if found is None:
        raise ConfigError(
            f"Alpaca needs its keys: set {_ID_NAMES[0]} and {_SECRET_NAMES[0]} in the "
            f"environment, or in the system's keyring by `keyring set {SERVICE} NAME` (pip install "
            f"'kairos[keyring]'); {names[0]} is missing"
        )
    key = found.strip()
    remember(key)
    # What no header can hold would be shown by the error of whoever tries.
    if not key or not all("!" <= character <= "~" for character in key):
        where = name or f"{names[0]} of the keyring"
        raise ConfigError(f"{where}: expected a key of letters and digits; found other characters")
    return key


def _from_keyring(name: str) -> str | None:
    """What the keyring has under our service; None where it has nothing, or there is no keyring.

    Raises ConfigError for a keyring that is locked or fails.
    """
    try:
        import keyring
        from keyring.errors import NoKeyringError
    except ImportError:
        return None
    try:
        return keyring.get_password(SERVICE, name)
    except NoKeyringError:
        return None
    except Exception as error:  # noqa: BLE001  # a keyring is a plug of anybody's
        reason = type(error).__name__
        raise ConfigError(
            f"{name}: the system's keyring cannot be read ({reason}); unlock it, or set {name} in "
            "the environment"
        ) from None
