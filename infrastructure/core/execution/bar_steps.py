"""What one bar of one lane does to the account, step by step, in the order of docs/execution.md.

`complete_*` happen when the bar is complete, `open_*` when the next one opens. `at` is the bar's
row in the market's columns, `bar` its row in the lane's own bars.
"""

import math

from infrastructure.compiled import inlined_kernel, kernel
from infrastructure.core.execution.account import (
    close_position_nb,
    enter_nb,
    note_excursion_nb,
    refuse_nb,
)
from infrastructure.core.execution.account_state import (
    ENTRY_TYPES,
    EXIT_LONG,
    EXIT_SHORT,
    LONG,
    SHORT,
    Account,
    Market,
)
from infrastructure.core.execution.fills import (
    CERTAIN,
    DETAIL,
    NOTHING,
    close_is_late_nb,
    detail_exit_nb,
    exit_at_close_nb,
    exit_in_bar_nb,
    level_fill_at_open_nb,
    level_fill_nb,
    order_is_over_nb,
    waits_above_nb,
)
from infrastructure.core.execution.records import EXIT_REASONS, REFUSAL_REASONS

_NEXT_OPEN = ENTRY_TYPES.index("next_open")
_CLOSE = ENTRY_TYPES.index("close")
_STOP_ENTRY = ENTRY_TYPES.index("stop")
_EXIT_SIGNAL = EXIT_REASONS.index("exit_signal")
_REVERSE = EXIT_REASONS.index("reverse")
_CONTRADICTORY = REFUSAL_REASONS.index("contradictory")
_POSITION_OPEN = REFUSAL_REASONS.index("position_open")
_NO_LATER_BAR = REFUSAL_REASONS.index("end_of_data")
_SESSION_OVER = REFUSAL_REASONS.index("session_end")
_EXPIRED = REFUSAL_REASONS.index("expired")


@kernel
def signal_atr_nb(market: Market, i: int, bar: int) -> float:
    """The average true range known at the close of `bar`; NaN where the lane needs none."""
    if market.first_atr[i] < 0:
        return math.nan
    return market.atr[market.first_atr[i] + bar]


@kernel
def detail_says_nb(account: Account, market: Market, i: int, level: float) -> int:
    """What the finer bars of lane i's present bar tell of stop and target, if there are any."""
    lane = account.lanes[i]
    if market.first_detail[i] < 0:
        return NOTHING
    at = market.first_detail[i] + lane.bar
    rows = slice(market.detail_from[at], market.detail_to[at])
    at_stop = account.rules[lane.position_rules].entry_type == _STOP_ENTRY
    above = waits_above_nb(at_stop, lane.direction)
    highs, lows = market.detail_high[rows], market.detail_low[rows]
    return detail_exit_nb(lane.direction, highs, lows, lane.stop, lane.target, level, above)


@kernel
def leave_in_bar_nb(
    account: Account, market: Market, i: int, at: int, carried: bool, level: float
) -> None:
    """Stop and target against the bar: its open where `carried`, then its range.

    level: of an entry inside the bar, for the finer bars; NaN: held from the bar's open on.
    """
    lane = account.lanes[i]
    high, low, policy = market.high[at], market.low[at], account.terms[0].fill_policy
    says = NOTHING
    if policy == DETAIL:
        says = detail_says_nb(account, market, i, level)
    reason, price, certainty = exit_in_bar_nb(
        policy, lane.direction, carried, market.open[at], high, low, lane.stop, lane.target, says
    )
    if carried:
        note_excursion_nb(account, i, market.open[at])
    if reason == NOTHING:
        note_excursion_nb(account, i, high)
        note_excursion_nb(account, i, low)
        return
    close_position_nb(account, i, lane.bar, price, reason, certainty)


@kernel
def complete_exits_nb(account: Account, market: Market, i: int, at: int) -> None:
    """Stops and targets of a position held into this bar."""
    lane = account.lanes[i]
    leave_in_bar_nb(account, market, i, at, lane.entry_bar < lane.bar, math.nan)


