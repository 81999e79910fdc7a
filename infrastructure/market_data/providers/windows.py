"""Which sessions to ask a provider for: those asked for, without those that are there already."""

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.intervals import DAY
from infrastructure.market_data.sessions.session_calendar import SessionCalendar, day_text


class Window(NamedTuple):
    """Exchange dates, days since 1970, both included."""

    first: int
    last: int

    def seconds(self, calendar: SessionCalendar) -> tuple[int, int]:
        """[start, end), seconds UTC, that hold every bar of these dates."""
        start, end = calendar.stamps_between(date_of(self.first), date_of(self.last))
        beginning = min(calendar.opens_at[0], calendar.date_start[0])
        return int(beginning) if start is None else start, end or 0

    def sessions(self, calendar: SessionCalendar) -> NDArray[np.int64]:
        """The calendar's sessions among these dates."""
        days = calendar.session
        return days[(days >= self.first) & (days <= self.last)]


def date_of(day: int) -> date:
    """The date that lies so many days after 1970-01-01."""
    return date(1970, 1, 1) + timedelta(days=int(day))


def missing(asked: Window, held: Window) -> list[Window]:
    """What of `asked` lies before the sessions held, and what after them.

    The last session held is asked for again, because it may have been fetched while it was traded,
    and so is the first one where there is more before it: prices of both sides can be compared.
    """
    before = Window(asked.first, min(asked.last, held.first if asked.first < held.first else -1))
    after = Window(max(asked.first, held.last), asked.last)
    return [window for window in (before, after) if window.first <= window.last]


def merged(windows: list[Window]) -> list[Window]:
    """The same dates in order, none of them in two windows."""
    apart: list[Window] = []
    for window in sorted(windows):
        if apart and window.first <= apart[-1].last:
            apart[-1] = Window(apart[-1].first, max(apart[-1].last, window.last))
        else:
            apart.append(window)
    return apart


def hole(asked: Window, held: Window, calendar: SessionCalendar) -> list[str]:
    """A remark where sessions between those asked for and those held stay missing, else none."""
    between = [
        *Window(held.last + 1, asked.first - 1).sessions(calendar),
        *Window(asked.last + 1, held.first - 1).sessions(calendar),
    ]
    if not between:
        return []
    first, last = day_text(between[0]), day_text(between[-1])
    return [f"sessions {first} to {last} stay missing; --fill-gaps asks for them later"]


def gaps(
    asked: Window, held: Window, calendar: SessionCalendar, step: int, stamps: NDArray[np.int64]
) -> list[Window]:
    """Sessions inside those held that have fewer bars than they are long, neighbours together.

    step: seconds of a bar. stamps: of the bars held, seconds UTC, shape (n_bars,).
    """
    rows = np.flatnonzero(
        (calendar.session >= max(asked.first, held.first))
        & (calendar.session <= min(asked.last, held.last))
    )
    length = (calendar.closes_at - calendar.opens_at)[rows]
    expected = np.ones(len(rows), np.int64) if step == DAY else -(-length // step)
    inside = stamps[calendar.in_session(stamps)]
    present = np.bincount(calendar.rows_of(inside), minlength=len(calendar))[rows]
    short = rows[present < expected]
    runs = np.split(short, np.flatnonzero(np.diff(short) > 1) + 1)
    ends = [(run[0], run[-1]) for run in runs if len(run)]
    return [Window(int(calendar.session[a]), int(calendar.session[b])) for a, b in ends]


def first_since(calendar: SessionCalendar, moment: int) -> int:
    """The first session whose date, and its trading, begin at a moment, seconds UTC, or later."""
    begins = np.minimum(calendar.date_start, calendar.opens_at)
    return int(calendar.session[np.searchsorted(begins, moment).clip(max=len(calendar) - 1)])


def within_reach(window: Window, calendar: SessionCalendar, earliest: int | None) -> Window | None:
    """The window without sessions that began before `earliest`, seconds UTC; None: nothing left."""
    if earliest is None:
        return window
    reached = Window(max(window.first, first_since(calendar, earliest)), window.last)
    return reached if reached.first <= reached.last else None
