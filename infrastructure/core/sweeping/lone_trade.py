"""One trade of a lone lane: judged at its fill, followed to its exit, reckoned and counted.

Every price, size and sum comes from the account machine's own functions, in its order.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import inlined_kernel
from infrastructure.core.execution.fills import TARGET
from infrastructure.core.execution.money import day_pnl_nb, held_value_nb, net_pnl_nb, paid_nb
from infrastructure.core.sweeping.equity_marks import mark_held_nb
from infrastructure.core.sweeping.lone_market import CLOSE, HIGH, LOW, LoneMarket
from infrastructure.core.sweeping.tally import count_rows_nb, count_trade_nb
from infrastructure.core.sweeping.trade_path import trade_path_nb
from infrastructure.risk_management.costs import commission_nb, slipped_nb
from infrastructure.risk_management.entry import judge_entry_nb
from infrastructure.risk_management.sizing import ACCEPTED
from infrastructure.risk_management.stops import stop_level_nb, target_level_nb


class Fill(NamedTuple):
    """An order that fills now.

    raw: its price before slippage. slips: whether slippage moves it. standing: the price in the
    market. level: of an entry inside the bar; NaN: at the bar's open or close.
    """

    direction: int
    signal_bar: int
    bar: int
    at_close: bool
    raw: float
    slips: bool
    standing: float
    level: float


@inlined_kernel
def turn_day_nb(tally: Any, day: int, equity: float) -> None:
    """The account's next session begins with this equity."""
    tally.day_session, tally.day_start, tally.realised = day, equity, 0.0


@inlined_kernel
def trade_nb(
    market: LoneMarket,
    rules: Any,
    terms: Any,
    atr_row: int,
    tally: Any,
    decisions: NDArray[np.uint8],
    fill: Fill,
    returns: NDArray[np.float64],
    trades: NDArray[Any],
) -> tuple[int, int, int]:
    """(verdict, exit bar, why it was left) of an order that fills now."""
    prices, direction, entry_bar = market.prices, fill.direction, fill.bar
    signal_bar, raw = fill.signal_bar, fill.raw
    if market.day[entry_bar] > tally.day_session:
        turn_day_nb(tally, market.day[entry_bar], tally.idle_cash + tally.cash)
    price = slipped_nb(raw, direction, terms.entry_slippage_bps) if fill.slips else raw
    stop = stop_level_nb(
        rules.stop_type,
        rules.stop_value,
        direction,
        price,
        prices[signal_bar, LOW],
        prices[signal_bar, HIGH],
        np.nan if atr_row < 0 else market.atr[atr_row, signal_bar],
        market.ranges[rules.range_from : rules.range_to],
    )
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
        fill.standing,
        stop,
    )
    if verdict != ACCEPTED:
        return verdict, 0, 0
    target = target_level_nb(direction, price, stop, rules.risk_reward)
    exit_bar, why, leaving, certainty = trade_path_nb(
        market, decisions, rules, terms.fill_policy, fill, stop, target
    )

    paid_in = commission_nb(terms, quantity, price)
    cash = tally.cash - paid_nb(direction, quantity, price, paid_in)
    mark_held_nb(market, tally, direction, quantity, cash, entry_bar, exit_bar, returns)

    day_base, paid_today = price, paid_in
    if market.day[exit_bar] > tally.day_session:  # carried over: measured from the last close
        before = market.first_bar_of_day[market.day[exit_bar]] - 1
        day_base, paid_today = prices[before, CLOSE], 0.0
        held = held_value_nb(direction, quantity, day_base)
        turn_day_nb(tally, market.day[exit_bar], tally.idle_cash + (cash + held))
    left_at = leaving
    if why != TARGET:
        left_at = slipped_nb(leaving, -direction, terms.exit_slippage_bps)
    paid_out = commission_nb(terms, quantity, left_at)
    tally.cash = cash - paid_nb(-direction, quantity, left_at, paid_out)
    tally.realised += day_pnl_nb(direction, quantity, day_base, left_at, paid_out, paid_today)

    net_pnl = net_pnl_nb(direction, quantity, price, left_at, paid_in, paid_out)
    slippage = abs(price - raw) * quantity + abs(left_at - leaving) * quantity
    if len(trades):
        trade = trades[tally.trades]
        trade.lane, trade.book, trade.direction = 0, 0, direction
        trade.signal_bar, trade.entry_bar, trade.exit_bar = signal_bar, entry_bar, exit_bar
        trade.entry_row, trade.exit_row = entry_bar, exit_bar
        trade.quantity, trade.entry_price, trade.exit_price = quantity, price, left_at
        trade.stop_price, trade.target_price = stop, target
        trade.net_pnl, trade.commission, trade.slippage = net_pnl, paid_in + paid_out, slippage
        trade.book_equity, trade.mae, trade.mfe = book_equity, np.nan, np.nan
        trade.exit_reason, trade.ambiguous, trade.size_bound = why, certainty, cut
    tally.seconds += market.timestamp[exit_bar] - market.timestamp[entry_bar]
    count_rows_nb(tally, entry_bar, exit_bar)
    count_trade_nb(tally, net_pnl, abs(price - stop) * quantity, certainty)
    tally.commission += paid_in + paid_out
    tally.slippage += slippage
    return ACCEPTED, exit_bar, why
