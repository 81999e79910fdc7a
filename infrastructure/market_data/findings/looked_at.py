"""A part of a series as the checks see it: bars, their sessions, and how to name a bar."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.columns import BarColumns, utc_text
from infrastructure.market_data.intervals import DAY, interval_seconds
from infrastructure.market_data.session_calendar import SessionCalendar, day_text


@dataclass(frozen=True, eq=False)
class LookedAt:
    """Bars of one series, ascending, sound; a part of it ends where a session does."""

    symbol: str
    interval: str
    calendar: SessionCalendar
    bars: BarColumns

    @property
    def series(self) -> str:
        """As commands name it: `QQQ --interval 5m`."""
        return f"{self.symbol} --interval {self.interval}"

    @cached_property
    def step(self) -> int:
        """Seconds of the interval."""
        return interval_seconds(self.interval)

    @property
    def daily(self) -> bool:
        """Whether a bar is a whole session."""
        return self.step == DAY

    @cached_property
    def _opened(self) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        return self.calendar.opened(self.bars.timestamp)

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Whether each bar opens inside a session, shape (n_bars,)."""
        return self._opened[1]

    @cached_property
    def rows(self) -> NDArray[np.intp]:
        """The calendar's row of the session of each bar inside one, shape (n_inside,)."""
        return self._opened[0][self.inside]

    @cached_property
    def regular(self) -> BarColumns:
        """The bars inside sessions."""
        return self.bars if self.inside.all() else self.bars.take(self.inside)

    @cached_property
    def begins(self) -> NDArray[np.intp]:
        """Where in `regular` each session begins, shape (n_sessions,)."""
        if not len(self.rows):
            return np.empty(0, dtype=np.intp)
        return np.flatnonzero(np.append(True, self.rows[1:] != self.rows[:-1]))

    @cached_property
    def ends(self) -> NDArray[np.intp]:
        """Where in `regular` each session ends (the row after its last), shape (n_sessions,)."""
        return np.append(self.begins[1:], len(self.rows))[: len(self.begins)]

    @property
    def sessions(self) -> NDArray[np.intp]:
        """The calendar's row of each session that has bars, shape (n_sessions,)."""
        return self.rows[self.begins]

    def session_sums(self, column: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sums of a column of `regular` by session."""
        if not len(self.begins):
            return np.empty(0)
        sums: NDArray[np.float64] = np.add.reduceat(column, self.begins)
        return sums

    def day(self, row: int) -> str:
        """The date of a session by its row in the calendar."""
        return day_text(self.calendar.session[row])

    def moment(self, stamp: int) -> str:
        """A bar in words: its time at the exchange and in UTC; of a daily bar the date alone."""
        row = int(self.calendar.rows_of(np.array([stamp]))[0])
        if self.daily:
            return self.day(row)
        return f"{utc_text(int(stamp))} (session {self.day(row)})"
