"""Bars into the store, and out of it for good: one transaction each, counted and written down."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from infrastructure.database.watching import unwatched_bars
from infrastructure.market_data.bars import DEMO_SOURCE
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.intervals import interval_seconds
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.store.bar_rows import (
    delete_bars,
    delete_stamps,
    has_bars,
    insert_bars,
)
from infrastructure.market_data.store.counting import count_parts
from infrastructure.market_data.store.differing import compare_with_stored, refusal_of_differing
from infrastructure.market_data.store.history import BarNumbers, Change, write_history
from infrastructure.market_data.store.mixing import make_room
from infrastructure.market_data.store.series import USUAL_CALENDAR, keep_count, one_series
from infrastructure.market_data.symbols import check_symbol

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from infrastructure.database.engine import Database


class WriteResult(NamedTuple):
    """How many bars a write added, found as they are, replaced, and how many demo bars left."""

    new: int
    unchanged: int
    replaced: int
    demo_removed: int


class _Written(NamedTuple):
    new: int
    unchanged: int
    replaced: int


def write_bars(
    database: "Database",
    symbol: str,
    interval: str,
    columns: BarColumns,
    source: str,
    replace: bool = False,
    *,
    calendar: str | None = None,
    adjusted: str | None = None,
    change: Change | None = None,
    also: Callable[["Connection"], object] | None = None,
) -> WriteResult:
    """Store bars of one symbol and interval, in one transaction.

    columns: sound rows, strictly ascending. A bar stored before with the same values is left as it
    is; with other values it is refused, or replaced where `replace` says so. Real bars remove every
    demo bar of that symbol and interval.
    calendar: whose sessions the bars belong to; None: those of the series, or of New York.
    adjusted: what the prices have been adjusted for; None: like the series, or nothing.
    change: what the history says of it; by default an import of `source`.
    also: what else is to be written in the same transaction.

    Raises DataError on differing bars (their number and the first), on demo bars where real ones
    are stored, on rows unfit to trade, on other adjustments than the series has; and StorageError.
    """
    check_symbol(symbol)
    interval_seconds(interval)
    columns = columns.checked(f"{symbol} {interval}")
    days = get_calendar(calendar or _calendar_of(database, symbol, interval), database)
    with database.write() as connection, unwatched_bars(connection):
        held = one_series(connection, symbol, interval)
        demo_removed = make_room(connection, symbol, interval, held, source, adjusted)
        alone = not has_bars(connection, symbol, interval)
        if alone:
            written = _Written(insert_bars(connection, symbol, interval, source, columns), 0, 0)
        else:
            written = _insert_among(connection, symbol, interval, columns, source, replace)
        if written.new or written.replaced or demo_removed:
            # Bars that stand alone are counted as they are, not read again from the table.
            count = count_parts(interval, days, columns.parts()) if alone else None
            sources = source if alone else None
            keep_count(connection, symbol, interval, days.name, adjusted, sources, count)
            numbers = BarNumbers(*written, removed=demo_removed)
            write_history(connection, symbol, interval, change or _import_of(source), numbers)
        if also is not None:
            also(connection)
    return WriteResult(*written, demo_removed)


def remove_bars(
    database: "Database",
    symbol: str,
    interval: str,
    stamps: NDArray[np.int64] | None,
    change: Change,
) -> int:
    """Remove bars by their opening times (None: all of the series); how many there were.

    In one transaction, counted and written down. Raises StorageError.
    """
    with database.write() as connection, unwatched_bars(connection):
        if stamps is None:
            removed = delete_bars(connection, symbol, interval)
        else:
            removed = delete_stamps(connection, symbol, interval, stamps)
        keep_count(connection, symbol, interval)
        if removed:
            write_history(connection, symbol, interval, change, BarNumbers(removed=removed))
    return removed


def _import_of(source: str) -> Change:
    return Change("synthetic" if source == DEMO_SOURCE else "import", source, {})


def _calendar_of(database: "Database", symbol: str, interval: str) -> str:
    with database.read() as connection:
        held = one_series(connection, symbol, interval)
    return held.calendar if held else USUAL_CALENDAR


def _insert_among(
    connection: "Connection",
    symbol: str,
    interval: str,
    columns: BarColumns,
    source: str,
    replace: bool,
) -> _Written:
    """Insert what is not there yet. Raises DataError for what is there with other values."""
    found, differs = compare_with_stored(connection, symbol, interval, columns)
    if differs.any() and not (replace or source == DEMO_SOURCE):
        raise refusal_of_differing(connection, symbol, interval, columns, differs)
    delete_stamps(connection, symbol, interval, columns.timestamp[differs])
    added = insert_bars(connection, symbol, interval, source, columns.take(~found | differs))
    replaced = int(differs.sum())
    return _Written(added - replaced, int(found.sum()) - replaced, replaced)
