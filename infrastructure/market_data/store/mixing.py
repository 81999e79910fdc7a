"""Which bars may not stand in one series: synthetic beside real ones, two kinds of adjustment."""

from typing import TYPE_CHECKING

from infrastructure.errors import DataError
from infrastructure.market_data.bars import DEMO_SOURCE
from infrastructure.market_data.store.bar_rows import count_real_bars, delete_demo_bars
from infrastructure.market_data.store.series import StoredSeries

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

ADJUSTED = {
    "none": "unadjusted",
    "split": "adjusted for splits",
    "all": "adjusted for splits and dividends",
}
"""What prices have been adjusted for, in words."""


def make_room(
    connection: "Connection",
    symbol: str,
    interval: str,
    held: StoredSeries | None,
    source: str,
    adjusted: str | None,
) -> int:
    """How many synthetic bars had to go before bars of `source` come.

    held: what is known of the stored bars; None: there are none, or they have not been counted.
    adjusted: as in `write_bars`. Raises DataError for bars that must not mix with the stored ones.
    """
    if source == DEMO_SOURCE:
        _refuse_among_real(connection, symbol, interval)
        return 0
    if held is None or DEMO_SOURCE in held.sources:
        removed = delete_demo_bars(connection, symbol, interval)
        if removed:
            return removed
    if held and adjusted is not None and held.adjusted != adjusted:
        raise DataError(
            f"{symbol} {interval}: {ADJUSTED[adjusted]} bars must not mix with the stored ones, "
            f"which came {ADJUSTED[held.adjusted]}; say --adjusted {held.adjusted} if these are "
            f"too, or first: kairos data remove {symbol} --interval {interval}"
        )
    return 0


def _refuse_among_real(connection: "Connection", symbol: str, interval: str) -> None:
    count = count_real_bars(connection, symbol, interval)
    if count:
        raise DataError(
            f"{symbol} {interval}: synthetic bars must not mix with real ones; {count:,} real bars "
            "are stored; give the synthetic ones another symbol"
        )
