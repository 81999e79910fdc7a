"""What is known of the stored series: the table `bar_series`, kept true whoever writes bars."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select
from sqlalchemy.sql import ColumnElement

from infrastructure.database.bulk import insert_or_update
from infrastructure.database.models import bar_series, market_bars
from infrastructure.database.numbers import Fields, fetch_numbers
from infrastructure.database.watching import wait_for_writers
from infrastructure.errors import StorageError
from infrastructure.market_data.bars import DEMO_SOURCE
from infrastructure.market_data.calendars import get_calendar
from infrastructure.market_data.columns import BarColumns, utc_text
from infrastructure.market_data.counting import SeriesCount, SeriesCounter
from infrastructure.market_data.intervals import interval_seconds

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from infrastructure.database.engine import Database

USUAL_CALENDAR = "XNYS"
"""By which bars are counted whose calendar nobody said."""

_PRICES = ("open", "high", "low", "close", "volume")
_FIELDS = Fields(("timestamp",), _PRICES)
_AT_ONCE = 1_000_000
"""Rows counted at a time: however long a series is, 50 MB of it are in memory."""


@dataclass(frozen=True)
class StoredSeries:
    """What the store holds of one symbol at one interval. Times are opening times, seconds UTC.

    calendar: whose sessions were counted by. adjusted: `none`, `split` or `all`: what the prices
    had been adjusted for when they came. sources: where they came from. The rest: SeriesCount.
    """

    symbol: str
    interval: str
    calendar: str
    adjusted: str
    sources: str
    count: SeriesCount

    @property
    def synthetic(self) -> bool:
        """Whether its bars are made up."""
        return self.sources == DEMO_SOURCE

    def __str__(self) -> str:
        count = self.count
        days = f"{utc_text(count.first_bar)[:10]} to {utc_text(count.last_bar)[:10]}"
        return f"{self.symbol} {self.interval} {days} ({count.n_bars:,} bars)"


def stored_series(database: "Database", symbol: str | None = None) -> list[StoredSeries]:
    """What the store holds, by symbol and interval; of one symbol only, where that is given.

    Answered from `bar_series` at once, however long the series are. One that another program has
    written to is counted anew first.
    """
    found = _known(database, symbol)
    stale = [key for key, series in found.items() if series is None]
    for key in stale:
        found[key] = recounted(database, *key)
    there = [series for series in found.values() if series is not None]
    return sorted(there, key=lambda s: (s.symbol, interval_seconds(s.interval)))


def one_series(connection: "Connection", symbol: str, interval: str) -> StoredSeries | None:
    """What is known of a series; None where there is none, or its rows must be counted first.

    In the reader's own transaction: what it says is true of the rows that the reader sees.
    """
    query = _rows_of(symbol).where(bar_series.c.interval == interval)
    row = connection.execute(query).mappings().first()
    return _series(row) if row else None


def recounted(database: "Database", symbol: str, interval: str) -> StoredSeries | None:
    """The series counted row by row; the result is kept where the database can be written."""
    with suppress(StorageError), database.write() as connection:
        wait_for_writers(connection)
        return keep_count(connection, symbol, interval)
    with database.read() as connection:
        return _counted(connection, symbol, interval)


def keep_count(
    connection: "Connection",
    symbol: str,
    interval: str,
    calendar: str | None = None,
    adjusted: str | None = None,
    sources: str | None = None,
    count: SeriesCount | None = None,
) -> StoredSeries | None:
    """Write down what there is of a series, in the transaction that changed it.

    calendar, adjusted: None leaves what was known. sources, count: None looks at the stored rows.
    None where no bar is left; then the series' row is gone too.
    """
    series = _counted(connection, symbol, interval, calendar, adjusted, sources, count)
    if series is None:
        this = (bar_series.c.symbol == symbol, bar_series.c.interval == interval)
        connection.execute(delete(bar_series).where(*this))
        return None
    names = ("symbol", "interval", "calendar", "adjusted", "sources")
    row = {name: getattr(series, name) for name in names}
    insert_or_update(connection, bar_series, {**row, **asdict(series.count)})
    return series


def stored_columns(
    connection: "Connection",
    symbol: str,
    interval: str,
    first: int | None = None,
    last: int | None = None,
    limit: int | None = None,
) -> BarColumns:
    """Bars as they are stored, oldest first: stamps from `first` up to but not including `last`."""
    query = select(*(market_bars.c[name] for name in (*_FIELDS.whole, *_FIELDS.real)))
    query = query.where(*_is(symbol, interval)).order_by(market_bars.c.timestamp)
    if first is not None:
        query = query.where(market_bars.c.timestamp >= first)
    if last is not None:
        query = query.where(market_bars.c.timestamp < last)
    return BarColumns(**fetch_numbers(connection, query.limit(limit), _FIELDS))


def stored_parts(
    connection: "Connection", symbol: str, interval: str, rows: int = _AT_ONCE
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


def _known(database: "Database", symbol: str | None) -> dict[tuple[str, str], StoredSeries | None]:
    with database.read() as connection:
        rows = connection.execute(_rows_of(symbol)).mappings().all()
    return {(row["symbol"], row["interval"]): _series(row) for row in rows}


def _rows_of(symbol: str | None) -> Any:
    query = select(bar_series)
    return query if symbol is None else query.where(bar_series.c.symbol == symbol)


def _series(row: Any) -> StoredSeries | None:
    """A row of the table; None where its bars have changed since they were counted."""
    if row["content"] is None:
        return None
    return StoredSeries(
        symbol=row["symbol"],
        interval=row["interval"],
        calendar=row["calendar"],
        adjusted=row["adjusted"],
        sources=row["sources"],
        count=SeriesCount(**{name: row[name] for name in SeriesCount.__dataclass_fields__}),
    )


def _counted(
    connection: "Connection",
    symbol: str,
    interval: str,
    calendar: str | None = None,
    adjusted: str | None = None,
    sources: str | None = None,
    count: SeriesCount | None = None,
) -> StoredSeries | None:
    query = _rows_of(symbol).where(bar_series.c.interval == interval)
    row: Any = connection.execute(query).mappings().first() or {}
    calendar = calendar or row.get("calendar") or USUAL_CALENDAR
    if count is None:
        counter = SeriesCounter(interval, get_calendar(calendar))
        for part in stored_parts(connection, symbol, interval):
            counter.add(part)
        count = counter.result()
    if count is None:
        return None
    adjusted = adjusted or row.get("adjusted") or "none"
    sources = sources or _sources(connection, symbol, interval)
    return StoredSeries(symbol, interval, calendar, adjusted, sources, count)


def _sources(connection: "Connection", symbol: str, interval: str) -> str:
    """Where the bars came from, by looking at every row."""
    names = connection.execute(
        select(market_bars.c.source).where(*_is(symbol, interval)).distinct()
    )
    return ", ".join(sorted(names.scalars()))


def _is(symbol: str, interval: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return market_bars.c.symbol == symbol, market_bars.c.interval == interval


def has_real_bars(connection: "Connection", symbol: str, interval: str) -> int:
    """How many stored bars of a series are not synthetic."""
    real = select(func.count()).select_from(market_bars).where(*_is(symbol, interval))
    return int(connection.execute(real.where(market_bars.c.source != DEMO_SOURCE)).scalar_one())
