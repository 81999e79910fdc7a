"""Bars that were fetched beside those that are stored."""

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.providers.windows import Window
from infrastructure.market_data.sessions.session_calendar import SessionCalendar

SAME_SCALE = 0.01
"""Share by which the close of the store and the provider's may differ, in the middle of a window.

Vendors differ by less than a percent; the smallest split in use, 21 for 20, moves prices by five.
"""

_VALUES = ("open", "high", "low", "close", "volume")


def differing(bars: BarColumns, stored: BarColumns) -> NDArray[np.bool_]:
    """Which of `bars` the store has with other values, shape (n_bars,)."""
    found, there = _pairs(bars, stored)
    differs = np.zeros(len(bars), dtype=np.bool_)
    differs[found] = np.logical_or.reduce(
        [getattr(bars, name)[found] != getattr(there, name) for name in _VALUES]
    )
    return differs


def off_scale(
    bars: BarColumns, stored: BarColumns, windows: list[Window], calendar: SessionCalendar
) -> float | None:
    """Stored close over fetched close where it is not about one; None where it is in each window.

    The middle (median) ratio of the bars that both have decides.
    """
    found, there = _pairs(bars, stored)
    ratios = there.close / bars.close[found]
    sessions = calendar.session_of(bars.timestamp[found])
    for window in windows:
        inside = (window.first <= sessions) & (sessions <= window.last)
        if inside.any() and abs(middle := float(np.median(ratios[inside])) - 1) > SAME_SCALE:
            return middle + 1
    return None


def _pairs(bars: BarColumns, stored: BarColumns) -> tuple[NDArray[np.bool_], BarColumns]:
    """Which bars are stored, shape (n_bars,); and what is stored of those."""
    found = np.isin(bars.timestamp, stored.timestamp, assume_unique=True)
    return found, stored.take(np.searchsorted(stored.timestamp, bars.timestamp[found]))
