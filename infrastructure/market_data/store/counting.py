"""What there is to know of a series of bars, counted as its rows pass by."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.intervals import DAY, interval_seconds
from infrastructure.market_data.sessions.session_calendar import SessionCalendar


@dataclass(frozen=True)
class SeriesCount:
    """Facts of a series; the fields are columns of `bar_series`.

    content: SHA-256 of its columns. first_bar, last_bar: opening times, seconds UTC. sessions: of
    the calendar, with at least one bar. missing_sessions: between the first and the last bar's.
    missing_bars: in the sessions that have any. outside: bars outside the sessions.
    """

    content: str
    n_bars: int
    first_bar: int
    last_bar: int
    sessions: int
    missing_sessions: int
    missing_bars: int
    outside: int


def count_parts(
    interval: str, calendar: SessionCalendar, parts: Iterable[BarColumns]
) -> SeriesCount | None:
    """The facts of a series that comes in parts, oldest first; None where there is no bar."""
    counter = SeriesCounter(interval, calendar)
    for part in parts:
        counter.add(part)
    return counter.result()


class SeriesCounter:
    """Takes a series in parts, oldest first, and needs no memory but for the last bar."""

    def __init__(self, interval: str, calendar: SessionCalendar) -> None:
        self._step, self._calendar = interval_seconds(interval), calendar
        self._digests = {field.name: sha256() for field in fields(BarColumns)}
        self._n_bars = self._outside = self._present = 0
        self._first = self._last = 0
        self._seen = np.zeros(len(calendar), dtype=np.bool_)
        self._last_place: tuple[int, int] = (-1, -1)

    def add(self, columns: BarColumns) -> None:
        """The next rows, later than all before them."""
        if not len(columns):
            return
        for name, digest in self._digests.items():
            digest.update(getattr(columns, name).tobytes())
        if not self._n_bars:
            self._first = int(columns.timestamp[0])
        self._n_bars += len(columns)
        self._last = int(columns.timestamp[-1])
        self._count_sessions(columns.timestamp)

    def result(self) -> SeriesCount | None:
        """What was counted; None where there was no bar."""
        if not self._n_bars:
            return None
        joined = sha256(f"{self._n_bars}".encode())
        for digest in self._digests.values():
            joined.update(digest.digest())
        sessions = np.flatnonzero(self._seen)
        between = int(sessions[-1] - sessions[0]) + 1 if len(sessions) else 0
        expected = int(self._bars_of(sessions).sum())
        return SeriesCount(
            content=joined.hexdigest(),
            n_bars=self._n_bars,
            first_bar=self._first,
            last_bar=self._last,
            sessions=len(sessions),
            missing_sessions=between - len(sessions),
            missing_bars=max(0, expected - self._present),
            outside=self._outside,
        )

    def _count_sessions(self, stamps: NDArray[np.int64]) -> None:
        rows, inside = self._calendar.opened(stamps)
        self._outside += len(stamps) - int(np.count_nonzero(inside))
        rows, stamps = rows[inside], stamps[inside]
        if not len(rows):
            return
        self._seen[rows] = True
        # Bars of one session and one place of its grid count once.
        places = (stamps - self._calendar.opens_at[rows]) // self._step
        new = np.append(True, (np.diff(rows) != 0) | (np.diff(places) != 0))
        new[0] = (int(rows[0]), int(places[0])) != self._last_place
        self._last_place = (int(rows[-1]), int(places[-1]))
        self._present += int(np.count_nonzero(new))

    def _bars_of(self, sessions: NDArray[np.intp]) -> NDArray[np.int64]:
        """How many bars each whole session has; a day's bar is one, however long the session."""
        if self._step == DAY:
            return np.ones(len(sessions), dtype=np.int64)
        length = self._calendar.closes_at[sessions] - self._calendar.opens_at[sessions]
        return -(-length // self._step)
