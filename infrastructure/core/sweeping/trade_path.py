"""A position's way from its fill to its exit: it depends on the bars and its own levels alone.

That is what makes a sweep fast: no account has to live through the bars in between. The rules are
those of `execution.fills`; what comes before what is the machine's order.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import kernel
from infrastructure.core.execution.account_state import EXIT_LONG, EXIT_SHORT, LONG, SHORT
from infrastructure.core.execution.fills import (
    CERTAIN,
    DETAIL,
    NOTHING,
    detail_exit_nb,
    exit_at_close_nb,
    exit_in_bar_nb,
    order_is_over_nb,
)
from infrastructure.core.execution.records import EXIT_REASONS
from infrastructure.core.sweeping.lone_market import CLOSE, HIGH, LOW, OPEN, LoneMarket
from infrastructure.market_data.bars import IN_SESSION

EXIT_SIGNAL, REVERSE = EXIT_REASONS.index("exit_signal"), EXIT_REASONS.index("reverse")
_BOTH = LONG | SHORT


@kernel
def detail_of_bar_nb(
    market: LoneMarket, bar: int, direction: int, stop: float, target: float
) -> int:
    """What the finer bars of a bar tell of stop and target; NOTHING where there are none."""
    if len(market.detail_from) == 0:
        return NOTHING
    rows = slice(market.detail_from[bar], market.detail_to[bar])
    highs, lows = market.detail_high[rows], market.detail_low[rows]
    return detail_exit_nb(direction, highs, lows, stop, target, math.nan, False)


@kernel
def trade_path_nb(
    market: LoneMarket,
    decision: NDArray[np.uint8],
    rules: Any,
    policy: int,
    direction: int,
    entry_bar: int,
    at_close: bool,
    stop: float,
    target: float,
) -> tuple[int, int, float, int]:
    """(exit bar, reason, price before slippage, certainty) of a position filled in `entry_bar`.

    decision: every bar's decision, or empty where no signal can end a position.
    at_close: filled at that bar's close, so that the next bar is the first it is held in.
    """
    prices, last_bar = market.prices, len(market.prices) - 1
    flat = rules.flat_at_session_end
    bar = entry_bar + 1 if at_close else entry_bar
    ordered = NOTHING
    while True:
        bar_open = prices[bar, OPEN]
        if ordered != NOTHING:
            return bar, ordered, bar_open, CERTAIN
        high, low = prices[bar, HIGH], prices[bar, LOW]
        says = NOTHING
        if policy == DETAIL:
            says = detail_of_bar_nb(market, bar, direction, stop, target)
        reason, price, certainty = exit_in_bar_nb(
            policy, direction, bar > entry_bar, bar_open, high, low, stop, target, says
        )
        if reason != NOTHING:
            return bar, reason, price, certainty
        close = prices[bar, CLOSE]
        reason = exit_at_close_nb(flat, market.phase[bar], bar == last_bar)
        if reason != NOTHING:
            return bar, reason, close, CERTAIN
        if len(decision) and decision[bar]:
            ordered = ordered_at_close_nb(market, rules, decision[bar], direction, bar, at_close)
            if ordered == REVERSE and at_close:
                return bar, REVERSE, close, CERTAIN
        bar += 1


@kernel
def ordered_at_close_nb(
    market: LoneMarket, rules: Any, decision: int, direction: int, bar: int, at_close: bool
) -> int:
    """What a held bar's decision orders: EXIT_SIGNAL, REVERSE, or NOTHING.

    at_close: entries fill at the close. A position that leaves by both leaves by the exit signal
    where the new one is filled at the next open, and by the reversal where it is filled here.
    """
    turns = False
    if rules.reverses and decision & _BOTH == (SHORT if direction > 0 else LONG):
        if at_close:
            turns = not (rules.flat_at_session_end and market.phase[bar] != IN_SESSION)
            if turns:
                return REVERSE
        else:
            turns = not order_is_over_nb(
                rules.flat_at_session_end,
                market.session[bar],
                market.session[bar + 1],
                market.phase[bar + 1],
            )
    if decision & (EXIT_LONG if direction > 0 else EXIT_SHORT):
        return EXIT_SIGNAL
    return REVERSE if turns else NOTHING
