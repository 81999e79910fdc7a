"""Bars in the database: reading them for a run, writing them from an import."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, func, select

from infrastructure.database.models import market_bars as table
from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.assembling import assemble, make_bars
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.calendars import get_calendar
from infrastructure.market_data.columns import BarColumns, utc_text
from infrastructure.market_data.fetching import fetch_records
from infrastructure.market_data.intervals import interval_seconds
from infrastructure.market_data.symbols import check_symbol
from infrastructure.market_data.writing import WriteResult, write_bars

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from infrastructure.database.engine import Database

__all__ = [
    "StoredSeries",
    "WriteResult",
    "make_bars",
    "read_bars",
    "stored_series",
    "write_bars",
]

_PRICES = ("open", "high", "low", "close", "volume")
_FIELDS = [("timestamp", "i8"), *((name, "f8") for name in _PRICES)]


class StoredSeries(NamedTuple):
    """What the store holds of one symbol at one interval; first and last are opening times, UTC."""

    symbol: str
    interval: str
    n_bars: int
    first: int
    last: int
    source: str

    def __str__(self) -> str:
        days = f"{utc_text(self.first)[:10]} to {utc_text(self.last)[:10]}"
        return f"{self.symbol} {self.interval} {days} ({self.n_bars:,} bars)"


def read_bars(
    database: "Database",
    symbol: str,
    interval: str,
    calendar: str = "XNYS",
    session: str = "regular",
    start: date | None = None,
    end: date | None = None,
) -> Bars:
    """Stored bars of one symbol at one interval, oldest first.

    session: `regular` leaves out bars outside the calendar's hours (they stay in the store),
        `extended` keeps them.
    start, end: exchange dates; `end` includes its whole day. None: no bound.

    `source` names where the bars came from; synthetic bars have "demo" and nothing else.
    Raises DataError where there are none, naming what the store has and the import command;
    ConfigError for a bad symbol, interval, calendar, session or range.
    """
    check_symbol(symbol)
    interval_seconds(interval)
    if start is not None and end is not None and start > end:
        raise ConfigError(f"start {start} must not lie after end {end}")
    days = get_calendar(calendar, database)
    first, last = days.stamps_between(start, end)
    wanted = _between(symbol, interval, first, last)
    with database.read() as connection:
        columns = _read_columns(connection, wanted).checked(f"{symbol} {interval}")
        source = _sources(connection, wanted) if len(columns) else ""
    bars = assemble(symbol, interval, days, columns, session, source, start, end)
    if not len(bars):
        raise _no_bars(database, symbol, interval, calendar, session, start, end)
    return bars


def stored_series(database: "Database", symbol: str | None = None) -> list[StoredSeries]:
    """What the store holds, by symbol and interval; of one symbol only, where that is given."""
    by_source = select(
        table.c.symbol,
        table.c.interval,
        table.c.source,
        func.count().label("n_bars"),
        func.min(table.c.timestamp).label("first"),
        func.max(table.c.timestamp).label("last"),
    ).group_by(table.c.symbol, table.c.interval, table.c.source)
    if symbol is not None:
        by_source = by_source.where(table.c.symbol == symbol)
    found: dict[tuple[str, str], StoredSeries] = {}
    with database.read() as connection:
        for name, interval, source, n_bars, first, last in connection.execute(
            by_source.order_by(table.c.symbol, table.c.interval, table.c.source)
        ):
            part = StoredSeries(name, interval, n_bars, first, last, source)
            known = found.get((name, interval))
            found[name, interval] = _joined(known, part) if known else part
    return sorted(found.values(), key=lambda s: (s.symbol, interval_seconds(s.interval)))


def _joined(one: StoredSeries, other: StoredSeries) -> StoredSeries:
    return one._replace(
        n_bars=one.n_bars + other.n_bars,
        first=min(one.first, other.first),
        last=max(one.last, other.last),
        source=f"{one.source}, {other.source}",
    )


def _between(
    symbol: str, interval: str, first: int | None, last: int | None
) -> Sequence[ColumnElement[bool]]:
    """Conditions: one series, stamps from `first` up to but not including `last`."""
    conditions = [table.c.symbol == symbol, table.c.interval == interval]
    if first is not None:
        conditions.append(table.c.timestamp >= first)
    if last is not None:
        conditions.append(table.c.timestamp < last)
    return conditions


def _read_columns(connection: "Connection", wanted: Sequence[ColumnElement[bool]]) -> BarColumns:
    columns = [table.c[name] for name, _ in _FIELDS]
    query = select(*columns).where(*wanted).order_by(table.c.timestamp)
    rows = fetch_records(connection, query, _FIELDS)
    return BarColumns(*(np.ascontiguousarray(rows[name]) for name, _ in _FIELDS))


def _sources(connection: "Connection", wanted: Sequence[ColumnElement[bool]]) -> str:
    names = connection.execute(select(table.c.source).where(*wanted).distinct())
    return ", ".join(sorted(names.scalars()))


def _no_bars(
    database: "Database",
    symbol: str,
    interval: str,
    calendar: str,
    session: str,
    start: date | None,
    end: date | None,
) -> DataError:
    """One line: what was asked for, what there is, what to do."""
    held = stored_series(database, symbol)
    there = ", ".join(map(str, held)) or f"nothing of {symbol}"
    since = f" from {start}" if start else ""
    until = f" to {end}" if end else ""
    hours = f"{session} hours" if session == "regular" else "extended hours"
    asked = f"no bars{since}{until} in the {hours} of {calendar}"
    if not any(series.interval == interval for series in held):
        asked = "no bars stored"
    return DataError(
        f"{symbol} {interval}: {asked}; {database.name} has {there}; import some with: "
        f"kairos data import FILE --symbol {symbol} --interval {interval}"
    )
