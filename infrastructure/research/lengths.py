"""Lengths of time as a command line says them: 2y, 6m, 8w, 90d, 250s."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError
from infrastructure.wording import show

_FORM = re.compile(r"(0|[1-9][0-9]{0,4})([ywdms])")
_WORDS = r"(y|yrs?|years?|m|mo|months?|w|wks?|weeks?|d|days?|s|sessions?)"
_LIKE = re.compile(rf"\s*0*([0-9]{{1,5}})\s*{_WORDS}\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Length:
    """A time to count on from a date: months and days of the calendar, then sessions."""

    months: int = 0
    days: int = 0
    sessions: int = 0

    def __add__(self, other: "Length") -> "Length":
        return Length(
            self.months + other.months, self.days + other.days, self.sessions + other.sessions
        )

    def times(self, number: int) -> "Length":
        """So many of them, one after the other."""
        return Length(number * self.months, number * self.days, number * self.sessions)

    @property
    def counts_sessions(self) -> bool:
        """Whether it is a number of sessions, and no time of the calendar."""
        return not (self.months or self.days)


def parse_length(key: str, text: str, *, zero: bool = False) -> Length:
    """Years (y), months (m), weeks (w), days (d) of the calendar, or sessions (s).

    key: what the error line begins with. zero: whether none at all is a length.
    Raises ConfigError.
    """
    match = _FORM.fullmatch(text) if isinstance(text, str) else None
    if match is None or not (zero or int(match[1])):
        raise ConfigError(
            f"{key} must be a length above 0 such as 2y, 6m, 8w, 90d or 250s (sessions); "
            f"found {show(text)}{_hint(text)}"
        )
    number = int(match[1])
    return {
        "y": Length(months=12 * number),
        "m": Length(months=number),
        "w": Length(days=7 * number),
        "d": Length(days=number),
        "s": Length(sessions=number),
    }[match[2]]


def day_after(first: int, length: Length) -> int:
    """The date (days since 1970) that lies a length's months and then its days after a date.

    A day that its month does not have is the month's last: 31 January and a month is 28 February.
    """
    month = np.datetime64(first, "D").astype("datetime64[M]")
    start_of_month = int(month.astype("datetime64[D]").astype(np.int64))
    goal = month + length.months
    begins, ends = (int((goal + n).astype("datetime64[D]").astype(np.int64)) for n in (0, 1))
    return min(begins + first - start_of_month, ends - 1) + length.days


def row_after(sessions: NDArray[np.int64], length: Length) -> int:
    """The row of the first session that lies at least a length after the first one.

    Beyond the last row where the sessions are not that long.
    """
    goal = day_after(int(sessions[0]), length)
    return int(np.searchsorted(sessions, goal)) + length.sessions


def _hint(text: object) -> str:
    meant = _LIKE.fullmatch(text) if isinstance(text, str) else None
    if meant is None or not int(meant[1]):
        return ""
    return f' (did you mean "{int(meant[1])}{meant[2][0].lower()}"?)'
