"""The account: opening and closing positions, the day and its worst case.

These functions change the state in `Account` and emit records; what happens when is decided in
`bar_steps`. `i` is a lane, `row` a row of the timeline, `bar` a row of the lane's bars.
"""

import math

from infrastructure.compiled import inlined_kernel, kernel
from infrastructure.core.execution.account_state import Account
from infrastructure.core.execution.money import (
    day_pnl_nb,
    entry_price_nb,
    exit_price_nb,
    held_value_nb,
    net_pnl_nb,
    paid_nb,
)
from infrastructure.core.execution.records import VERDICT_TO_REASON
from infrastructure.risk_management.costs import commission_nb
from infrastructure.risk_management.day import stopped_out_nb
from infrastructure.risk_management.entry import judge_entry_nb
from infrastructure.risk_management.sizing import ACCEPTED
from infrastructure.risk_management.stops import stop_level_nb, target_level_nb

_BUY, _SELL = 0, 1


@inlined_kernel
def book_equity_nb(account: Account, book: int) -> float:
    """Cash plus what the book holds at last closes."""
    equity = account.cash[book]
    for i in range(account.first_lane[book], account.first_lane[book + 1]):
        lane = account.lanes[i]
        if lane.direction != 0:
            equity += held_value_nb(lane.direction, lane.quantity, lane.last_close)
    return equity


@inlined_kernel
def book_notional_nb(account: Account, book: int) -> float:
    """What the book holds at last closes, longs and shorts both counted as positive."""
    notional = 0.0
    for i in range(account.first_lane[book], account.first_lane[book + 1]):
        lane = account.lanes[i]
        if lane.direction != 0:
            notional += lane.quantity * lane.last_close
    return notional


@kernel
def turn_day_nb(account: Account, session: int) -> None:
    """Begin the account's next session: what is open is measured from its last close."""
    day = account.day[0]
    equity = day.idle_cash
    for book in range(len(account.cash)):
        equity += book_equity_nb(account, book)
    day.session = session
    day.start_equity = equity
    day.realised = 0.0
    for i in range(len(account.lanes)):
        lane = account.lanes[i]
        if lane.direction != 0:
            lane.mark = lane.last_close
            lane.day_base = lane.last_close
            lane.day_cost = 0.0


@kernel
def worst_case_nb(account: Account) -> float:
    """Today's net P&L if every open position filled at its stop now (without one: at its mark)."""
    worst = account.day[0].realised
    for i in range(len(account.lanes)):
        lane = account.lanes[i]
        if lane.direction != 0:
            level = lane.mark if math.isnan(lane.stop) else lane.stop
            worst += stopped_out_nb(
                account.terms[0], lane.direction, lane.quantity, level, lane.day_base, lane.day_cost
            )
    return worst


@kernel
def refuse_nb(account: Account, i: int, signal_bar: int, direction: int, reason: int) -> None:
    """Record that a signal did not become a trade."""
    day = account.day[0]
    refusal = account.refusals[day.n_refusals]
    refusal.lane = i
    refusal.book = account.rules[i].book
    refusal.signal_bar = signal_bar
    refusal.direction = direction
    refusal.reason = reason
    day.n_refusals += 1


@inlined_kernel
def record_order_nb(
    account: Account, i: int, side: int, quantity: float, price: float, fees: float
) -> None:
    """Pay for a fill from the book's cash and record it as VectorBT's order."""
    day = account.day[0]
    order = account.orders[day.n_orders]
    order.id = day.n_orders
    order.col = i
    order.idx = day.row
    order.size = quantity
    order.price = price
    order.fees = fees
    order.side = side
    day.n_orders += 1
    account.cash[account.rules[i].book] -= paid_nb(1 if side == _BUY else -1, quantity, price, fees)


@inlined_kernel
def note_excursion_nb(account: Account, i: int, price: float) -> None:
    """Widen the open position's excursions to a price it has met."""
    lane = account.lanes[i]
    gain = lane.direction * (price - lane.entry_price)
    lane.mfe = max(lane.mfe, gain)
    lane.mae = max(lane.mae, -gain)


