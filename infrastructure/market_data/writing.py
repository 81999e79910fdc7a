"""Bars into the store and out of it: one transaction each, counted and written down."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete

from infrastructure.database.models import market_bars as table
from infrastructure.database.numbers import insert_numbers
from infrastructure.database.watching import unwatched_bars
from infrastructure.errors import DataError
from infrastructure.market_data.bars import DEMO_SOURCE
from infrastructure.market_data.calendars import get_calendar
from infrastructure.market_data.columns import BarColumns, utc_text
from infrastructure.market_data.counting import SeriesCount, SeriesCounter
from infrastructure.market_data.history import BarNumbers, Change, write_history
from infrastructure.market_data.intervals import interval_seconds
from infrastructure.market_data.series import (
    USUAL_CALENDAR,
    StoredSeries,
    has_real_bars,
    keep_count,
    one_series,
    stored_columns,
)
from infrastructure.market_data.session_calendar import SessionCalendar
from infrastructure.market_data.symbols import check_symbol

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from infrastructure.database.engine import Database

_VALUES = ("open", "high", "low", "close", "volume")
_DELETE_AT_ONCE = 500
_AT_ONCE = 1_000_000


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


@dataclass(frozen=True)
class _Target:
    """Where bars go, and what is there now (`held`; None: nothing, or nothing counted)."""

    symbol: str
    interval: str
    calendar: SessionCalendar
    held: StoredSeries | None

    def __str__(self) -> str:
        return f"{self.symbol} {self.interval}"


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
        target = _Target(symbol, interval, days, one_series(connection, symbol, interval))
        demo_removed = _make_room(connection, target, source, adjusted)
        alone = not _has_bars(connection, target)
        written = _write(connection, target, columns, source, replace, alone)
        if written.new or written.replaced or demo_removed:
            count = _count(target, columns) if alone else None
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
            this = (table.c.symbol == symbol, table.c.interval == interval)
            removed = connection.execute(delete(table).where(*this)).rowcount
        else:
            removed = _delete(connection, symbol, interval, stamps)
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


def _make_room(connection: "Connection", target: _Target, source: str, adjusted: str | None) -> int:
    """Refuse what may not mix with the bars that are there; how many demo bars had to go."""
    if source == DEMO_SOURCE:
        _refuse_among_real(connection, target)
        return 0
    held = target.held
    if held is None or DEMO_SOURCE in held.sources:
        removed = _remove_demo(connection, target)
        if removed:
            return removed
    if held and adjusted is not None and held.adjusted != adjusted:
        raise DataError(
            f"{target}: {ADJUSTED[adjusted]} bars must not mix with the stored ones, which came "
            f"{ADJUSTED[held.adjusted]}; say --adjusted {held.adjusted} if these are too, or "
            f"first: kairos data remove {target.symbol} --interval {target.interval}"
        )
    return 0


ADJUSTED = {
    "none": "unadjusted",
    "split": "adjusted for splits",
    "all": "adjusted for splits and dividends",
}


def _refuse_among_real(connection: "Connection", target: _Target) -> None:
    count = has_real_bars(connection, target.symbol, target.interval)
    if count:
        raise DataError(
            f"{target}: synthetic bars must not mix with real ones; {count:,} real bars "
            "are stored; give the synthetic ones another symbol"
        )


def _remove_demo(connection: "Connection", target: _Target) -> int:
    this = (table.c.symbol == target.symbol, table.c.interval == target.interval)
    demo = delete(table).where(*this, table.c.source == DEMO_SOURCE)
    return connection.execute(demo).rowcount


def _write(
    connection: "Connection",
    target: _Target,
    columns: BarColumns,
    source: str,
    replace: bool,
    alone: bool,
) -> _Written:
    """Insert what is not there yet; alone: whether nothing is."""
    same = {"symbol": target.symbol, "interval": target.interval, "source": source}
    if alone:
        return _Written(_insert(connection, same, columns), 0, 0)
    found, differs = _compare(connection, target, columns)
    if differs.any() and not (replace or source == DEMO_SOURCE):
        raise _refusal(connection, target, columns, differs)
    _delete(connection, target.symbol, target.interval, columns.timestamp[differs])
    added = _insert(connection, same, columns.take(~found | differs))
    replaced = int(differs.sum())
    return _Written(added - replaced, int(found.sum()) - replaced, replaced)


def _insert(connection: "Connection", same: dict[str, str], columns: BarColumns) -> int:
    return sum(insert_numbers(connection, table, same, vars(part)) for part in _parts(columns))


def _parts(columns: BarColumns) -> Iterator[BarColumns]:
    """A long series may be mapped from disk: some rows of it at a time."""
    for first in range(0, len(columns), _AT_ONCE):
        yield columns.take(slice(first, first + _AT_ONCE))


def _has_bars(connection: "Connection", target: _Target) -> bool:
    return len(stored_columns(connection, target.symbol, target.interval, limit=1)) > 0


def _compare(
    connection: "Connection", target: _Target, columns: BarColumns
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which bars are stored, and which of those with other values; both of shape (n_bars,)."""
    found = np.zeros(len(columns), dtype=np.bool_)
    differs = found.copy()
    for first in range(0, len(columns), _AT_ONCE):
        rows = slice(first, first + _AT_ONCE)
        part = columns.take(rows)
        stored = _stored_among(connection, target, part)
        if not len(stored):
            continue
        found[rows] = np.isin(part.timestamp, stored.timestamp, assume_unique=True)
        there = stored.take(np.searchsorted(stored.timestamp, part.timestamp[found[rows]]))
        other = [getattr(part, name)[found[rows]] != getattr(there, name) for name in _VALUES]
        differs[rows.start + np.flatnonzero(found[rows])] = np.logical_or.reduce(other)
    return found, differs


def _stored_among(connection: "Connection", target: _Target, part: BarColumns) -> BarColumns:
    """Stored bars from the first to the last of a part."""
    first, last = int(part.timestamp[0]), int(part.timestamp[-1]) + 1
    return stored_columns(connection, target.symbol, target.interval, first, last)


def _count(target: _Target, columns: BarColumns) -> SeriesCount | None:
    counter = SeriesCounter(target.interval, target.calendar)
    for part in _parts(columns):
        counter.add(part)
    return counter.result()


def _refusal(
    connection: "Connection", target: _Target, columns: BarColumns, differs: NDArray[np.bool_]
) -> DataError:
    first = columns.take(np.flatnonzero(differs)[:1])
    there = _stored_among(connection, target, first)
    name = next(n for n in _VALUES if getattr(first, n)[0] != getattr(there, n)[0])
    return DataError(
        f"{target}: {int(differs.sum()):,} bars are stored with other values, nothing was written; "
        f"the first: {utc_text(int(first.timestamp[0]))} has {name} "
        f"{float(getattr(there, name)[0])} in the store and {float(getattr(first, name)[0])} now; "
        "--replace takes the new ones"
    )


def _delete(connection: "Connection", symbol: str, interval: str, stamps: NDArray[np.int64]) -> int:
    removed = 0
    this = (table.c.symbol == symbol, table.c.interval == interval)
    for first in range(0, len(stamps), _DELETE_AT_ONCE):
        some = stamps[first : first + _DELETE_AT_ONCE].tolist()
        removed += connection.execute(
            delete(table).where(*this, table.c.timestamp.in_(some))
        ).rowcount
    return removed
