"""Bars from raw columns: sessions, closing times and phases, by the exchange's calendar."""

from dataclasses import fields, replace
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.bars import AFTER_CLOSE, IN_SESSION, LAST_OF_SESSION, Bars
from infrastructure.market_data.columns import BarColumns, columns_of, utc_text
from infrastructure.market_data.intervals import DAY, interval_seconds
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.sessions.session_calendar import SessionCalendar, day_number
from infrastructure.market_data.symbols import check_symbol
from infrastructure.wording import hint_of

SESSION_CHOICES = ("regular", "extended")
_NOON = 43_200


def make_bars(
    symbol: str,
    interval: str,
    timestamp: ArrayLike,
    open: ArrayLike,
    high: ArrayLike,
    low: ArrayLike,
    close: ArrayLike,
    volume: ArrayLike | None = None,
    calendar: str = "XNYS",
    source: str = "memory",
    session: str = "regular",
) -> Bars:
    """Bars from array-likes of shape (n_bars,), for notebooks and tests: no database.

    timestamp: opening times, whole seconds since 1970 UTC, ascending; of a daily bar any moment of
        its session's date, midnight UTC included. volume: zeros where it is not given.
    calendar, session: as in `read_bars`; bars outside the sessions are left out.

    Raises DataError on NaN, infinite, zero or negative prices, high < low, open or close outside
    them, duplicate or unsorted stamps, naming the first bad row and how many there are; and where
    no bar lies inside a session.
    """
    check_symbol(symbol)
    where = f"{symbol} {interval}"
    days = get_calendar(calendar)
    prices = {"open": open, "high": high, "low": low, "close": close}
    columns = columns_of(where, timestamp, prices, volume)
    if interval_seconds(interval) == DAY:
        stamps = daily_stamps(days, dates_of(days, columns.timestamp))
        columns = BarColumns(stamps, *(getattr(columns, f.name) for f in fields(columns)[1:]))
    bars = assemble(symbol, interval, days, columns.checked(where), session, source)
    if len(columns) and not len(bars):
        raise DataError(
            f"{where}: none of the {len(columns)} bars lies inside a session of {calendar}; "
            'check that stamps are UTC, or choose session="extended" or calendar="24/7"'
        )
    return bars


def assemble(
    symbol: str,
    interval: str,
    calendar: SessionCalendar,
    columns: BarColumns,
    session: str = "regular",
    source: str = "",
    start: date | None = None,
    end: date | None = None,
) -> Bars:
    """The bars of the sessions from `start` to `end` (exchange dates, both included).

    session: `regular` leaves out bars outside the calendar's hours, `extended` keeps them; of daily
    bars, both keep those of real sessions only. columns: sound rows in time order.
    Raises DataError where the calendar does not reach, ConfigError for another `session`.
    """
    check_session(session)
    daily = interval_seconds(interval) == DAY
    rows = calendar.rows_of(columns.timestamp)
    opened = calendar.opens_at[rows]
    inside = (opened <= columns.timestamp) & (columns.timestamp < calendar.closes_at[rows])
    wanted = _between(calendar.session[rows], start, end)
    if session == "regular" or daily:
        wanted &= inside
    if not wanted.all():
        columns, rows, inside = columns.take(wanted), rows[wanted], inside[wanted]
    days, close_of_session = calendar.session[rows], calendar.closes_at[rows]
    closes_at = columns.timestamp + interval_seconds(interval)
    closes_at = np.where(inside, np.minimum(closes_at, close_of_session), closes_at)
    return Bars(
        symbol,
        interval,
        calendar.name,
        **vars(columns),
        session=days,
        closes_at=close_of_session if daily else closes_at,
        phase=_phases(columns.timestamp, days, close_of_session),
        source=source,
    )


def _between(days: NDArray[np.int64], start: date | None, end: date | None) -> NDArray[np.bool_]:
    """Which sessions lie from `start` to `end`, both included; None: no bound."""
    wanted = np.ones(len(days), dtype=np.bool_)
    if start is not None:
        wanted &= days >= day_number(start)
    if end is not None:
        wanted &= days <= day_number(end)
    return wanted


def opened_between(bars: Bars, first: int | None, last: int) -> Bars:
    """The bars that opened from `first` (None: the oldest) to `last`, as if there were no others.

    first, last: seconds since 1970 UTC. Raises DataError where there are none.
    """
    begin = 0 if first is None else int(np.searchsorted(bars.timestamp, first))
    end = int(np.searchsorted(bars.timestamp, last, side="right"))
    if begin >= end:
        day = utc_text(last if first is None else first)[:10]
        raise DataError(f"{bars.symbol} {bars.interval}: the bars from {day} on are gone")
    kept = bars.rows(begin, end)
    if kept.phase[-1] != IN_SESSION:
        return kept
    phase = kept.phase.copy()  # in the middle of a session, what is last now is its last bar
    phase[-1] = LAST_OF_SESSION
    return replace(kept, phase=phase)


def check_session(session: str) -> None:
    """Raise ConfigError unless `session` is one of SESSION_CHOICES."""
    if session not in SESSION_CHOICES:
        hint = hint_of(session, SESSION_CHOICES)
        raise ConfigError(f"session: expected regular or extended; found {str(session)!r}{hint}")


def dates_of(calendar: SessionCalendar, stamps: NDArray[np.int64]) -> NDArray[np.int64]:
    """Exchange date (days since 1970) that daily bars with these stamps (seconds UTC) mean.

    Midnight UTC means that date as it is written; any other moment, the session it belongs to. A
    session's opening means that session, even where it falls on midnight UTC.
    """
    rows = calendar.rows_of(stamps)
    by_session = (stamps % DAY != 0) | (calendar.opens_at[rows] == stamps)
    return np.where(by_session, calendar.session[rows], stamps // DAY)


def daily_stamps(calendar: SessionCalendar, days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Stamps, seconds UTC, under which daily bars of these exchange dates are stored.

    The session's opening; on a date without a session noon at the exchange, which lies in none.
    Raises DataError where the calendar does not reach.
    """
    calendar.rows_of(days * DAY + _NOON)  # refuses what lies beyond the calendar
    rows = np.searchsorted(calendar.session, days).clip(max=len(calendar) - 1)
    away = calendar.session[rows] - days
    # Counted from the next session's date: an hour off at a change of clocks, and still that date.
    noon = calendar.date_start[rows] - away * DAY + _NOON
    return np.where(away == 0, calendar.opens_at[rows], noon)


def _phases(
    stamps: NDArray[np.int64], days: NDArray[np.int64], close_of_session: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """Phase of each bar, as `Bars` defines it."""
    before_close = stamps < close_of_session
    phase = np.where(before_close, np.uint8(IN_SESSION), np.uint8(AFTER_CLOSE))
    candidates = np.flatnonzero(before_close)
    last = np.append(days[candidates][1:] != days[candidates][:-1], True)[: len(candidates)]
    phase[candidates[last]] = LAST_OF_SESSION
    return phase
