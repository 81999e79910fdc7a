"""What is known of the stored series: the table `bar_series`, kept true whoever writes bars."""

from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from infrastructure.database.bulk import insert_or_update
from infrastructure.database.models import bar_series
from infrastructure.database.watching import wait_for_writers
from infrastructure.errors import StorageError
from infrastructure.market_data.bars import DEMO_SOURCE
from infrastructure.market_data.columns import utc_text
from infrastructure.market_data.intervals import interval_seconds
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.store.bar_rows import sources_of, stored_parts
from infrastructure.market_data.store.counting import SeriesCount, count_parts

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from infrastructure.database.engine import Database

USUAL_CALENDAR = "XNYS"
"""By which bars are counted whose calendar nobody said."""


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
        label = "SYNTHETIC bars" if self.synthetic else "bars"
        return f"{self.symbol} {self.interval} {days} ({count.n_bars:,} {label})"


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
        parts = stored_parts(connection, symbol, interval)
        count = count_parts(interval, get_calendar(calendar), parts)
    if count is None:
        return None
    adjusted = adjusted or row.get("adjusted") or "none"
    sources = sources or sources_of(connection, symbol, interval)
    return StoredSeries(symbol, interval, calendar, adjusted, sources, count)
