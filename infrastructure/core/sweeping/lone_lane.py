"""One strategy on one symbol, over many configurations: from signal to signal, not bar by bar.

An account with a single lane that enters at market is flat between its trades, and a trade's way is
known from its fill (`trade_path`). So each configuration costs its trades, not its bars. Sizes,
limits, costs and profits are reckoned by the account machine's own functions, in its order; tests
hold every trade equal to the machine's.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import kernel
from infrastructure.core.execution.account_state import ENTRY_TYPES, LONG, SHORT
from infrastructure.core.execution.fills import TARGET, order_is_over_nb
from infrastructure.core.execution.money import day_pnl_nb, held_value_nb, net_pnl_nb, paid_nb
from infrastructure.core.execution.records import REFUSAL_REASONS, VERDICT_TO_REASON
from infrastructure.core.sweeping.lone_market import CLOSE, HIGH, LOW, OPEN, LoneMarket
from infrastructure.core.sweeping.tally import (
    NO_ROW,
    begin_tally_nb,
    close_sessions_nb,
    count_rows_nb,
    count_trade_nb,
    end_tally_nb,
    mark_nb,
    stay_flat_nb,
)
from infrastructure.core.sweeping.trade_path import EXIT_SIGNAL, REVERSE, trade_path_nb
from infrastructure.market_data.bars import IN_SESSION
from infrastructure.risk_management.costs import commission_nb, slipped_nb
from infrastructure.risk_management.entry import judge_entry_nb
from infrastructure.risk_management.sizing import ACCEPTED
from infrastructure.risk_management.stops import stop_level_nb, target_level_nb

_AT_CLOSE = ENTRY_TYPES.index("close")
_CONTRADICTORY = REFUSAL_REASONS.index("contradictory")
_POSITION_OPEN = REFUSAL_REASONS.index("position_open")
_NO_LATER_BAR = REFUSAL_REASONS.index("end_of_data")
_SESSION_OVER = REFUSAL_REASONS.index("session_end")
_BOTH = LONG | SHORT


class SignalRows(NamedTuple):
    """Entry signals of many parameter choices: choice c's are rows first[c] to first[c + 1]."""

    first: NDArray[np.int64]  # (n_choices + 1,)
    bar: NDArray[np.int32]  # rising within a choice
    decision: NDArray[np.uint8]  # bits LONG and SHORT
    watched: NDArray[np.uint8]  # (n_choices, n_bars) every decision where exits or reversals
    # are watched for; (0, 0): nowhere


class Variants(NamedTuple):
    """What tells configurations apart; (n,) each."""

    rules: NDArray[Any]  # RULES_DTYPE
    terms: NDArray[Any]  # (n_terms,) TERMS_DTYPE
    term: NDArray[np.int64]  # row of `terms`
    choice: NDArray[np.int64]  # of the signals
    atr: NDArray[np.int64]  # row of LoneMarket.atr; -1: none


class Outputs(NamedTuple):
    """What is filled; a first length of 0 leaves that out."""

    tallies: NDArray[Any]  # (n,) TALLY_DTYPE
    refusals: NDArray[np.int64]  # (n, n_reasons)
    returns: NDArray[np.float64]  # (n, n_sessions) or (1, 0)
    trades: NDArray[Any]  # (n, most) TRADE_DTYPE or (1, 0)


@kernel
def run_variants_nb(
    market: LoneMarket,
    signals: SignalRows,
    variants: Variants,
    capital: tuple[float, float],
    first: int,
    last: int,
    outputs: Outputs,
) -> None:
    """Trade configurations `first` up to `last`. capital: the book's cash, idle cash."""
    many_returns, many_trades = len(outputs.returns) > 1, len(outputs.trades) > 1
    for i in range(first, last):
        begin_tally_nb(outputs.tallies[i], capital[0], capital[1])
        returns = outputs.returns[i if many_returns else 0]
        trades = outputs.trades[i if many_trades else 0]
        run_variant_nb(market, signals, variants, i, outputs, returns, trades)


