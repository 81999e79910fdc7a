"""What the store holds of the series that is being fetched; synthetic bars do not count."""

from typing import TYPE_CHECKING

from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.store.bar_rows import stored_columns
from infrastructure.market_data.store.series import stored_series

if TYPE_CHECKING:
    from infrastructure.database.engine import Database


def held_span(database: "Database", symbol: str, interval: str) -> tuple[int, int] | None:
    """Opening times of the first and the last bar, seconds UTC; None where there is none."""
    held = [s for s in stored_series(database, symbol) if s.interval == interval]
    if not held or held[0].synthetic:
        return None
    return held[0].count.first_bar, held[0].count.last_bar


def held_bars(
    database: "Database", symbol: str, interval: str, first: int, last: int
) -> BarColumns:
    """Bars with opening times from `first` to `last`, seconds UTC, both included."""
    with database.read() as connection:
        return stored_columns(connection, symbol, interval, first, last + 1)
