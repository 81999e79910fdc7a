"""The one pass over an equity path that finds its drawdowns."""

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import kernel

SLACK = 1e-12
"""Share of the peak that still counts as the peak: sums of trades miss it by their rounding."""


@kernel
def drawdown_nb(
    equity: NDArray[np.float64], timeline: NDArray[np.int64], start: float, started_at: int
) -> tuple[int, int, int, int]:
    """Rows (peak, trough, recovery) of the deepest drawdown, and the longest one in seconds.

    Peak row -1 is the starting capital; trough row -1: there was no drawdown. Recovery is the first
    row back at the peak, or the last row. Depths are compared by cross products, without division.
    """
    peak, peak_row = start, -1
    deepest_peak, deepest_low = start, start
    deepest_peak_row, trough_row, recovery_row = -1, -1, -1
    longest = 0
    last = equity.shape[0] - 1
    under_water = False
    for row in range(last + 1):
        value = equity[row]
        recovered = value >= peak * (1.0 - SLACK)
        if not recovered:
            under_water = True
            if (peak - value) * deepest_peak > (deepest_peak - deepest_low) * peak:
                deepest_peak, deepest_low = peak, value
                deepest_peak_row, trough_row, recovery_row = peak_row, row, -1
        if under_water and (recovered or row == last):
            since = timeline[peak_row] if peak_row >= 0 else started_at
            longest = max(longest, timeline[row] - since)
            if trough_row >= 0 and recovery_row < 0:
                recovery_row = row
            under_water = False
        if recovered:
            peak, peak_row = max(peak, value), row
    return deepest_peak_row, trough_row, recovery_row, longest
