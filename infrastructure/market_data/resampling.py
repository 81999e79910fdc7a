"""Coarser bars from finer ones: counted from the session's open, never shown unfinished."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.bars import AFTER_CLOSE, COLUMNS, Bars
from infrastructure.market_data.columns import utc_text
from infrastructure.market_data.intervals import DAY, can_be_made_of, interval_seconds
from infrastructure.market_data.sessions.session_calendar import SessionCalendar, day_text

_WHOLE_SESSION = 1 << 40
"""Seconds: longer than any session, a day of 25 hours included."""


class _Buckets(NamedTuple):
    """Where each coarse bar begins (its first row), and its time, seconds UTC."""

    first_row: NDArray[np.intp]
    start: NDArray[np.int64]
    end: NDArray[np.int64]


def resampled(bars: Bars, interval: str, calendar: SessionCalendar) -> Bars:
    """The same market in bars of a coarser interval; `interval` itself gives the bars themselves.

    Buckets are counted from each session's open, so that a half day ends in a short bar. A bar is
    labelled by its bucket's start and complete at its bucket's end, or at the session's close where
    that comes first. Bars outside the session are put into buckets counted from the same open, and
    never into one with the session's own; a daily bar is the session's, without them.

    A bar whose bucket had not ended when the data end is left out: for every n the bars made of
    `bars.head(n)` are the first of those made of `bars`, and none is complete before its last row.
    High and low are the extremes, volume is the sum.

    interval: a whole multiple of the bars' own, or 1d. Raises ConfigError for another one and for
    another calendar; DataError where a bar reaches over the end of its bucket.
    """
    if interval == bars.interval:
        return bars
    _check(bars, interval, calendar)
    known_until = max(bars.closes_at[-1:], default=0)
    step = interval_seconds(interval)
    if step == DAY:
        bars, step = _inside(bars, calendar), _WHOLE_SESSION
    if not len(bars):
        return replace(bars, interval=interval)
    buckets = _buckets(bars, calendar, step)
    _check_ends(bars, interval, buckets)
    if known_until < buckets.end[-1]:  # more of the last one may be to come
        bars = bars.rows(0, int(buckets.first_row[-1]))
        buckets = _Buckets(*(column[:-1] for column in buckets))
    return _joined(bars, interval, buckets)


def _check(bars: Bars, interval: str, calendar: SessionCalendar) -> None:
    if not can_be_made_of(interval, bars.interval):
        raise ConfigError(
            f"{bars.symbol} {bars.interval}: expected a whole multiple of {bars.interval}, or 1d; "
            f"found {interval}"
        )
    if bars.calendar != calendar.name:
        raise ConfigError(
            f"{bars.symbol} {bars.interval}: bars of {bars.calendar} are put together by its "
            f"sessions; found the calendar {calendar.name}"
        )


def _inside(bars: Bars, calendar: SessionCalendar) -> Bars:
    """The bars of regular hours."""
    inside = calendar.in_session(bars.timestamp)
    if inside.all():
        return bars
    return replace(bars, **{name: getattr(bars, name)[inside] for name in COLUMNS})


def _buckets(bars: Bars, calendar: SessionCalendar, step: int) -> _Buckets:
    """The buckets that have a bar. Where a session's bars begin or its close passes, so does one.

    Outside the session a bucket is cut where the hours that count to this session begin or end:
    buckets of neighbouring sessions never overlap.
    """
    opened, rows = _sessions(bars, calendar)
    opens_at = np.repeat(calendar.opens_at[rows], np.diff(opened, append=len(bars)))
    bucket = (bars.timestamp - opens_at) // step
    begins = np.append(True, bucket[1:] != bucket[:-1])
    begins[opened] = True
    after = bars.phase == AFTER_CLOSE
    if after.any():
        begins[1:] |= after[1:] != after[:-1]
    first_row = np.flatnonzero(begins)
    row = rows[np.searchsorted(opened, first_row, side="right") - 1]
    start = calendar.opens_at[row] + bucket[first_row] * step
    first, last = _hours(calendar, row, bucket[first_row] < 0, after[first_row])
    return _Buckets(first_row, np.maximum(start, first), np.minimum(start + step, last))


def _sessions(bars: Bars, calendar: SessionCalendar) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First bar of each session that has any, and the session's row in the calendar."""
    opened = np.flatnonzero(np.append(True, bars.session[1:] != bars.session[:-1]))
    days = bars.session[opened]
    rows = np.searchsorted(calendar.session, days).clip(max=len(calendar) - 1)
    unknown = calendar.session[rows] != days
    if unknown.any():
        raise DataError(
            f"{bars.symbol} {bars.interval}: {day_text(days[np.argmax(unknown)])} is no session of "
            f"{calendar.name}"
        )
    return opened, rows


def _hours(
    calendar: SessionCalendar,
    row: NDArray[np.intp],
    before: NDArray[np.bool_],
    after: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """[first, last) of the hours around or inside a session, by `SessionCalendar.rows_of`."""
    ends_at = np.maximum(calendar.date_end, calendar.closes_at)  # of the hours that count to it
    ends_at[:-1] = np.minimum(ends_at[:-1], calendar.opens_at[1:])
    opens_at, closes_at = calendar.opens_at[row], calendar.closes_at[row]
    begins_at = np.where(row > 0, ends_at[row - 1], calendar.date_start[0])
    first = np.where(before, begins_at, np.where(after, closes_at, opens_at))
    last = np.where(before, opens_at, np.where(after, ends_at[row], closes_at))
    return first, last


def _check_ends(bars: Bars, interval: str, buckets: _Buckets) -> None:
    """What a bar knows must not reach into the next one."""
    last_row = np.append(buckets.first_row[1:], len(bars)) - 1
    over = np.flatnonzero(bars.closes_at[last_row] > buckets.end)
    if len(over):
        row = last_row[over[0]]
        raise DataError(
            f"{bars.symbol} {bars.interval}: cannot be put together to {interval}: the bar of "
            f"{utc_text(int(bars.timestamp[row]))} reaches over "
            f"{utc_text(int(buckets.end[over[0]]))}, where a {interval} bar ends ({len(over):,} "
            "such bars); bars must be counted from the session's open"
        )


def _joined(bars: Bars, interval: str, buckets: _Buckets) -> Bars:
    """The rows of each bucket as one bar."""
    first_row = buckets.first_row
    last_row = np.append(first_row[1:], len(bars))[: len(first_row)] - 1
    return Bars(
        bars.symbol,
        interval,
        bars.calendar,
        timestamp=buckets.start,
        open=bars.open[first_row],
        high=_reduced(np.maximum, bars.high, first_row),
        low=_reduced(np.minimum, bars.low, first_row),
        close=bars.close[last_row],
        volume=_reduced(np.add, bars.volume, first_row),
        session=bars.session[first_row],
        closes_at=buckets.end,
        phase=_reduced(np.maximum, bars.phase, first_row),  # the last bar of a session is later
        source=bars.source,
    )


def _reduced(how: np.ufunc, column: NDArray[Any], first_row: NDArray[np.intp]) -> NDArray[Any]:
    """NumPy's reduceat, which knows no empty columns."""
    return how.reduceat(column, first_row) if len(first_row) else column[:0]
