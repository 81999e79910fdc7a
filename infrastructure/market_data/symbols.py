"""Names of instruments, as they stand in the store, in configs and on the command line."""

import re

from infrastructure.errors import ConfigError

_FORM = re.compile(r"[A-Za-z0-9._\-/=^:]{1,32}")


def check_symbol(symbol: str) -> str:
    """`symbol` itself, once it is known to be one: BRK.B, ^NDX, EURUSD=X, BTC/USDT, NASDAQ:QQQ.

    Raises ConfigError for other characters, for more than 32 of them and for two dots in a row.
    """
    if isinstance(symbol, str) and _FORM.fullmatch(symbol) and ".." not in symbol:
        return symbol
    raise ConfigError(
        "symbol: expected 1 to 32 of A-Z a-z 0-9 . _ - / = ^ : without two dots in a row; "
        f"found {str(symbol)[:40]!r}"
    )