@kernel
def run_variant_nb(
    market: LoneMarket,
    signals: SignalRows,
    variants: Variants,
    i: int,
    outputs: Outputs,
    returns: NDArray[np.float64],
    trades: NDArray[Any],
) -> None:
    """Every signal of one configuration becomes a trade or a counted refusal."""
    tally, refused = outputs.tallies[i], outputs.refusals[i]
    rules, terms = variants.rules[i], variants.terms[variants.term[i]]
    choice = variants.choice[i]
    n_choices = len(signals.watched)
    decisions = signals.watched[choice] if n_choices else signals.decision[:0]
    at_close = rules.entry_type == _AT_CLOSE
    last_bar, free_from, turning = len(market.prices) - 1, 0, NO_ROW
    for k in range(signals.first[choice], signals.first[choice + 1]):
        bar, decision = signals.bar[k], signals.decision[k] & _BOTH
        if decision == _BOTH:
            refused[_CONTRADICTORY] += 2
            continue
        if bar < free_from and bar != turning:
            refused[_POSITION_OPEN] += 1
            continue
        if bar == last_bar:
            refused[_NO_LATER_BAR] += 1
            continue
        entry_bar = bar if at_close else bar + 1
        if session_is_over_nb(market, rules, at_close, bar):
            refused[_SESSION_OVER] += 1
            continue
        direction = 1 if decision == LONG else -1
        reason, exit_bar, why = trade_nb(
            market, rules, terms, variants.atr[i], tally, decisions, direction, bar, entry_bar,
            at_close, returns, trades,
        )  # fmt: skip
        if reason != ACCEPTED:
            refused[reason + VERDICT_TO_REASON] += 1
            continue
        free_from, turning = exit_bar, NO_ROW
        if rules.reverses and not at_close and (why == REVERSE or why == EXIT_SIGNAL):
            turning = turning_signal_nb(decisions, direction, exit_bar - 1)
    finish_nb(market, tally, refused, returns)


@kernel
def session_is_over_nb(market: LoneMarket, rules: Any, at_close: bool, bar: int) -> bool:
    """Whether the fill of a signal could not be held: `session_end`."""
    if at_close:
        return rules.flat_at_session_end and market.phase[bar] != IN_SESSION
    return order_is_over_nb(
        rules.flat_at_session_end,
        market.session[bar],
        market.session[bar + 1],
        market.phase[bar + 1],
    )


@kernel
def turning_signal_nb(decisions: NDArray[np.uint8], direction: int, bar: int) -> int:
    """`bar`, where its decision turned the position of `direction` that was left at the next open;
    else NO_ROW."""
    turned = decisions[bar] & _BOTH == (SHORT if direction > 0 else LONG)
    return bar if turned else NO_ROW


@kernel
def turn_day_nb(tally: Any, day: int, equity: float) -> None:
    """The account's next session begins with this equity."""
    tally.day_session, tally.day_start, tally.realised = day, equity, 0.0


