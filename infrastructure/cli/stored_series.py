"""The series that a command line means, from a symbol and perhaps an interval."""

from typing import TYPE_CHECKING

from infrastructure.errors import DataError

if TYPE_CHECKING:
    from infrastructure.database.engine import Database
    from infrastructure.market_data.store.series import StoredSeries


def meant_series(database: "Database", symbol: str, interval: str | None) -> tuple[str, str]:
    """(interval, calendar) to read: a stored series, or one to be made of finer stored bars.

    Raises DataError where the symbol has no bars, or several intervals and none is named.
    """
    from infrastructure.market_data.intervals import interval_seconds
    from infrastructure.market_data.store.series import stored_series

    held = stored_series(database, symbol)
    if interval is None or not held:
        series = chosen_series(database, symbol, interval)
        return series.interval, series.calendar
    interval_seconds(interval)
    same = [each for each in held if each.interval == interval]
    return interval, (same or held)[0].calendar


def chosen_series(database: "Database", symbol: str, interval: str | None = None) -> "StoredSeries":
    """The stored series of a symbol; without an interval the only one. Raises DataError."""
    from infrastructure.market_data.intervals import interval_seconds
    from infrastructure.market_data.store.series import stored_series
    from infrastructure.market_data.symbols import check_symbol

    check_symbol(symbol)
    if interval is not None:
        interval_seconds(interval)
    held = stored_series(database, symbol)
    wanted = [each for each in held if interval in (None, each.interval)]
    if len(wanted) == 1:
        return wanted[0]
    if len(wanted) > 1:
        named = ", ".join(each.interval for each in wanted)
        raise DataError(f"{symbol}: is stored at several intervals ({named}); say --interval")
    there = ", ".join(map(str, held)) or f"nothing of {symbol}"
    raise DataError(f"{symbol} {interval or ''}".strip() + f": {database.name} has {there}")