@kernel
def complete_level_order_nb(account: Account, market: Market, i: int, at: int) -> None:
    """An order waiting at a level: fills inside this bar, waits on, or expires."""
    lane = account.lanes[i]
    direction, level, bar_open = lane.order_direction, lane.order_level, market.open[at]
    is_stop = account.rules[lane.order_rules].entry_type == _STOP_ENTRY
    raw = level_fill_nb(is_stop, direction, level, bar_open, market.high[at], market.low[at])
    if math.isnan(raw):
        lane.order_bars_left -= 1
        if lane.order_bars_left == 0:
            lane.order_direction = 0
            refuse_nb(account, i, lane.order_bar, direction, _EXPIRED)
        return
    lane.order_direction = 0
    if fill_order_nb(account, market, i, direction, raw, bar_open):
        leave_in_bar_nb(account, market, i, at, False, level)


@kernel
def fill_order_nb(
    account: Account,
    market: Market,
    i: int,
    direction: int,
    raw: float,
    standing: float,
) -> bool:
    """Enter on the order of the signal at `order_bar`; True where the position is open.

    standing: the price in the market when it fills: the bar's open or, at a close, its close.
    """
    lane = account.lanes[i]
    signal_at = market.first_bar[i] + lane.order_bar
    return enter_nb(
        account,
        i,
        lane.bar,
        lane.order_bar,
        direction,
        market.low[signal_at],
        market.high[signal_at],
        signal_atr_nb(market, i, lane.order_bar),
        raw,
        standing,
    )


@inlined_kernel
def complete_close_nb(account: Account, market: Market, i: int, at: int, data_end: bool) -> None:
    """The bar's close: session end, end of data, and the new last close.

    data_end: no bar of this lane will ever follow.
    """
    lane, close = account.lanes[i], market.close[at]
    if lane.direction != 0:
        flat = account.rules[lane.position_rules].flat_at_session_end
        reason = exit_at_close_nb(flat, market.phase[at], data_end)
        if reason != NOTHING:
            close_position_nb(account, i, lane.bar, close, reason, CERTAIN)
    if data_end and lane.order_direction != 0:
        refuse_nb(account, i, lane.order_bar, lane.order_direction, _NO_LATER_BAR)
        lane.order_direction = 0
    lane.last_close = close
    lane.mark = close


@kernel
def complete_signal_nb(account: Account, market: Market, i: int, at: int, data_end: bool) -> None:
    """What the strategy decided at this close: exits ordered, entries refused or put to work."""
    lane = account.lanes[i]
    decision = market.decision[market.first_signal[i] + lane.bar]
    if decision == 0:
        return
    held = lane.direction
    if (held > 0 and decision & EXIT_LONG) or (held < 0 and decision & EXIT_SHORT):
        lane.exit_ordered = 1
    wants_long, wants_short = decision & LONG, decision & SHORT
    if wants_long and wants_short:
        refuse_nb(account, i, lane.bar, 1, _CONTRADICTORY)
        refuse_nb(account, i, lane.bar, -1, _CONTRADICTORY)
        return
    if not wants_long and not wants_short:
        return
    direction, rules = 1 if wants_long else -1, account.rules[lane.rules]
    if held != 0 and not (rules.reverses and held == -direction):
        refuse_nb(account, i, lane.bar, direction, _POSITION_OPEN)
        return
    if data_end:
        refuse_nb(account, i, lane.bar, direction, _NO_LATER_BAR)
        return
    if rules.entry_type == _CLOSE:
        enter_at_close_nb(account, market, i, at, direction)
    else:
        place_order_nb(account, market, i, at, direction)


