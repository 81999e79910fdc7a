"""The pass over an equity path that finds its drawdowns, row by row."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import inlined_kernel, kernel

SLACK = 1e-12
"""Share of the peak that still counts as the peak: sums of trades miss it by their rounding."""

DRAWDOWN_FIELDS = [
    ("peak", np.float64),  # the highest equity so far
    ("peak_row", np.int64),  # the last row there; -1: the starting capital
    ("under_water", np.int64),  # 1: below the peak now
    ("deepest_peak", np.float64),  # of the deepest drawdown: its peak and its lowest equity
    ("deepest_low", np.float64),
    ("deepest_peak_row", np.int64),
    ("trough_row", np.int64),  # -1: there was no drawdown
    ("recovery_row", np.int64),  # first row back at the peak; -1: not yet
    ("longest", np.int64),  # the longest drawdown, seconds
]
"""What a pass remembers between rows."""


@inlined_kernel
def begin_drawdown_nb(state: Any, start: float) -> None:
    """Before the first row: the starting capital is the peak."""
    state.peak, state.peak_row, state.under_water = start, -1, 0
    state.deepest_peak, state.deepest_low = start, start
    state.deepest_peak_row, state.trough_row, state.recovery_row = -1, -1, -1
    state.longest = 0


@inlined_kernel
def mark_drawdown_nb(
    state: Any, row: int, value: float, timeline: NDArray[np.int64], started_at: int
) -> None:
    """One row of the path."""
    if not below_peak_nb(state, value):
        if state.under_water:
            surface_nb(state, row, timeline, started_at)
        state.peak, state.peak_row = max(state.peak, value), row
        return
    state.under_water = 1
    if deepens_nb(state, value):
        state.deepest_peak, state.deepest_low = state.peak, value
        state.deepest_peak_row, state.trough_row = state.peak_row, row
        state.recovery_row = -1


@inlined_kernel
def below_peak_nb(state: Any, value: float) -> bool:
    """Whether equity stands below its highest value so far."""
    return not value >= state.peak * (1.0 - SLACK)


@inlined_kernel
def deepens_nb(state: Any, value: float) -> bool:
    """Whether no drawdown has been as deep as from the peak to here; without division."""
    peak, deepest_peak = state.peak, state.deepest_peak
    return (peak - value) * deepest_peak > (deepest_peak - state.deepest_low) * peak


@inlined_kernel
def surface_nb(state: Any, row: int, timeline: NDArray[np.int64], started_at: int) -> None:
    """A drawdown ends in this row: recovered, or the last row of all."""
    since = timeline[state.peak_row] if state.peak_row >= 0 else started_at
    state.longest = max(state.longest, timeline[row] - since)
    if state.trough_row >= 0 and state.recovery_row < 0:
        state.recovery_row = row
    state.under_water = 0


@kernel
def drawdown_nb(
    states: NDArray[Any],
    equity: NDArray[np.float64],
    timeline: NDArray[np.int64],
    start: float,
    started_at: int,
) -> None:
    """The whole path into one record of DRAWDOWN_FIELDS, shape (1,)."""
    state = states[0]
    begin_drawdown_nb(state, start)
    for row in range(equity.shape[0]):
        mark_drawdown_nb(state, row, equity[row], timeline, started_at)
    if state.under_water:
        surface_nb(state, equity.shape[0] - 1, timeline, started_at)
