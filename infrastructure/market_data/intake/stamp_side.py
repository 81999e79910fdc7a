"""Whether stamps show the begin or the end of their bars, and begins made of ends."""

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.sessions.session_calendar import SessionCalendar

_MOSTLY, _HARDLY = 0.6, 0.05
_LOUDER = 2.5
"""The first five minutes of a session have several times the volume of the five before them; so
much more volume one bar late means that stamps show ends."""


def stamps_are_ends(
    stamps: NDArray[np.int64], volume: NDArray[np.float64], step: int, calendar: SessionCalendar
) -> bool:
    """Whether opening times (seconds UTC, ascending) are closing times in truth.

    Told by the sessions: bars at their close and none at their open; where there are both (extended
    hours), by where the opening volume stands. A calendar that never closes tells nothing: False.
    """
    if calendar.opens_all_day or not len(stamps):
        return False
    rows = _each_once(calendar.rows_of(stamps))
    opens, closes = calendar.opens_at[rows], calendar.closes_at[rows]
    at_open, at_close = _there(stamps, opens), _there(stamps, closes)
    if at_close.mean() > _MOSTLY and at_open.mean() < _HARDLY:
        return True
    if at_open.mean() < _MOSTLY or at_close.mean() < _MOSTLY:
        return False
    before = _there(stamps, opens - step)  # bars before the session: extended hours
    if before.mean() < _MOSTLY:
        return False
    first = _median(stamps, volume, opens)
    second = _median(stamps, volume, opens + step)
    return bool(second > _LOUDER * first > 0)


def starts_of(ends: NDArray[np.int64], step: int, calendar: SessionCalendar) -> NDArray[np.int64]:
    """Opening times of bars by their closing times; the last bar of a session may be short."""
    starts = ends - step
    rows = calendar.rows_of(starts)
    opened, closed = calendar.opens_at[rows], calendar.closes_at[rows]
    last = opened + (closed - opened - 1) // step * step
    return np.where(ends == closed, np.maximum(last, opened), starts)


def _each_once(ascending: NDArray[np.intp]) -> NDArray[np.intp]:
    return ascending[np.append(True, np.diff(ascending) != 0)]


def _median(
    stamps: NDArray[np.int64], volume: NDArray[np.float64], wanted: NDArray[np.int64]
) -> float:
    rows = np.searchsorted(stamps, wanted[_there(stamps, wanted)])
    return float(np.median(volume[rows])) if len(rows) else 0.0


def _there(ascending: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of some stamps are among ascending ones; np.isin takes half a second for a million."""
    rows = np.searchsorted(ascending, wanted).clip(max=len(ascending) - 1)
    return ascending[rows] == wanted
