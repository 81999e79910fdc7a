"""Sessions against the calendar: missing, halved, far too short, or not in it at all."""

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.findings.commands import download, remove
from infrastructure.market_data.findings.finding import NOTE, WARNING, Finding
from infrastructure.market_data.findings.partial import PartialSessions, begins_late, ends_early
from infrastructure.market_data.findings.series import BarSeries
from infrastructure.market_data.intervals import DAY
from infrastructure.market_data.sessions.session_calendar import day_text
from infrastructure.wording import counted

WEEKLY = 0.5
"""Bars without a session in at least this share of weeks are the market's own hours, not a slip:
forex opens on Sunday."""

_WEEK = 7 * DAY


def session_findings(series: BarSeries, partial: PartialSessions) -> list[Finding]:
    """All findings of this page."""
    found = (
        _missing(series),
        _halved(series, partial.halved),
        _short(series, partial.short),
        _cut(series, partial.cut),
        _no_session(series),
    )
    return [finding for finding in found if finding is not None]


def _missing(series: BarSeries) -> Finding | None:
    """Sessions without a bar between the first and the last session that have one."""
    missing = np.flatnonzero(series.counts == 0)
    if not len(missing):
        return None
    runs = np.split(missing, np.flatnonzero(np.diff(missing) > 1) + 1)
    longest = max(runs, key=len)
    days = series.days
    worst = f"of {series.calendar.name}, the longest gap is {counted(len(longest), 'session')}: "
    worst += day_text(days[longest[0]])
    worst += f" to {day_text(days[longest[-1]])}" if len(longest) > 1 else ""
    return _of_sessions(series, "missing_sessions", missing, worst)


def _halved(series: BarSeries, rows: NDArray[np.intp]) -> Finding | None:
    """Half days that the calendar does not know."""
    if not len(rows):
        return None
    worst = (
        f"the first is {day_text(series.days[rows[0]])}: {series.counts[rows[0]]:,} of "
        f"{series.expected[rows[0]]:,} bars, as on a half day, which {series.calendar.name} has not"
    )
    return _of_sessions(series, "half_sessions", rows, worst)


def _short(series: BarSeries, rows: NDArray[np.intp]) -> Finding | None:
    """Sessions with far fewer bars than their length holds."""
    if not len(rows):
        return None
    row = rows[np.argmin(series.counts[rows] / series.expected[rows])]
    worst = (
        f"the shortest is {day_text(series.days[row])}: {series.counts[row]:,} of "
        f"{counted(int(series.expected[row]), 'bar')}"
    )
    return _of_sessions(series, "short_sessions", rows, worst)


def _cut(series: BarSeries, rows: NDArray[np.intp]) -> Finding | None:
    """A first session that begins late, a last one that is not over: no defect of the data."""
    if not len(rows):
        return None
    told = []
    if begins_late(series):
        told.append(f"begin inside a session, with {series.row_text(series.begin[0])}")
    if ends_early(series):
        told.append(f"end inside a session, with {series.row_text(series.end[-1] - 1)}")
    worst = f"the bars {' and '.join(told)}"
    return Finding("cut_sessions", NOTE, len(rows), worst, "", series.opens_at[rows])


def _no_session(series: BarSeries) -> Finding | None:
    """Bars on dates without a session: holidays and weekends."""
    rows = _rows_between_sessions(series)
    if not len(rows):
        return None
    stamps = series.stamps(rows)
    worst = f"bars on dates that {series.calendar.name} has no session, the first "
    worst += series.text(stamps[0])
    if _most_weeks(series, stamps):
        worst += "; nearly every week: this market has other hours"
        return Finding("no_session", NOTE, len(rows), worst, "", stamps)
    mend = remove(series.symbol, series.interval, "no_session")
    return Finding("no_session", WARNING, len(rows), worst, mend, stamps)


def _rows_between_sessions(series: BarSeries) -> NDArray[np.intp]:
    """Rows of bars after one session and its date, and before the next session and its date."""
    calendar, stamps = series.calendar, series.columns.timestamp
    before, after = series.sessions[0], series.sessions[-1]
    known = slice(max(before - 1, 0), after + 2)
    over = np.maximum(calendar.date_end[known], calendar.closes_at[known])[:-1]
    next_begins = np.minimum(calendar.date_start[known], calendar.opens_at[known])[1:]
    first, last = np.searchsorted(stamps, over), np.searchsorted(stamps, next_begins)
    some = np.flatnonzero(last > first)
    ranges = [np.arange(first[gap], last[gap]) for gap in some.tolist()]
    return np.concatenate(ranges) if ranges else np.empty(0, dtype=np.intp)


def _most_weeks(series: BarSeries, stamps: NDArray[np.int64]) -> bool:
    weeks = np.unique((stamps + 3 * DAY) // _WEEK)  # from Monday on
    all_weeks = (series.closes_at[-1] - series.opens_at[0]) / _WEEK
    return len(weeks) >= max(2.0, WEEKLY * all_weeks)


def _of_sessions(series: BarSeries, kind: str, rows: NDArray[np.intp], worst: str) -> Finding:
    mend = download(series.symbol, series.interval, series.days[rows])
    return Finding(kind, WARNING, len(rows), worst, mend, series.opens_at[rows])
