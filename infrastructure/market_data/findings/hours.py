"""Bars outside the regular hours: at the close, on half-day afternoons, on some days only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.findings.commands import remove
from infrastructure.market_data.findings.finding import NOTE, WARNING, Finding
from infrastructure.market_data.findings.series import BarSeries
from infrastructure.market_data.intervals import DAY
from infrastructure.market_data.sessions.session_calendar import day_text
from infrastructure.wording import counted

RARE_CHANGES = 0.1
"""Sessions with and without extended hours are mixed where they come in blocks. Where the kind
changes in more than this share of sessions, it is chance: few trade this market before the open."""


@dataclass(frozen=True, eq=False)
class _Outside:
    """Bars of each session's own date outside its hours; rows in the columns, shape (n_sessions,).

    [first, begin) are those before the opening, [end, last) those after the close, [end, closing)
    those that open in the interval after it.
    """

    first: NDArray[np.intp]
    begin: NDArray[np.intp]
    end: NDArray[np.intp]
    closing: NDArray[np.intp]
    last: NDArray[np.intp]

    def rows(self, sessions: NDArray[np.intp]) -> NDArray[np.intp]:
        """Rows of all of them, of these sessions."""
        parts = [
            np.arange(first, last)
            for session in sessions.tolist()
            for first, last in (
                (self.first[session], self.begin[session]),
                (self.end[session], self.last[session]),
            )
        ]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.intp)


def hours(series: BarSeries) -> list[Finding]:
    """All findings of this page; each session counts for one of them at most."""
    if series.step == DAY:
        return []
    outside = _outside(series)
    after, before = outside.last - outside.end, outside.begin - outside.first
    afternoon = _afternoons(series, outside)
    extended = ((before > 0) | (outside.last > outside.closing)) & ~afternoon
    closing = (after > 0) & ~extended & ~afternoon
    told = (
        (_closing_bar, np.flatnonzero(closing)),
        (_half_day_after_hours, np.flatnonzero(afternoon)),
        (_mixed, np.flatnonzero(extended)),
    )
    found = (make(series, outside, sessions) for make, sessions in told if len(sessions))
    return [finding for finding in found if finding is not None]


def _outside(series: BarSeries) -> _Outside:
    calendar, stamps = series.calendar, series.columns.timestamp
    begin, end = series.begin, series.end
    n_rows = len(stamps)
    first = np.searchsorted(stamps, calendar.date_start[series.sessions])
    last = np.searchsorted(stamps, calendar.date_end[series.sessions])
    closing = np.searchsorted(stamps, series.closes_at + series.step)
    first = np.clip(first, np.append(0, end[:-1]), begin)
    last = np.clip(last, end, np.append(begin[1:], n_rows))
    return _Outside(first, begin, end, np.minimum(closing, last), last)


def _afternoons(series: BarSeries, outside: _Outside) -> NDArray[np.bool_]:
    """Half days whose bars go on to the usual close, and not beyond its closing bar."""
    length = series.closes_at - series.opens_at
    lengths, counts = np.unique(length, return_counts=True)
    usual = int(lengths[np.argmax(counts)])
    until = np.searchsorted(series.columns.timestamp, series.opens_at + usual + series.step)
    more = outside.last > outside.end
    only_after = outside.first == outside.begin
    return (length < usual) & more & only_after & (outside.last <= until)


def _closing_bar(series: BarSeries, outside: _Outside, sessions: NDArray[np.intp]) -> Finding:
    stamps = series.stamps(outside.rows(sessions))
    worst = f"bars that open at the close, the first {series.text(stamps[0])}: outside the session"
    mend = remove(series.symbol, series.interval, "closing_bar")
    return Finding("closing_bar", NOTE, len(stamps), worst, mend, stamps)


def _half_day_after_hours(
    series: BarSeries, outside: _Outside, sessions: NDArray[np.intp]
) -> Finding:
    stamps = series.stamps(outside.rows(sessions))
    worst = f"bars after the close of {counted(len(sessions), 'half day')}, the first "
    worst += f"{series.text(stamps[0])}: cut by the clock, not by {series.calendar.name}"
    mend = remove(series.symbol, series.interval, "half_day_after_hours")
    return Finding("half_day_after_hours", NOTE, len(stamps), worst, mend, stamps)


def _mixed(series: BarSeries, outside: _Outside, sessions: NDArray[np.intp]) -> Finding | None:
    """Sessions with extended hours among sessions without; None where all, or by chance."""
    is_extended = np.zeros(len(series.sessions), dtype=np.bool_)
    is_extended[sessions] = True
    there = np.flatnonzero((series.counts > 0) | is_extended)
    changes = int(np.count_nonzero(np.diff(is_extended[there])))
    if not changes or (changes > 2 and changes > RARE_CHANGES * len(there)):
        return None
    stamps = series.stamps(outside.rows(sessions))
    first, last = day_text(series.days[sessions[0]]), day_text(series.days[sessions[-1]])
    worst = (
        f"of {counted(len(there), 'session')} these have extended hours ({first} to {last}, "
        f"{counted(len(stamps), 'bar')} from {series.text(stamps[0])}), the others have none"
    )
    mend = remove(series.symbol, series.interval, "mixed_sessions")
    return Finding("mixed_sessions", WARNING, len(sessions), worst, mend, stamps)
