"""What becomes of a signal whatever the account holds: its fill, its stop, its way to its exit.

That depends on bars, levels and slippage alone, so configurations that differ in their signals,
sizes or limits share it: an outcome is worked out when it is first asked for, and kept.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import inlined_kernel, kernel
from infrastructure.core.execution.account_state import ENTRY_TYPES
from infrastructure.core.execution.fills import close_is_late_nb, order_is_over_nb
from infrastructure.core.execution.money import entry_price_nb
from infrastructure.core.execution.records import REFUSAL_REASONS
from infrastructure.core.sweeping.lone_market import LoneMarket
from infrastructure.core.sweeping.signal_rows import BOTH_SIDES, NO_ROW, SignalRows
from infrastructure.core.sweeping.trade_path import trade_path_nb
from infrastructure.core.sweeping.waiting_orders import FILLED, wait_at_level_nb
from infrastructure.risk_management.stops import stop_level_nb, target_level_nb

AT_CLOSE = ENTRY_TYPES.index("close")
_NEXT_OPEN = ENTRY_TYPES.index("next_open")
_SESSION_OVER = REFUSAL_REASONS.index("session_end")
_EXPIRED = REFUSAL_REASONS.index("expired")

OUTCOME_DTYPE = np.dtype(
    [
        ("raw", np.float64),  # the fill before slippage
        ("stop", np.float64),
        ("leaving", np.float64),  # the exit before slippage
        ("best", np.float64),  # of the held closes, for the trade: direction x close
        ("worst", np.float64),
        ("seconds", np.int64),  # from the entry bar's opening to the exit bar's: a century and more
        ("entry_bar", np.int32),
        ("exit_bar", np.int32),
        ("path", np.int32),  # whose outcome it is: configurations of one path share it
        ("over", np.int8),  # FILLED, or why the order is refused
        ("why", np.int8),  # index of EXIT_REASONS
        ("certainty", np.int8),
        ("carried", np.int8),  # 1: it leaves on a later day
    ],
    align=True,
)
"""One line of the processor's cache."""

NOT_KEPT = -1
"""Path of configurations whose outcomes depend on more: exits by signal, orders at a level."""


def outcome_room(n_slots: int) -> NDArray[Any]:
    """(n_slots,) outcomes of no path yet."""
    room = np.zeros(n_slots, OUTCOME_DTYPE)
    room["path"] = NOT_KEPT - 1
    return room


@inlined_kernel
def outcome_nb(
    market: LoneMarket,
    signals: SignalRows,
    rules: Any,
    terms: Any,
    atr_row: int,
    decisions: NDArray[np.uint8],
    direction: int,
    k: int,
    end: int,
    out: Any,
) -> None:
    """Fill `out` for signal k, whose choice ends before row `end`."""
    bar = signals.bar[k]
    why_not, at, raw, level = order_nb(market, signals, rules, direction, k, end)
    out.over = why_not
    if why_not == FILLED:
        at_close = rules.entry_type == AT_CLOSE
        price = entry_price_nb(terms, rules.entry_type, direction, raw)
        stop = stop_level_nb(
            rules.stop_type,
            rules.stop_value,
            direction,
            price,
            market.bars[bar].low,
            market.bars[bar].high,
            np.nan if atr_row < 0 else market.atr[atr_row, bar],
            market.ranges[rules.range_from : rules.range_to],
        )
        target = target_level_nb(direction, price, stop, rules.risk_reward)
        exit_bar, why, leaving, certainty, best, worst = trade_path_nb(
            market,
            decisions,
            rules,
            terms.fill_policy,
            direction,
            at,
            at_close,
            level,
            stop,
            target,
        )
        out.raw, out.stop, out.leaving, out.best, out.worst = raw, stop, leaving, best, worst
        out.entry_bar, out.exit_bar = at, exit_bar
        out.seconds = market.bars[exit_bar].timestamp - market.bars[at].timestamp
        out.why, out.certainty = why, certainty
        out.carried = int(market.bars[exit_bar].day > market.bars[at].day)


@inlined_kernel
def order_nb(
    market: LoneMarket, signals: SignalRows, rules: Any, direction: int, k: int, end: int
) -> tuple[int, int, float, float]:
    """(FILLED or why the order of signal k is refused, bar, price before slippage, level).

    level: of a fill inside the bar; NaN: at its open or close.
    """
    bar, kind, flat = signals.bar[k], rules.entry_type, rules.flat_at_session_end
    why_not, at, raw, level = FILLED, bar + 1, np.nan, np.nan
    if kind == _NEXT_OPEN:
        raw = market.bars[at].open
        if order_is_over_nb(
            flat, market.bars[bar].session, market.bars[at].session, market.bars[at].phase
        ):
            why_not = _SESSION_OVER
    elif kind == AT_CLOSE:
        at, raw = bar, market.bars[bar].close
        if close_is_late_nb(flat, market.bars[bar].phase):
            why_not = _SESSION_OVER
    elif signals.level[k] > 0.0:
        replaced = next_signal_nb(signals, k + 1, end)
        why_not, at, raw, inside = wait_at_level_nb(
            market, rules, direction, signals.level[k], bar, replaced
        )
        if inside:
            level = signals.level[k]
    else:
        over = close_is_late_nb(flat, market.bars[bar].phase)
        why_not = _SESSION_OVER if over else _EXPIRED
    return why_not, at, raw, level


@kernel
def next_signal_nb(signals: SignalRows, k: int, end: int) -> int:
    """The bar of the next signal from k on that places an order; NO_ROW: none."""
    while k < end:
        if signals.decision[k] != BOTH_SIDES:
            return signals.bar[k]
        k += 1
    return NO_ROW
