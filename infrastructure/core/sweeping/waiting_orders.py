"""An order that waits at a level, until it fills or is over."""

import math
from typing import Any

from infrastructure.compiled import inlined_kernel
from infrastructure.core.execution.account_state import ENTRY_TYPES
from infrastructure.core.execution.fills import (
    level_fill_at_open_nb,
    level_fill_nb,
    order_is_over_nb,
)
from infrastructure.core.execution.records import REFUSAL_REASONS
from infrastructure.core.sweeping.lone_market import LoneMarket

STOP_ENTRY = ENTRY_TYPES.index("stop")
FILLED = -1
_NO_LATER_BAR = REFUSAL_REASONS.index("end_of_data")
_SESSION_OVER = REFUSAL_REASONS.index("session_end")
_EXPIRED = REFUSAL_REASONS.index("expired")


@inlined_kernel
def wait_at_level_nb(
    market: LoneMarket, rules: Any, direction: int, level: float, signal_bar: int, next_signal: int
) -> tuple[int, int, float, bool]:
    """(FILLED or why it is refused, bar, price before slippage, whether inside the bar).

    next_signal: the bar whose signal would replace the order.
    """
    is_stop, left, bar = rules.entry_type == STOP_ENTRY, rules.expiry_bars, signal_bar + 1
    last_bar = len(market.bars) - 1
    reason, raw, inside = FILLED, math.nan, False
    while True:
        over = order_is_over_nb(
            rules.flat_at_session_end,
            market.bars[signal_bar].session,
            market.bars[bar].session,
            market.bars[bar].phase,
        )
        if over:
            reason = _SESSION_OVER
            break
        bar_open = market.bars[bar].open
        raw = level_fill_at_open_nb(is_stop, direction, level, bar_open)
        if not math.isnan(raw):
            break
        high, low = market.bars[bar].high, market.bars[bar].low
        raw = level_fill_nb(is_stop, direction, level, bar_open, high, low)
        if not math.isnan(raw):
            inside = True
            break
        left -= 1
        if left == 0 or (bar == next_signal and bar != last_bar):
            reason = _EXPIRED
            break
        if bar == last_bar:
            reason = _NO_LATER_BAR
            break
        bar += 1
    return reason, bar, raw, inside
