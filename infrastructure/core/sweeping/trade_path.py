"""A position's way from its fill to its exit: it depends on the bars and its own levels alone.

That is what makes a sweep fast: no account has to live through the bars in between. The rules are
those of `execution.fills`; what comes before what is the machine's order.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import inlined_kernel, kernel
from infrastructure.core.execution.account_state import EXIT_LONG, EXIT_SHORT, LONG, SHORT
from infrastructure.core.execution.fills import (
    CERTAIN,
    DETAIL,
    NOTHING,
    detail_exit_nb,
    exit_at_close_nb,
    exit_in_bar_nb,
    waits_above_nb,
)
from infrastructure.core.execution.records import EXIT_REASONS
from infrastructure.core.sweeping.lone_market import LoneMarket
from infrastructure.core.sweeping.waiting_orders import STOP_ENTRY

EXIT_SIGNAL, REVERSE = EXIT_REASONS.index("exit_signal"), EXIT_REASONS.index("reverse")
_BOTH = LONG | SHORT


@kernel
def detail_of_bar_nb(
    market: LoneMarket,
    rules: Any,
    bar: int,
    direction: int,
    stop: float,
    target: float,
    level: float,
) -> int:
    """What the finer bars of a bar tell of stop and target; NOTHING where there are none."""
    if len(market.detail_from) == 0:
        return NOTHING
    rows = slice(market.detail_from[bar], market.detail_to[bar])
    highs, lows = market.detail_high[rows], market.detail_low[rows]
    above = waits_above_nb(rules.entry_type == STOP_ENTRY, direction)
    return detail_exit_nb(direction, highs, lows, stop, target, level, above)


@inlined_kernel
def trade_path_nb(
    market: LoneMarket,
    decision: NDArray[np.uint8],
    rules: Any,
    policy: int,
    direction: int,
    entry_bar: int,
    at_close: bool,
    entry_level: float,
    stop: float,
    target: float,
) -> tuple[int, int, float, int, float, float]:
    """(exit bar, reason, price before slippage, certainty, best, worst) of a position just filled.

    best, worst: direction x close of the bars before the exit's, the entry's included.
    decision: every bar's decision, or empty where no signal can end a position. at_close: filled at
    the bar's close, so that the next bar is the first it is held in. entry_level: of a fill inside
    the bar, NaN for any other.
    """
    last_bar, flat = len(market.bars) - 1, rules.flat_at_session_end
    best, worst, bar = -math.inf, math.inf, entry_bar
    if at_close:
        best = worst = direction * market.bars[bar].close
        bar += 1
    why, price, certainty, ordered = NOTHING, 0.0, CERTAIN, NOTHING
    while True:
        price = market.bars[bar].open
        if ordered != NOTHING:
            why = ordered
            break
        says = NOTHING
        if policy == DETAIL:
            level = entry_level if bar == entry_bar else math.nan
            says = detail_of_bar_nb(market, rules, bar, direction, stop, target, level)
        high, low, carried = market.bars[bar].high, market.bars[bar].low, bar > entry_bar
        why, price, certainty = exit_in_bar_nb(
            policy, direction, carried, price, high, low, stop, target, says
        )
        if why != NOTHING:
            break
        price, certainty = market.bars[bar].close, CERTAIN
        why = exit_at_close_nb(flat, market.bars[bar].phase, bar == last_bar)
        if why != NOTHING:
            break
        if len(decision) and decision[bar]:
            ordered = ordered_at_close_nb(rules, decision[bar], direction, at_close)
            if ordered == REVERSE and at_close:
                why = REVERSE
                break
        best, worst = max(best, direction * price), min(worst, direction * price)
        bar += 1
    return bar, why, price, certainty, best, worst


@inlined_kernel
def ordered_at_close_nb(rules: Any, decision: int, direction: int, at_close: bool) -> int:
    """What a held bar's decision orders: EXIT_SIGNAL, REVERSE, or NOTHING.

    at_close: entries fill at the close. A position that leaves by both leaves by the exit signal
    where the new one is filled at the next open, and by the reversal where it is filled here.
    """
    turns = rules.reverses and decision & _BOTH == (SHORT if direction > 0 else LONG)
    if turns and at_close:
        return REVERSE
    if decision & (EXIT_LONG if direction > 0 else EXIT_SHORT):
        return EXIT_SIGNAL
    return REVERSE if turns else NOTHING