@inlined_kernel
def replace_order_nb(account: Account, i: int) -> None:
    """A newer signal: an order still waiting gives way, and the next one has the rules of now."""
    lane = account.lanes[i]
    if lane.order_direction != 0:
        refuse_nb(account, i, lane.order_bar, lane.order_direction, _EXPIRED)
        lane.order_direction = 0
    lane.order_rules = lane.rules


@kernel
def enter_at_close_nb(account: Account, market: Market, i: int, at: int, direction: int) -> None:
    """A market-on-close order: fills at this bar's close, unless it could not be held."""
    lane, close = account.lanes[i], market.close[at]
    replace_order_nb(account, i)
    if lane.direction != 0:
        close_position_nb(account, i, lane.bar, close, _REVERSE, CERTAIN)
    if close_is_late_nb(account.rules[lane.rules].flat_at_session_end, market.phase[at]):
        refuse_nb(account, i, lane.bar, direction, _SESSION_OVER)
        return
    lane.order_bar = lane.bar
    fill_order_nb(account, market, i, direction, close, close)


@kernel
def place_order_nb(account: Account, market: Market, i: int, at: int, direction: int) -> None:
    """Let an entry order wait for the next open or its level; an older one gives way."""
    lane, rules = account.lanes[i], account.rules[account.lanes[i].rules]
    replace_order_nb(account, i)
    if rules.entry_type != _NEXT_OPEN:
        level = math.nan
        if market.first_level[i] >= 0:
            row = market.first_level[i] + lane.bar
            level = market.long_level[row] if direction > 0 else market.short_level[row]
        if not level > 0.0:
            over = close_is_late_nb(rules.flat_at_session_end, market.phase[at])
            refuse_nb(account, i, lane.bar, direction, _SESSION_OVER if over else _EXPIRED)
            return
        lane.order_level = level
    lane.order_direction = direction
    lane.order_bars_left = rules.expiry_bars
    lane.order_bar = lane.bar


@kernel
def open_orders_expire_nb(account: Account, market: Market, i: int, at: int) -> None:
    """An order of a session that is over is refused before anything fills.

    A position that it would have turned leaves all the same. (It is one that an earlier part of the
    run opened, under rules that carry overnight.)
    """
    lane = account.lanes[i]
    if lane.order_direction == 0:
        return
    flat = account.rules[lane.order_rules].flat_at_session_end
    signal_session = market.session[market.first_bar[i] + lane.order_bar]
    if order_is_over_nb(flat, signal_session, market.session[at], market.phase[at]):
        refuse_nb(account, i, lane.order_bar, lane.order_direction, _SESSION_OVER)
        lane.order_direction = 0
        if lane.direction != 0 and not lane.exit_ordered:
            close_position_nb(account, i, lane.bar, market.open[at], _REVERSE, CERTAIN)


@kernel
def open_exit_order_nb(account: Account, market: Market, i: int, at: int) -> None:
    """An exit signal fills at this open."""
    lane = account.lanes[i]
    if lane.exit_ordered and lane.direction != 0:
        close_position_nb(account, i, lane.bar, market.open[at], _EXIT_SIGNAL, CERTAIN)


@kernel
def open_entry_nb(account: Account, market: Market, i: int, at: int) -> None:
    """An order for the next open fills here, and one whose level the open is already at or past.

    A reversal closes the old side first.
    """
    lane = account.lanes[i]
    bar_open, direction = market.open[at], lane.order_direction
    if direction == 0:
        return  # it expired a moment ago
    raw = bar_open
    entry_type = account.rules[lane.order_rules].entry_type
    if entry_type != _NEXT_OPEN:
        is_stop = entry_type == _STOP_ENTRY
        raw = level_fill_at_open_nb(is_stop, direction, lane.order_level, bar_open)
        if math.isnan(raw):
            return  # it waits on, inside the bar
    lane.order_direction = 0
    if lane.direction != 0:
        close_position_nb(account, i, lane.bar, bar_open, _REVERSE, CERTAIN)
    fill_order_nb(account, market, i, direction, raw, bar_open)
