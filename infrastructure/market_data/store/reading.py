"""Bars out of the database: what a strategy reads."""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.assembling import assemble, check_session, make_bars
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.derived import source_interval
from infrastructure.market_data.factors.adjusting import Adjustment, adjusted, check_adjustment
from infrastructure.market_data.factors.table import read_factors
from infrastructure.market_data.intervals import interval_seconds
from infrastructure.market_data.resampling import resampled
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.sessions.session_calendar import SessionCalendar, day_number
from infrastructure.market_data.store.bar_rows import stored_columns
from infrastructure.market_data.store.column_cache import (
    CACHED_FROM,
    cache_key,
    cached_columns,
    keep_columns,
)
from infrastructure.market_data.store.series import (
    StoredSeries,
    one_series,
    recounted,
    stored_series,
)
from infrastructure.market_data.store.writing import WriteResult, write_bars
from infrastructure.market_data.symbols import check_symbol

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


def read_bars(
    database: "Database",
    symbol: str,
    interval: str,
    calendar: str = "XNYS",
    session: str = "regular",
    start: date | None = None,
    end: date | None = None,
    adjust: str = "none",
) -> Bars:
    """Bars of one symbol at one interval, oldest first: stored ones, or made of finer stored ones.

    session: `regular` leaves out bars outside the calendar's hours (they stay in the store),
        `extended` keeps them.
    start, end: exchange dates; `end` includes its whole day. None: no bound.
    adjust: `none` gives prices as they came; `split` and `all` put them on the scale of the newest
        session by the stored factors, less what they had been adjusted for when they came.

    `source` names where the bars came from; synthetic bars have "demo" and nothing else.
    Raises DataError where there are none, naming what the store has and the import command;
    ConfigError for a bad symbol, interval, calendar, session or range.
    """
    check_symbol(symbol)
    interval_seconds(interval)
    check_session(session)
    if start is not None and end is not None and start > end:
        raise ConfigError(f"start {start} must not lie after end {end}")
    how = check_adjustment("adjust", adjust)
    days = get_calendar(calendar, database)
    wanted = _Wanted(symbol, interval, days, session, start, end)
    bars = _read(database, wanted)
    if bars is None or bars.synthetic:
        source = _finer(database, symbol, interval)
        if source is not None:
            fine = read_bars(database, symbol, source, calendar, session, start, end, adjust)
            return resampled(fine, interval, days)
    if bars is None or not len(bars):
        raise _no_bars(database, wanted)
    return bars if how == "none" else _adjusted(database, bars, how)


@dataclass(frozen=True)
class _Wanted:
    """What `read_bars` was asked for, checked."""

    symbol: str
    interval: str
    calendar: SessionCalendar
    session: str
    start: date | None
    end: date | None

    def assembled(self, columns: BarColumns, source: str) -> Bars:
        """The bars that are wanted, of stored columns. Raises DataError for an unfit row."""
        checked = columns.checked(f"{self.symbol} {self.interval}")
        where = (self.symbol, self.interval, self.calendar)
        return assemble(*where, checked, self.session, source, self.start, self.end)


def _finer(database: "Database", symbol: str, interval: str) -> str | None:
    """The coarsest stored interval of real bars that makes `interval`; None where none does."""
    stored = [s.interval for s in stored_series(database, symbol) if not s.synthetic]
    return source_interval(interval, (each for each in stored if each != interval))


def _adjusted(database: "Database", bars: Bars, how: Adjustment) -> Bars:
    """The bars on the scale of the newest session; themselves where no factor concerns them."""
    factors = read_factors(database, bars.symbol)
    if not len(factors):
        return bars
    (series,) = (s for s in stored_series(database, bars.symbol) if s.interval == bars.interval)
    came = check_adjustment("adjusted", series.adjusted)
    columns = BarColumns(*(getattr(bars, field.name) for field in fields(BarColumns)))
    scaled = adjusted(columns, bars.session, factors, how, came)
    return bars if scaled is columns else replace(bars, **vars(scaled))


def _read(database: "Database", wanted: _Wanted) -> Bars | None:
    """The bars that are wanted; None where the series has none at all."""
    symbol, interval = wanted.symbol, wanted.interval
    with database.read() as connection:
        series = one_series(connection, symbol, interval)
        if series is not None:
            return _of_series(connection, series, wanted)
    # Another program has written to it, or there is none.
    if recounted(database, symbol, interval) is None:
        return None
    with database.read() as connection:
        series = one_series(connection, symbol, interval)
        if series is None:  # a database that cannot be written keeps no count
            return wanted.assembled(stored_columns(connection, symbol, interval), source="")
        return _of_series(connection, series, wanted)


def _of_series(connection: "Connection", series: StoredSeries, wanted: _Wanted) -> Bars:
    """From the mapped columns where the series is long, else from the table."""
    if series.count.n_bars >= CACHED_FROM:
        return _between(_whole(connection, series, wanted), wanted.start, wanted.end)
    first, last = wanted.calendar.stamps_between(wanted.start, wanted.end)
    columns = stored_columns(connection, series.symbol, series.interval, first, last)
    return wanted.assembled(columns, series.sources)


def _whole(connection: "Connection", series: StoredSeries, wanted: _Wanted) -> Bars:
    """All bars of a long series, mapped; made from the table where nobody has made them yet."""
    key = cache_key(series.count.content, wanted.calendar, wanted.session)
    columns = cached_columns(key)
    if columns is not None:
        names = (series.symbol, series.interval, wanted.calendar.name)
        return Bars(*names, **columns, source=series.sources)
    read = stored_columns(connection, series.symbol, series.interval)
    bars = replace(wanted, start=None, end=None).assembled(read, series.sources)
    keep_columns(key, bars)
    return bars


def _between(bars: Bars, start: date | None, end: date | None) -> Bars:
    """The sessions from start to end (views)."""
    first, last = 0, len(bars)
    if start is not None:
        first = int(np.searchsorted(bars.session, day_number(start)))
    if end is not None:
        last = int(np.searchsorted(bars.session, day_number(end), side="right"))
    return bars if (first, last) == (0, len(bars)) else bars.rows(first, max(first, last))


def _no_bars(database: "Database", wanted: _Wanted) -> DataError:
    """One line: what was asked for, what there is, what to do."""
    symbol, interval, start, end = wanted.symbol, wanted.interval, wanted.start, wanted.end
    held = stored_series(database, symbol)
    there = ", ".join(map(str, held)) or f"nothing of {symbol}"
    since = f" from {start}" if start else ""
    until = f" to {end}" if end else ""
    asked = f"no bars{since}{until} in the {wanted.session} hours of {wanted.calendar.name}"
    if not any(series.interval == interval for series in held):
        asked = "no bars stored"
    return DataError(
        f"{symbol} {interval}: {asked}; {database.name} has {there}; import some with: "
        f"kairos data import FILE --symbol {symbol} --interval {interval}"
    )
