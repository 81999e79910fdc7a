"""Several lanes on one account, over many configurations: the account machine itself.

Its state is set back for each configuration, its columns are shared: a configuration only points
at its signals, levels and rules.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import inlined_kernel, kernel
from infrastructure.core.execution.account_state import NEVER, NO_SESSION, Account, Market
from infrastructure.core.execution.machine import run_nb
from infrastructure.core.sweeping.lone_lane import Outputs
from infrastructure.core.sweeping.tally import (
    begin_tally_nb,
    close_sessions_nb,
    count_trade_nb,
    end_tally_nb,
)
from infrastructure.trade_metrics.drawdown_kernel import mark_drawdown_nb


class LaneVariants(NamedTuple):
    """What tells configurations apart, lane by lane; (n, n_lanes) each but for the terms."""

    rules: NDArray[Any]  # RULES_DTYPE
    terms: NDArray[Any]  # (n_terms,) TERMS_DTYPE
    term: NDArray[np.int64]  # (n,) row of `terms`
    first_signal: NDArray[np.int64]  # into Market.decision
    first_level: NDArray[np.int64]  # into the levels; -1: none


class Scratch(NamedTuple):
    """Room that one worker uses again for every configuration."""

    start: NDArray[np.float64]  # (n_books,) cash that the books begin with
    blank: NDArray[Any]  # (n_lanes,) LANE_DTYPE before the first bar
    held: NDArray[np.int64]  # (n_rows + 1,)
    order: NDArray[np.int64]  # (most trades,)


@kernel
def run_accounts_nb(
    account: Account,
    market: Market,
    variants: LaneVariants,
    scratch: Scratch,
    first: int,
    last: int,
    outputs: Outputs,
) -> None:
    """Trade configurations `first` up to `last`, one after the other, on the same account."""
    many_returns, many_trades = len(outputs.returns) > 1, len(outputs.trades) > 1
    for i in range(first, last):
        reset_nb(account, market, variants, scratch, i)
        run_nb(account, market, NEVER - 1, True)
        tally, day = outputs.tallies[i], account.day[0]
        begin_tally_nb(tally, scratch.start.sum(), day.idle_cash)
        tally_trades_nb(account, market, tally, scratch)
        tally_equity_nb(account, market, tally, scratch, outputs.returns[i if many_returns else 0])
        outputs.refusals[i, :] = 0
        for row in range(day.n_refusals):
            outputs.refusals[i, account.refusals[row].reason] += 1
        tally.refused = day.n_refusals
        trades = outputs.trades[i if many_trades else 0]
        for row in range(min(day.n_trades, len(trades))):
            trades[row] = account.trades[row]


@inlined_kernel
def reset_nb(
    account: Account, market: Market, variants: LaneVariants, scratch: Scratch, i: int
) -> None:
    """The account before its first bar, under configuration i."""
    for lane in range(len(account.lanes)):
        account.lanes[lane] = scratch.blank[lane]
        account.rules[lane] = variants.rules[i, lane]
        market.first_signal[lane] = variants.first_signal[i, lane]
        market.first_level[lane] = variants.first_level[i, lane]
    account.terms[0] = variants.terms[variants.term[i]]
    for book in range(len(account.cash)):
        account.cash[book] = scratch.start[book]
    day = account.day[0]
    day.session, day.start_equity, day.realised = NO_SESSION, 0.0, 0.0
    day.open_positions, day.row = 0, 0
    day.n_orders, day.n_trades, day.n_refusals = 0, 0, 0


@kernel
def tally_trades_nb(account: Account, market: Market, tally: Any, scratch: Scratch) -> None:
    """Every trade, by the opening of its exit's bar, as reports order them."""
    scratch.held[:] = 0
    n_trades = account.day[0].n_trades
    for row in range(n_trades):
        trade = account.trades[row]
        scratch.held[trade.entry_row] += 1
        scratch.held[trade.exit_row + 1] -= 1
        place = row
        stamp = exit_stamp_nb(account, market, row)
        while place > 0 and exit_stamp_nb(account, market, scratch.order[place - 1]) > stamp:
            scratch.order[place] = scratch.order[place - 1]
            place -= 1
        scratch.order[place] = row
    for place in range(n_trades):
        trade = account.trades[scratch.order[place]]
        first_bar = market.first_bar[trade.lane]
        entered = market.timestamp[first_bar + trade.entry_bar]
        tally.seconds += market.timestamp[first_bar + trade.exit_bar] - entered
        tally.commission += trade.commission
        tally.slippage += trade.slippage
        risk = abs(trade.entry_price - trade.stop_price) * trade.quantity
        count_trade_nb(tally, trade.net_pnl, risk, trade.ambiguous)


@inlined_kernel
def exit_stamp_nb(account: Account, market: Market, row: int) -> int:
    """When the exit bar of a trade opened."""
    trade = account.trades[row]
    return market.timestamp[market.first_bar[trade.lane] + trade.exit_bar]


@kernel
def tally_equity_nb(
    account: Account, market: Market, tally: Any, scratch: Scratch, returns: NDArray[np.float64]
) -> None:
    """Every row of the account's equity: drawdowns, sessions, rows with an open position."""
    n_rows, n_books, started_at = account.day[0].row, len(account.cash), NEVER
    for lane in range(len(account.lanes)):
        started_at = min(started_at, market.timestamp[market.first_bar[lane]])
    equity, held, session = tally.cash + tally.idle_cash, 0, 0
    for row in range(n_rows):
        if row > 0 and account.row_session[row] != account.row_session[row - 1]:
            session += 1
            close_sessions_nb(tally, session, equity, returns)
        books = 0.0
        for book in range(n_books):
            books += account.book_equity[row, book]
        equity = books + tally.idle_cash
        mark_drawdown_nb(tally, row, equity, account.row_moment, started_at)
        held += scratch.held[row]
        tally.rows_held += int(held > 0)
    end_tally_nb(tally, session + 1, account.row_moment, started_at, equity, returns)
