"""What the store holds of the series that is being fetched; synthetic bars do not count."""

from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import ColumnElement, func, select

from infrastructure.database.models import market_bars as table
from infrastructure.market_data.bars import DEMO_SOURCE
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.fetching import fetch_records

if TYPE_CHECKING:
    from infrastructure.database.engine import Database

_FIELDS = [
    ("timestamp", "i8"),
    *((name, "f8") for name in ("open", "high", "low", "close", "volume")),
]


def held_span(database: "Database", symbol: str, interval: str) -> tuple[int, int] | None:
    """Opening times of the first and the last bar, seconds UTC; None where there is none."""
    query = select(func.min(table.c.timestamp), func.max(table.c.timestamp)).where(
        *_real(symbol, interval)
    )
    with database.read() as connection:
        first, last = connection.execute(query).one()
    return None if first is None else (int(first), int(last))


def held_bars(
    database: "Database", symbol: str, interval: str, first: int, last: int
) -> BarColumns:
    """Bars with opening times from `first` to `last`, seconds UTC, both included."""
    query = (
        select(*(table.c[name] for name, _ in _FIELDS))
        .where(*_real(symbol, interval), table.c.timestamp.between(first, last))
        .order_by(table.c.timestamp)
    )
    with database.read() as connection:
        rows = fetch_records(connection, query, _FIELDS)
    return BarColumns(*(np.ascontiguousarray(rows[name]) for name, _ in _FIELDS))


def _real(symbol: str, interval: str) -> tuple[ColumnElement[bool], ...]:
    return (
        table.c.symbol == symbol,
        table.c.interval == interval,
        table.c.source != DEMO_SOURCE,
    )
