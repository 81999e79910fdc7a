"""Bars into the store: one transaction, nothing replaced unasked, synthetic bars always."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func, select

from infrastructure.database.bulk import insert_columns
from infrastructure.database.models import market_bars as table
from infrastructure.errors import DataError
from infrastructure.market_data.bars import DEMO_SOURCE
from infrastructure.market_data.columns import BarColumns, utc_text
from infrastructure.market_data.fetching import fetch_records
from infrastructure.market_data.intervals import interval_seconds
from infrastructure.market_data.symbols import check_symbol

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from infrastructure.database.engine import Database

_VALUES = ("open", "high", "low", "close", "volume")
_DELETE_AT_ONCE = 500


class WriteResult(NamedTuple):
    """How many bars a write added, found as they are, replaced, and how many demo bars left."""

    new: int
    unchanged: int
    replaced: int
    demo_removed: int


def write_bars(
    database: "Database",
    symbol: str,
    interval: str,
    columns: BarColumns,
    source: str,
    replace: bool = False,
) -> WriteResult:
    """Store bars of one symbol and interval, in one transaction.

    columns: sound rows, strictly ascending. A bar stored before with the same values is left as it
    is; with other values it is refused, or replaced where `replace` says so. Real bars remove every
    demo bar of that symbol and interval.

    Raises DataError on differing bars (their number and the first), on demo bars where real ones
    are stored, on rows unfit to trade, and StorageError.
    """
    check_symbol(symbol)
    interval_seconds(interval)
    where = f"{symbol} {interval}"
    columns = columns.checked(where)
    with database.write() as connection:
        if source == DEMO_SOURCE:
            _refuse_among_real(connection, symbol, interval)
            demo_removed = 0
        else:
            demo_removed = _remove_demo(connection, symbol, interval)
        stored = _stored(connection, symbol, interval, columns)
        found, differs = _compare(columns, stored)
        if differs.any() and not (replace or source == DEMO_SOURCE):
            raise _refusal(where, columns, stored, differs)
        _remove(connection, symbol, interval, columns.timestamp[differs])
        added = columns.take(~found | differs)
        if len(added):
            names = {"symbol": symbol, "interval": interval, "source": source}
            insert_columns(connection, table, {**vars(added), **names})
    replaced = int(differs.sum())
    return WriteResult(len(added) - replaced, int(found.sum()) - replaced, replaced, demo_removed)


def _refuse_among_real(connection: "Connection", symbol: str, interval: str) -> None:
    real = (
        select(func.count())
        .select_from(table)
        .where(table.c.symbol == symbol, table.c.interval == interval)
        .where(table.c.source != DEMO_SOURCE)
    )
    count = connection.execute(real).scalar_one()
    if count:
        raise DataError(
            f"{symbol} {interval}: synthetic bars must not mix with real ones; {count:,} real bars "
            "are stored; give the synthetic ones another symbol"
        )


def _remove_demo(connection: "Connection", symbol: str, interval: str) -> int:
    demo = delete(table).where(table.c.symbol == symbol, table.c.interval == interval)
    return connection.execute(demo.where(table.c.source == DEMO_SOURCE)).rowcount


def _stored(
    connection: "Connection", symbol: str, interval: str, columns: BarColumns
) -> NDArray[np.void]:
    """Bars that the store has from the first to the last of `columns`, as records."""
    fields = [("timestamp", "i8"), *((name, "f8") for name in _VALUES)]
    if not len(columns):
        return np.empty(0, dtype=fields)
    first, last = int(columns.timestamp[0]), int(columns.timestamp[-1])
    query = (
        select(*(table.c[name] for name, _ in fields))
        .where(table.c.symbol == symbol, table.c.interval == interval)
        .where(table.c.timestamp.between(first, last))
        .order_by(table.c.timestamp)
    )
    return fetch_records(connection, query, fields)


def _compare(
    columns: BarColumns, stored: NDArray[np.void]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which bars are stored, and which of those with other values; both of shape (n_bars,)."""
    found = np.isin(columns.timestamp, stored["timestamp"], assume_unique=True)
    differs = np.zeros(len(columns), dtype=np.bool_)
    there = _rows_of(stored, columns.timestamp[found])
    differs[found] = np.logical_or.reduce(
        [getattr(columns, name)[found] != there[name] for name in _VALUES]
    )
    return found, differs


def _rows_of(stored: NDArray[np.void], stamps: NDArray[np.int64]) -> NDArray[np.void]:
    return stored[np.searchsorted(stored["timestamp"], stamps)]


def _refusal(
    where: str, columns: BarColumns, stored: NDArray[np.void], differs: NDArray[np.bool_]
) -> DataError:
    row = int(np.flatnonzero(differs)[0])
    stamp = int(columns.timestamp[row])
    before = _rows_of(stored, columns.timestamp[row : row + 1])[0]
    name = next(name for name in _VALUES if getattr(columns, name)[row] != before[name])
    return DataError(
        f"{where}: {int(differs.sum()):,} bars are stored with other values, nothing was written; "
        f"the first: {utc_text(stamp)} has {name} {float(before[name])} in the store and "
        f"{float(getattr(columns, name)[row])} now; --replace takes the new ones"
    )


def _remove(
    connection: "Connection", symbol: str, interval: str, stamps: NDArray[np.int64]
) -> None:
    series = delete(table).where(table.c.symbol == symbol, table.c.interval == interval)
    for first in range(0, len(stamps), _DELETE_AT_ONCE):
        part = stamps[first : first + _DELETE_AT_ONCE].tolist()
        connection.execute(series.where(table.c.timestamp.in_(part)))
