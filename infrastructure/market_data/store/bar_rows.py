"""The rows of `market_bars`: reading, inserting and deleting them as columns."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func, select
from sqlalchemy.sql import ColumnElement

from infrastructure.database.models import market_bars as table
from infrastructure.database.numbers import Fields, fetch_numbers, insert_numbers
from infrastructure.market_data.bars import DEMO_SOURCE
from infrastructure.market_data.columns import AT_ONCE, VALUES, BarColumns

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_FIELDS = Fields(("timestamp",), VALUES)

_DELETED_AT_ONCE = 500
"""Stamps a statement: databases limit its parameters."""


def stored_columns(
    connection: "Connection",
    symbol: str,
    interval: str,
    first: int | None = None,
    last: int | None = None,
    limit: int | None = None,
) -> BarColumns:
    """Bars as they are stored, oldest first: stamps from `first` up to but not including `last`."""
    query = select(*(table.c[name] for name in (*_FIELDS.whole, *_FIELDS.real)))
    query = query.where(*_is(symbol, interval)).order_by(table.c.timestamp)
    if first is not None:
        query = query.where(table.c.timestamp >= first)
    if last is not None:
        query = query.where(table.c.timestamp < last)
    return BarColumns(**fetch_numbers(connection, query.limit(limit), _FIELDS))


def stored_parts(
    connection: "Connection", symbol: str, interval: str, rows: int = AT_ONCE
) -> Iterator[BarColumns]:
    """All bars of a series as they are stored, oldest first, some at a time."""
    first: int | None = None
    while True:
        part = stored_columns(connection, symbol, interval, first, limit=rows)
        if len(part):
            yield part
        if len(part) < rows:
            return
        first = int(part.timestamp[-1]) + 1


def has_bars(connection: "Connection", symbol: str, interval: str) -> bool:
    """Whether a series has any bar."""
    return len(stored_columns(connection, symbol, interval, limit=1)) > 0


def count_real_bars(connection: "Connection", symbol: str, interval: str) -> int:
    """How many stored bars of a series are not synthetic."""
    real = select(func.count()).select_from(table).where(*_is(symbol, interval))
    return int(connection.execute(real.where(table.c.source != DEMO_SOURCE)).scalar_one())


def sources_of(connection: "Connection", symbol: str, interval: str) -> str:
    """Where the bars of a series came from, joined by ", "; every row is looked at."""
    names = connection.execute(select(table.c.source).where(*_is(symbol, interval)).distinct())
    return ", ".join(sorted(names.scalars()))


def insert_bars(
    connection: "Connection", symbol: str, interval: str, source: str, columns: BarColumns
) -> int:
    """Insert bars that are not there yet; how many."""
    same = {"symbol": symbol, "interval": interval, "source": source}
    return sum(insert_numbers(connection, table, same, vars(part)) for part in columns.parts())


def delete_bars(connection: "Connection", symbol: str, interval: str) -> int:
    """Delete all bars of a series; how many there were."""
    return connection.execute(delete(table).where(*_is(symbol, interval))).rowcount


def delete_demo_bars(connection: "Connection", symbol: str, interval: str) -> int:
    """Delete the synthetic bars of a series; how many there were."""
    demo = delete(table).where(*_is(symbol, interval), table.c.source == DEMO_SOURCE)
    return connection.execute(demo).rowcount


def delete_stamps(
    connection: "Connection", symbol: str, interval: str, stamps: NDArray[np.int64]
) -> int:
    """Delete bars by their opening times, seconds UTC; how many there were."""
    removed = 0
    for first in range(0, len(stamps), _DELETED_AT_ONCE):
        some = stamps[first : first + _DELETED_AT_ONCE].tolist()
        chosen = delete(table).where(*_is(symbol, interval), table.c.timestamp.in_(some))
        removed += connection.execute(chosen).rowcount
    return removed


def _is(symbol: str, interval: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.c.symbol == symbol, table.c.interval == interval
