"""BarSeries: one symbol's bars laid beside the sessions they should fill."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.findings.moments import bar_text
from infrastructure.market_data.intervals import DAY, interval_seconds
from infrastructure.market_data.sessions.session_calendar import SessionCalendar

ROWS_AT_ONCE = 250_000
"""Bars looked at together: 100,000,000 of them need no more memory beside their columns, and the
temporary columns of so few stay in a processor's cache."""


@dataclass(frozen=True, eq=False)
class BarSeries:
    """Bars and sessions; of shape (n_sessions,) is every column but those of `columns`.

    sessions: rows in the calendar, from the first to the last with a bar inside it.
    begin, end: columns[begin:end] are the bars inside the session's hours, maybe none.
    """

    symbol: str
    interval: str
    step: int
    calendar: SessionCalendar
    columns: BarColumns
    sessions: NDArray[np.intp]
    begin: NDArray[np.intp]
    end: NDArray[np.intp]

    @property
    def counts(self) -> NDArray[np.intp]:
        """Bars inside each session."""
        return self.end - self.begin

    @property
    def opens_at(self) -> NDArray[np.int64]:
        """Opening of each session, seconds UTC."""
        return self.calendar.opens_at[self.sessions]

    @property
    def closes_at(self) -> NDArray[np.int64]:
        """Close of each session, seconds UTC."""
        return self.calendar.closes_at[self.sessions]

    @property
    def days(self) -> NDArray[np.int64]:
        """Date of each session, days since 1970."""
        return self.calendar.session[self.sessions]

    @property
    def expected(self) -> NDArray[np.int64]:
        """Bars of a whole session, counted from its opening; the last may be a short one."""
        if self.step == DAY:
            return np.ones(len(self.sessions), dtype=np.int64)
        return -((self.opens_at - self.closes_at) // self.step)

    def row_slices(self) -> Iterator[tuple[int, int]]:
        """Rows [first, last) of `columns`, all of them, a part at a time."""
        n_rows = len(self.columns)
        for first in range(0, n_rows, ROWS_AT_ONCE):
            yield first, min(first + ROWS_AT_ONCE, n_rows)

    def session_slices(self) -> Iterator[slice]:
        """Whole sessions, all of them, in parts of at most about ROWS_AT_ONCE bars, all alike."""
        room = np.cumsum(np.maximum(self.counts, self.expected))
        n_parts = -(-int(room[-1]) // ROWS_AT_ONCE)
        bounds = np.searchsorted(room, room[-1] * np.arange(1, n_parts) // n_parts)
        edges = np.unique([0, *bounds.tolist(), len(self.sessions)])
        for first, last in pairwise(edges.tolist()):
            yield slice(first, last)

    def inside(self, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Whether bars, by their rows in `columns`, lie inside a session."""
        if self.end[-1] - self.begin[0] == self.counts.sum() == len(self.columns):
            return np.ones(len(rows), dtype=np.bool_)
        session = np.searchsorted(self.begin, rows, side="right") - 1
        return (session >= 0) & (rows < self.end[session])

    def stamps(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Opening times of bars by their rows."""
        return self.columns.timestamp[rows]

    def text(self, stamp: int) -> str:
        """A bar's opening time in words."""
        return bar_text(self.calendar, self.step, int(stamp))

    def row_text(self, row: int) -> str:
        """The same of a bar by its row in `columns`."""
        return self.text(self.columns.timestamp[row])


def lay_out(
    symbol: str, interval: str, calendar: SessionCalendar, columns: BarColumns
) -> BarSeries | None:
    """The bars beside their sessions; None where no bar lies inside any.

    Raises DataError where the calendar does not reach, ConfigError for a bad interval.
    """
    step = interval_seconds(interval)
    if not len(columns):
        return None
    stamps = columns.timestamp
    first, last = calendar.rows_of(stamps[[0, -1]]).tolist()
    sessions = np.arange(max(first - 1, 0), last + 1)
    begin = np.searchsorted(stamps, calendar.opens_at[sessions])
    end = np.searchsorted(stamps, calendar.closes_at[sessions])
    filled = np.flatnonzero(end > begin)
    if not len(filled):
        return None
    known = slice(int(filled[0]), int(filled[-1]) + 1)
    return BarSeries(
        symbol, interval, step, calendar, columns, sessions[known], begin[known], end[known]
    )