@kernel
def trade_nb(
    market: LoneMarket,
    rules: Any,
    terms: Any,
    atr_row: int,
    tally: Any,
    decisions: NDArray[np.uint8],
    direction: int,
    signal_bar: int,
    entry_bar: int,
    at_close: bool,
    returns: NDArray[np.float64],
    trades: NDArray[Any],
) -> tuple[int, int, int]:
    """(verdict, exit bar, why it was left) of a signal whose order fills now."""
    prices = market.prices
    raw = prices[entry_bar, CLOSE if at_close else OPEN]
    if market.day[entry_bar] > tally.day_session:
        turn_day_nb(tally, market.day[entry_bar], tally.idle_cash + tally.cash)
    price = slipped_nb(raw, direction, terms.entry_slippage_bps)
    atr = np.nan if atr_row < 0 else market.atr[atr_row, signal_bar]
    stop = stop_level_nb(
        rules.stop_type,
        rules.stop_value,
        direction,
        price,
        prices[signal_bar, LOW],
        prices[signal_bar, HIGH],
        atr,
        market.ranges[rules.range_from : rules.range_to],
    )
    book_equity = tally.cash
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
        raw,
        stop,
    )
    if verdict != ACCEPTED:
        return verdict, 0, 0
    target = target_level_nb(direction, price, stop, rules.risk_reward)
    exit_bar, why, leaving, certainty = trade_path_nb(
        market, decisions, rules, terms.fill_policy, direction, entry_bar, at_close, stop, target
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
    fill = leaving
    if why != TARGET:
        fill = slipped_nb(leaving, -direction, terms.exit_slippage_bps)
    paid_out = commission_nb(terms, quantity, fill)
    tally.cash = cash - paid_nb(-direction, quantity, fill, paid_out)
    tally.realised += day_pnl_nb(direction, quantity, day_base, fill, paid_out, paid_today)

    net_pnl = net_pnl_nb(direction, quantity, price, fill, paid_in, paid_out)
    slippage = abs(price - raw) * quantity + abs(fill - leaving) * quantity
    if len(trades):
        record_nb(
            trades[tally.trades], direction, signal_bar, entry_bar, exit_bar, quantity, price,
            fill, stop, target, net_pnl, paid_in + paid_out, slippage, book_equity, why,
            certainty, cut,
        )  # fmt: skip
    tally.seconds += market.timestamp[exit_bar] - market.timestamp[entry_bar]
    count_rows_nb(tally, entry_bar, exit_bar)
    costs = (paid_in + paid_out, slippage)
    count_trade_nb(tally, net_pnl, abs(price - stop) * quantity, costs, certainty)
    return ACCEPTED, exit_bar, why


@kernel
def mark_held_nb(
    market: LoneMarket,
    tally: Any,
    direction: int,
    quantity: float,
    cash: float,
    entry_bar: int,
    exit_bar: int,
    returns: NDArray[np.float64],
) -> None:
    """Equity at the closes of the bars before the exit's, sessions closed on the way.

    The exit's own bar is marked when it is known that no new position was opened in it.
    """
    before = tally.cash + tally.idle_cash
    settle_nb(market, tally, entry_bar, before, returns)
    for bar in range(entry_bar, exit_bar):
        value = cash + held_value_nb(direction, quantity, market.prices[bar, CLOSE])
        equity = value + tally.idle_cash
        mark_nb(tally, bar, equity, market.closes_at, market.timestamp[0])
        if market.day[bar + 1] > tally.session:
            close_sessions_nb(tally, market.day[bar + 1], equity, returns)


@kernel
def settle_nb(
    market: LoneMarket, tally: Any, row: int, equity: float, returns: NDArray[np.float64]
) -> None:
    """Mark what lies between the last trade's exit and `row`, in which nothing was held."""
    last = tally.held_to
    if last != NO_ROW and last < row:
        mark_nb(tally, last, equity, market.closes_at, market.timestamp[0])
    if row > 0:
        stay_flat_nb(tally, row - 1)
    close_sessions_nb(tally, market.day[row], equity, returns)


@kernel
def finish_nb(
    market: LoneMarket, tally: Any, refused: NDArray[np.int64], returns: NDArray[np.float64]
) -> None:
    """After the last signal: the rest is flat."""
    equity = tally.cash + tally.idle_cash
    last_row = len(market.closes_at) - 1
    if tally.held_to != NO_ROW:
        mark_nb(tally, tally.held_to, equity, market.closes_at, market.timestamp[0])
    stay_flat_nb(tally, last_row)
    end_tally_nb(
        tally,
        len(market.day_session),
        market.closes_at,
        market.timestamp[0],
        equity,
        returns,
    )
    tally.refused = refused.sum()


@kernel
def record_nb(
    trade: Any,
    direction: int,
    signal_bar: int,
    entry_bar: int,
    exit_bar: int,
    quantity: float,
    entry_price: float,
    exit_price: float,
    stop: float,
    target: float,
    net_pnl: float,
    commission: float,
    slippage: float,
    book_equity: float,
    why: int,
    certainty: int,
    cut: int,
) -> None:
    """The trade as the account machine records it, but for its excursions (NaN)."""
    trade.lane, trade.book, trade.direction = 0, 0, direction
    trade.signal_bar, trade.entry_bar, trade.exit_bar = signal_bar, entry_bar, exit_bar
    trade.entry_row, trade.exit_row = entry_bar, exit_bar
    trade.quantity, trade.entry_price, trade.exit_price = quantity, entry_price, exit_price
    trade.stop_price, trade.target_price = stop, target
    trade.net_pnl, trade.commission, trade.slippage = net_pnl, commission, slippage
    trade.book_equity, trade.mae, trade.mfe = book_equity, np.nan, np.nan
    trade.exit_reason, trade.ambiguous, trade.size_bound = why, certainty, cut
