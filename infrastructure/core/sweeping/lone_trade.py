"""One trade of a lone lane: judged at its fill, reckoned and counted from its outcome.

Every price, size and sum comes from the account machine's own functions, in its order.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import inlined_kernel
from infrastructure.core.execution.money import (
    day_pnl_nb,
    entry_price_nb,
    exit_price_nb,
    held_value_nb,
    net_pnl_nb,
    paid_nb,
)
from infrastructure.core.sweeping.equity_marks import mark_held_nb
from infrastructure.core.sweeping.lone_market import LoneMarket
from infrastructure.core.sweeping.outcome import AT_CLOSE
from infrastructure.core.sweeping.tally import count_rows_nb, count_trade_nb
from infrastructure.risk_management.costs import commission_nb
from infrastructure.risk_management.entry import judge_entry_nb
from infrastructure.risk_management.sizing import ACCEPTED
from infrastructure.risk_management.stops import target_level_nb


@inlined_kernel
def turn_day_nb(tally: Any, day: int, equity: float) -> None:
    """The account's next session begins with this equity."""
    tally.day_session, tally.day_start, tally.realised = day, equity, 0.0


@inlined_kernel
def trade_nb(
    market: LoneMarket,
    rules: Any,
    terms: Any,
    tally: Any,
    direction: int,
    signal_bar: int,
    out: Any,
    returns: NDArray[np.float64],
    trades: NDArray[Any],
) -> int:
    """The verdict on an order that fills; an accepted one becomes a trade of this outcome."""
    raw, stop, exit_bar = out.raw, out.stop, out.exit_bar
    entry_day = market.bars[out.entry_bar].day
    if entry_day > tally.day_session:
        turn_day_nb(tally, entry_day, tally.idle_cash + tally.cash)
    price = entry_price_nb(terms, rules.entry_type, direction, raw)
    standing = raw if rules.entry_type == AT_CLOSE else market.bars[out.entry_bar].open
    book_equity = tally.cash  # nothing is held
    quantity, verdict, cut = judge_entry_nb(
        terms,
        0,
        rules.stop_type != 0,
        rules.sizing_type,
        rules.sizing_value,
        book_equity,
        0.0,
        tally.day_start,
        tally.realised,
        direction,
        price,
        standing,
        stop,
    )
    if verdict != ACCEPTED:
        return verdict
    paid_in = commission_nb(terms, quantity, price)
    cash = tally.cash - paid_nb(direction, quantity, price, paid_in)
    mark_held_nb(market, tally, direction, quantity, cash, out, returns)

    day_base, paid_today = price, paid_in
    if out.carried:  # measured from the last close before its day
        day = market.bars[exit_bar].day
        day_base = market.bars[market.first_bar_of_day[day] - 1].close
        paid_today = 0.0
        held = held_value_nb(direction, quantity, day_base)
        turn_day_nb(tally, day, tally.idle_cash + (cash + held))
    left_at = exit_price_nb(terms, out.why, direction, out.leaving)
    paid_out = commission_nb(terms, quantity, left_at)
    tally.cash = cash - paid_nb(-direction, quantity, left_at, paid_out)
    tally.realised += day_pnl_nb(direction, quantity, day_base, left_at, paid_out, paid_today)

    net_pnl = net_pnl_nb(direction, quantity, price, left_at, paid_in, paid_out)
    slippage = abs(price - raw) * quantity + abs(left_at - out.leaving) * quantity
    if len(trades):
        trade = trades[tally.trades]
        trade.lane, trade.book, trade.direction = 0, 0, direction
        trade.signal_bar, trade.entry_bar, trade.exit_bar = signal_bar, out.entry_bar, exit_bar
        trade.entry_row, trade.exit_row = out.entry_bar, exit_bar
        trade.quantity, trade.entry_price, trade.exit_price = quantity, price, left_at
        trade.stop_price = stop
        trade.target_price = target_level_nb(direction, price, stop, rules.risk_reward)
        trade.net_pnl, trade.commission, trade.slippage = net_pnl, paid_in + paid_out, slippage
        trade.book_equity, trade.mae, trade.mfe = book_equity, np.nan, np.nan
        trade.exit_reason, trade.ambiguous, trade.size_bound = out.why, out.certainty, cut
    tally.seconds += out.seconds
    count_rows_nb(tally, out.entry_bar, exit_bar)
    count_trade_nb(tally, net_pnl, abs(price - stop) * quantity, out.certainty)
    tally.commission += paid_in + paid_out
    tally.slippage += slippage
    return ACCEPTED