@kernel
def close_position_nb(
    account: Account, i: int, bar: int, price: float, reason: int, ambiguous: int
) -> None:
    """Close lane i's position at `price` before slippage and record the trade."""
    lane, day = account.lanes[i], account.day[0]
    note_excursion_nb(account, i, price)
    fill = exit_price_nb(account.terms[0], reason, lane.direction, price)
    fees = commission_nb(account.terms[0], lane.quantity, fill)
    record_order_nb(account, i, _SELL if lane.direction > 0 else _BUY, lane.quantity, fill, fees)
    day.realised += day_pnl_nb(
        lane.direction, lane.quantity, lane.day_base, fill, fees, lane.day_cost
    )
    day.open_positions -= 1

    trade = account.trades[day.n_trades]
    trade.lane = i
    trade.book = account.rules[i].book
    trade.direction = lane.direction
    trade.signal_bar = lane.signal_bar
    trade.entry_bar = lane.entry_bar
    trade.exit_bar = bar
    trade.entry_row = lane.entry_row
    trade.exit_row = day.row
    trade.quantity = lane.quantity
    trade.entry_price = lane.entry_price
    trade.exit_price = fill
    trade.stop_price = lane.stop
    trade.target_price = lane.target
    trade.net_pnl = net_pnl_nb(
        lane.direction, lane.quantity, lane.entry_price, fill, lane.commission, fees
    )
    trade.commission = lane.commission + fees
    trade.slippage = lane.slippage + abs(fill - price) * lane.quantity
    trade.book_equity = lane.book_equity
    trade.mae = lane.mae
    trade.mfe = lane.mfe
    trade.exit_reason = reason
    trade.ambiguous = ambiguous
    trade.size_bound = lane.size_bound
    day.n_trades += 1
    lane.direction = 0
    lane.exit_ordered = 0


@kernel
def enter_nb(
    account: Account,
    i: int,
    bar: int,
    signal_bar: int,
    direction: int,
    signal_low: float,
    signal_high: float,
    atr: float,
    raw: float,
    standing: float,
) -> bool:
    """Open lane i's position at `raw` before slippage, or refuse; True where it is open.

    standing: the price in the market when the order fills: the bar's open, or its close.
    """
    terms, day = account.terms[0], account.day[0]
    rules = account.rules[account.lanes[i].order_rules]
    price = entry_price_nb(terms, rules.entry_type, direction, raw)
    ranges = account.ranges[rules.range_from : rules.range_to]
    stop = stop_level_nb(
        rules.stop_type, rules.stop_value, direction, price, signal_low, signal_high, atr, ranges
    )
    quantity, verdict, cut = judge_entry_nb(
        terms,
        day.open_positions,
        rules.stop_type != 0,
        rules.sizing_type,
        rules.sizing_value,
        book_equity_nb(account, rules.book),
        book_notional_nb(account, rules.book),
        day.start_equity,
        worst_case_nb(account),
        direction,
        price,
        standing,
        stop,
    )
    if verdict != ACCEPTED:
        refuse_nb(account, i, signal_bar, direction, verdict + VERDICT_TO_REASON)
        return False
    open_position_nb(account, i, bar, signal_bar, direction, price, raw, stop, quantity, cut)
    return True


@kernel
def open_position_nb(
    account: Account,
    i: int,
    bar: int,
    signal_bar: int,
    direction: int,
    price: float,
    raw: float,
    stop: float,
    quantity: float,
    cut: int,
) -> None:
    """Pay for lane i's position at `price` (`raw` before slippage) and hold it."""
    lane, day = account.lanes[i], account.day[0]
    rules = account.rules[lane.order_rules]
    lane.book_equity = book_equity_nb(account, rules.book)
    fees = commission_nb(account.terms[0], quantity, price)
    record_order_nb(account, i, _BUY if direction > 0 else _SELL, quantity, price, fees)
    day.open_positions += 1
    lane.position_rules = lane.order_rules
    lane.direction = direction
    lane.quantity = quantity
    lane.entry_price = price
    lane.stop = stop
    lane.target = target_level_nb(direction, price, stop, rules.risk_reward)
    lane.signal_bar = signal_bar
    lane.entry_bar = bar
    lane.entry_row = day.row
    lane.commission = fees
    lane.slippage = abs(price - raw) * quantity
    lane.size_bound = cut
    lane.mae = 0.0
    lane.mfe = 0.0
    lane.exit_ordered = 0
    lane.mark = price
    lane.day_base = price
    lane.day_cost = fees
