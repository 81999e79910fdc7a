"""Keys from the environment. Nothing here, and nothing made of it, ever shows one."""

import os
from typing import NamedTuple

from infrastructure.errors import ConfigError

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
    """Alpaca's keys. Raises ConfigError naming the variables that are missing or no keys."""
    return Keys(_from_environment(_ID_NAMES), _from_environment(_SECRET_NAMES))


def _from_environment(names: tuple[str, ...]) -> str:
    name = next((name for name in names if os.environ.get(name)), None)
    if name is None:
        raise ConfigError(
            f"Alpaca needs its keys: set {_ID_NAMES[0]} and {_SECRET_NAMES[0]} in the "
            f"environment; {names[0]} is missing"
        )
    key = os.environ[name].strip()
    # What no header can hold would be shown by the error of whoever tries.
    if not key or not all("!" <= character <= "~" for character in key):
        raise ConfigError(f"{name}: expected a key of letters and digits; found other characters")
    return key
