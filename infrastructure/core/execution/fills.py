"""Where an order or an open position fills inside one bar, and when its session ends it."""

import math

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import inlined_kernel, kernel
from infrastructure.core.execution.records import EXIT_REASONS
from infrastructure.market_data.bars import AFTER_CLOSE, IN_SESSION, LAST_OF_SESSION
from infrastructure.risk_management.stops import at_or_above_nb, at_or_below_nb

FILL_POLICIES = ("stop_first", "target_first", "detail")
_TARGET_FIRST, DETAIL = 1, 2

NOTHING = -1
STOP, TARGET = EXIT_REASONS.index("stop"), EXIT_REASONS.index("target")
_SESSION_END = EXIT_REASONS.index("session_end")
_END_OF_DATA = EXIT_REASONS.index("end_of_data")
CERTAIN, UNDECIDED, DECIDED = 0, 1, 2  # indexes of records.AMBIGUITY


@kernel
def level_fill_nb(
    is_stop: bool, direction: int, level: float, bar_open: float, high: float, low: float
) -> float:
    """The price at which an order waiting at `level` fills in this bar, before slippage; NaN: not.

    A stop entry fills where the price moves with the trade through the level, a limit entry where
    it comes back to it; either at the open where the open is already past the level.
    """
    if waits_above_nb(is_stop, direction):
        return max(level, bar_open) if at_or_above_nb(high, level) else math.nan
    return min(level, bar_open) if at_or_below_nb(low, level) else math.nan


@inlined_kernel
def level_fill_at_open_nb(is_stop: bool, direction: int, level: float, bar_open: float) -> float:
    """The same at a bar's open: where it is already at or past the level."""
    return level_fill_nb(is_stop, direction, level, bar_open, bar_open, bar_open)


@inlined_kernel
def waits_above_nb(is_stop: bool, direction: int) -> bool:
    """Whether the price must rise to the order's level: a stop buys there, or a limit sells."""
    return is_stop == (direction > 0)


@kernel
def open_exit_nb(direction: int, bar_open: float, stop: float, target: float) -> int:
    """Why a position carried into this bar leaves at its open: STOP, TARGET or NOTHING.

    A stop or target of NaN is none: every comparison with it is False.
    """
    stopped, reached = touches_nb(direction, bar_open, bar_open, stop, target)
    if stopped:
        return STOP
    return TARGET if reached else NOTHING


@kernel
def touches_nb(
    direction: int, high: float, low: float, stop: float, target: float
) -> tuple[bool, bool]:
    """Whether a bar's range touches (the stop, the target); NaN is never touched."""
    if direction > 0:
        return at_or_below_nb(low, stop), at_or_above_nb(high, target)
    return at_or_above_nb(high, stop), at_or_below_nb(low, target)


@kernel
def detail_exit_nb(
    direction: int,
    highs: NDArray[np.float64],
    lows: NDArray[np.float64],
    stop: float,
    target: float,
    reached_level: float,
    level_is_above: bool,
) -> int:
    """Which of stop and target the finer bars touch first; NOTHING where they cannot tell.

    reached_level: of an entry inside the bar: bars before the first that reaches it are passed
    over; NaN: the position is held from the first finer bar on.
    """
    entered = math.isnan(reached_level)
    for row in range(len(highs)):
        if not entered:
            if level_is_above:
                entered = at_or_above_nb(highs[row], reached_level)
            else:
                entered = at_or_below_nb(lows[row], reached_level)
        if entered:
            stopped, reached = touches_nb(direction, highs[row], lows[row], stop, target)
            if stopped and reached:
                return NOTHING
            if stopped:
                return STOP
            if reached:
                return TARGET
    return NOTHING


@kernel
def range_exit_nb(
    policy: int,
    direction: int,
    high: float,
    low: float,
    stop: float,
    target: float,
    detail_says: int,
) -> tuple[int, int]:
    """(why a position leaves inside the bar's range, how certain that is).

    policy: index of FILL_POLICIES. detail_says: what the finer bars tell, NOTHING if nothing.
    """
    stopped, reached = touches_nb(direction, high, low, stop, target)
    if stopped and reached:
        if policy == DETAIL and detail_says != NOTHING:
            return detail_says, DECIDED
        return (TARGET if policy == _TARGET_FIRST else STOP), UNDECIDED
    if stopped:
        return STOP, CERTAIN
    if reached:
        return TARGET, CERTAIN
    return NOTHING, CERTAIN


@kernel
def exit_in_bar_nb(
    policy: int,
    direction: int,
    carried: bool,
    bar_open: float,
    high: float,
    low: float,
    stop: float,
    target: float,
    detail_says: int,
) -> tuple[int, float, int]:
    """(why a position leaves in this bar, at what price before slippage, how certain that is).

    carried: it was held when the bar opened, so the open comes before the range. NOTHING: it stays.
    The rest is as in range_exit_nb.
    """
    if carried:
        reason = open_exit_nb(direction, bar_open, stop, target)
        if reason != NOTHING:
            return reason, bar_open, CERTAIN
    reason, certainty = range_exit_nb(policy, direction, high, low, stop, target, detail_says)
    return reason, stop if reason == STOP else target, certainty


@inlined_kernel
def exit_at_close_nb(flat_at_session_end: int, phase: int, data_end: bool) -> int:
    """Why a position leaves at a bar's close: its session's end, the data's end, or NOTHING."""
    if flat_at_session_end and phase == LAST_OF_SESSION:
        return _SESSION_END
    return _END_OF_DATA if data_end else NOTHING


@inlined_kernel
def close_is_late_nb(flat_at_session_end: int, phase: int) -> bool:
    """Whether a position opened at a bar's close, or an order placed there, could not be held."""
    return flat_at_session_end != 0 and phase != IN_SESSION


@inlined_kernel
def order_is_over_nb(
    flat_at_session_end: int, signal_session: int, session: int, phase: int
) -> bool:
    """Whether an order's session is over in this bar, so that its fill could not be held."""
    if not flat_at_session_end:
        return False
    return session != signal_session or phase == AFTER_CLOSE
