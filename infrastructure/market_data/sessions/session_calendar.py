"""SessionCalendar: which session a moment belongs to, half days and DST included."""

import time
from dataclasses import dataclass, fields
from datetime import date, timedelta

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infrastructure.errors import DataError
from infrastructure.market_data.intervals import DAY

SESSIONS_PER_YEAR = {"24/7": 365.0, "24/5": 260.0}
"""Sessions a year for annualising; every exchange not named here has 252."""
_EXCHANGE_SESSIONS_PER_YEAR = 252.0

_EPOCH = date(1970, 1, 1)
_DAYS_AHEAD = 30
"""A calendar that ends sooner than this many days from today is asked for anew."""


@dataclass(frozen=True, eq=False)
class SessionCalendar:
    """Sessions of one exchange, oldest first; every column is int64 of shape (n_sessions,).

    session: exchange date, days since 1970.
    opens_at, closes_at: the session is [opens_at, closes_at), seconds UTC. It may open on the day
        before its date (futures). A lunch break counts as open.
    date_start, date_end: the exchange's calendar date in seconds UTC, 23 to 25 hours long.
    sessions_per_year: for annualising; a convention, not a count.
    """

    name: str
    session: NDArray[np.int64]
    opens_at: NDArray[np.int64]
    closes_at: NDArray[np.int64]
    date_start: NDArray[np.int64]
    date_end: NDArray[np.int64]
    sessions_per_year: float = _EXCHANGE_SESSIONS_PER_YEAR

    def __post_init__(self) -> None:
        for field in fields(self):
            column = getattr(self, field.name)
            if isinstance(column, np.ndarray):
                column.flags.writeable = False

    def __len__(self) -> int:
        return len(self.session)

    @property
    def opens_all_day(self) -> bool:
        """Whether a session is its whole date, as for 24/7 and 24/5."""
        return bool((self.opens_at == self.date_start).all())

    def session_of(self, timestamp: ArrayLike) -> NDArray[np.int64]:
        """Session (days since 1970) of each stamp, shape (n,).

        It is the one whose [opens_at, closes_at) holds the stamp; else the stamp's own exchange
        date where that is a session; else the next session. Raises DataError where the calendar
        does not reach.
        """
        return self.session[self.rows_of(timestamp)]

    def rows_of(self, timestamp: ArrayLike) -> NDArray[np.intp]:
        """Row in this calendar of each stamp's session, by the rule of `session_of`."""
        stamps = np.asarray(timestamp, dtype=np.int64)
        self._check_reach(stamps)
        opened, inside = self.opened(stamps)
        # The first date that ends after the stamp is its own date, or else the next session's.
        dated = np.searchsorted(self.date_end, stamps, side="right")
        return np.where(inside, opened, dated)

    def in_session(self, timestamp: ArrayLike) -> NDArray[np.bool_]:
        """Whether each stamp lies inside a session, shape (n,); False where the calendar ends."""
        return self.opened(np.asarray(timestamp, dtype=np.int64))[1]

    def stamps_between(self, start: date | None, end: date | None) -> tuple[int | None, int | None]:
        """Stamps [first, last), seconds UTC, that hold every bar of the sessions asked for.

        start, end: exchange dates, both included; None: no bound. A few bars of
        neighbouring sessions may lie between them too.
        """
        first = last = None
        if start is not None:
            row = int(np.searchsorted(self.session, day_number(start)))
            if row:
                first = int(self.date_end[row - 1])
                if row < len(self):
                    first = min(first, int(self.opens_at[row]))
        if end is not None:
            row = int(np.searchsorted(self.session, day_number(end), side="right")) - 1
            last = int(max(self.closes_at[row], self.date_end[row])) if row >= 0 else -(2**62)
        return first, last

    def opened(self, stamps: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Row of the last session to open by each stamp (-1: none); whether it is still open."""
        opened = np.searchsorted(self.opens_at, stamps, side="right") - 1
        return opened, (opened >= 0) & (stamps < self.closes_at[opened])

    def _check_reach(self, stamps: NDArray[np.int64]) -> None:
        if not stamps.size:
            return
        first = min(self.opens_at[0], self.date_start[0])
        last = max(self.closes_at[-1], self.date_end[-1])
        lowest, highest = stamps.min(), stamps.max()
        if lowest < first or highest >= last:
            outside = int(lowest if lowest < first else highest)
            raise DataError(
                f"calendar {self.name}: knows the sessions {day_text(self.session[0])} to "
                f"{day_text(self.session[-1])}; found a stamp {outside} ({_date_of(outside)}); "
                "stamps are seconds since 1970 UTC"
            )


def sessions_per_year(name: str) -> float:
    """Sessions a year by which a calendar's figures are annualised."""
    return SESSIONS_PER_YEAR.get(name, _EXCHANGE_SESSIONS_PER_YEAR)


def reaches_ahead(calendar: SessionCalendar) -> bool:
    """Whether the calendar still knows the weeks ahead of today."""
    return bool(calendar.session[-1] >= time.time() // DAY + _DAYS_AHEAD)


def day_number(day: date) -> int:
    """Days since 1970 of a date."""
    return (day - _EPOCH).days


def weekday_of(days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Weekday of dates in days since 1970, from 0, Monday; day 0 was a Thursday."""
    return (days + 3) % 7


def date_of_day(day_of_session: int) -> date:
    """The date of a session in days since 1970."""
    return _EPOCH + timedelta(days=int(day_of_session))


def day_text(day_of_session: int) -> str:
    """A session for messages: `2024-01-02`."""
    return date_of_day(day_of_session).isoformat()


def _date_of(stamp: int) -> str:
    try:
        return day_text(stamp // DAY)
    except OverflowError:
        return "no date"
