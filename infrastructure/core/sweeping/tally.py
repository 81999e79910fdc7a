"""What a sweep remembers of one configuration: sums that every figure can be made of.

Trades and equity are not kept; `figures.py` turns the sums into the figures of TradeMetrics.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import inlined_kernel, kernel
from infrastructure.core.execution.account_state import NO_SESSION
from infrastructure.core.sweeping.signal_rows import NO_ROW
from infrastructure.trade_metrics.drawdown_kernel import (
    DRAWDOWN_FIELDS,
    begin_drawdown_nb,
    surface_nb,
)

TALLY_DTYPE = np.dtype(
    [
        # the account
        ("cash", np.float64),  # of its one book
        ("idle_cash", np.float64),
        ("day_session", np.int64),
        ("day_start", np.float64),
        ("realised", np.float64),
        # its trades
        ("trades", np.int64),
        ("wins", np.int64),
        ("losses", np.int64),
        ("won", np.float64),  # money, sum of net profits above zero
        ("lost", np.float64),  # below zero
        ("best_trade", np.float64),
        ("worst_trade", np.float64),
        ("r_count", np.int64),
        ("r_first", np.float64),  # sums of R are of distances from the first: equal R cancel out
        ("r_sum", np.float64),
        ("r_squares", np.float64),
        ("r_largest", np.float64),  # size of the largest R
        ("commission", np.float64),
        ("slippage", np.float64),
        ("seconds", np.int64),  # from the entry bar's opening to the exit bar's, all trades
        ("streak", np.int64),
        ("longest_streak", np.int64),
        ("ambiguous", np.int64),
        ("refused", np.int64),
        ("rows_held", np.int64),
        ("held_to", np.int64),  # last row of the last trade
        # its equity
        ("session", np.int64),  # number of the session that is open
        ("session_begin", np.float64),
        ("return_sum", np.float64),
        ("return_squares", np.float64),
        ("return_largest", np.float64),  # size of the largest
        ("down_squares", np.float64),
        ("worst_return", np.float64),
        ("worst_session", np.int64),
        ("no_returns", np.int64),  # sessions that began at zero or below
        ("close_peak", np.float64),  # highest session close
        ("fall_squares", np.float64),  # squares of the falls below it, percent
        ("final_equity", np.float64),
        *DRAWDOWN_FIELDS,
    ],
    align=True,
)


@kernel
def begin_tally_nb(tally: Any, book_start: float, idle_cash: float) -> None:
    """Before the first bar."""
    tally.cash, tally.idle_cash = book_start, idle_cash
    tally.day_session, tally.day_start, tally.realised = NO_SESSION, 0.0, 0.0
    tally.trades, tally.wins, tally.losses, tally.won, tally.lost = 0, 0, 0, 0.0, 0.0
    tally.best_trade, tally.worst_trade = -math.inf, math.inf
    tally.r_count, tally.r_first, tally.r_sum, tally.r_squares = 0, 0.0, 0.0, 0.0
    tally.r_largest, tally.commission, tally.slippage, tally.seconds = 0.0, 0.0, 0.0, 0
    tally.streak, tally.longest_streak, tally.ambiguous, tally.refused = 0, 0, 0, 0
    tally.rows_held, tally.held_to = 0, NO_ROW
    equity = book_start + idle_cash
    tally.session, tally.session_begin = 0, equity
    tally.return_sum, tally.return_squares, tally.return_largest = 0.0, 0.0, 0.0
    tally.down_squares, tally.worst_return, tally.worst_session = 0.0, math.inf, 0
    tally.no_returns, tally.close_peak, tally.fall_squares = 0, equity, 0.0
    begin_drawdown_nb(tally, equity)


@inlined_kernel
def count_trade_nb(tally: Any, net_pnl: float, risk: float, ambiguous: int) -> None:
    """One closed trade. risk: money at the stop, NaN without one. ambiguous: of AMBIGUITY."""
    tally.trades += 1
    won, lost = int(net_pnl > 0.0), int(net_pnl < 0.0)  # arithmetic: luck is no branch to predict
    tally.wins += won
    tally.losses += lost
    tally.won += max(net_pnl, 0.0)
    tally.lost += min(net_pnl, 0.0)
    tally.streak = (tally.streak + 1) * lost
    tally.longest_streak = max(tally.longest_streak, tally.streak)
    tally.best_trade = max(tally.best_trade, net_pnl)
    tally.worst_trade = min(tally.worst_trade, net_pnl)
    tally.ambiguous += int(ambiguous > 0)
    r = net_pnl / risk
    if not math.isnan(r):
        if tally.r_count == 0:
            tally.r_first = r
        tally.r_count += 1
        tally.r_sum += r - tally.r_first
        tally.r_squares += (r - tally.r_first) * (r - tally.r_first)
        tally.r_largest = max(tally.r_largest, abs(r))


@inlined_kernel
def count_rows_nb(tally: Any, entry_row: int, exit_row: int) -> None:
    """Rows in which a position was open; a row that two trades share counts once."""
    tally.rows_held += exit_row - max(entry_row, tally.held_to + 1) + 1
    tally.held_to = exit_row


@inlined_kernel
def close_sessions_nb(tally: Any, until: int, equity: float, returns: NDArray[np.float64]) -> None:
    """Close every session before number `until`, at an equity that has not moved since its mark.

    returns: (n_sessions,) filled with each session's return, a fraction; or empty.
    """
    if until > tally.session:
        close_session_nb(tally, equity, returns)
        still = until - tally.session  # nothing is held in them: their returns are zero
        if still > 0:
            pass_sessions_nb(tally, still, equity, returns)


@kernel
def close_session_nb(tally: Any, equity: float, returns: NDArray[np.float64]) -> None:
    """The open session's return; a session that began at zero or below has none."""
    begin = tally.session_begin
    if begin > 0.0:
        change = equity / begin - 1.0
        tally.return_sum += change
        tally.return_squares += change * change
        tally.return_largest = max(tally.return_largest, abs(change))
        down = min(change, 0.0)
        tally.down_squares += down * down
        if change < tally.worst_return:
            tally.worst_return, tally.worst_session = change, tally.session
    else:
        change = math.nan
        tally.no_returns += 1
    if len(returns):
        returns[tally.session] = change
    tally.close_peak = max(tally.close_peak, equity)
    fall = 100.0 * (1.0 - equity / tally.close_peak)
    tally.fall_squares += fall * fall
    tally.session += 1
    tally.session_begin = equity


@kernel
def pass_sessions_nb(
    tally: Any, n_sessions: int, equity: float, returns: NDArray[np.float64]
) -> None:
    """Sessions in which nothing was held and nothing moved."""
    if equity > 0.0:
        if tally.worst_return > 0.0:
            tally.worst_return, tally.worst_session = 0.0, tally.session
    else:
        tally.no_returns += n_sessions
        if len(returns):
            returns[tally.session : tally.session + n_sessions] = math.nan
    fall = 100.0 * (1.0 - equity / tally.close_peak)
    tally.fall_squares += n_sessions * (fall * fall)
    tally.session += n_sessions


@inlined_kernel
def stay_flat_nb(tally: Any, row: int) -> None:
    """Rows up to and including `row` stood at the last mark."""
    if not tally.under_water:
        tally.peak_row = max(row, tally.peak_row)


@kernel
def end_tally_nb(
    tally: Any,
    n_sessions: int,
    timeline: NDArray[np.int64],
    started_at: int,
    equity: float,
    returns: NDArray[np.float64],
) -> None:
    """After the last bar."""
    close_sessions_nb(tally, n_sessions, equity, returns)
    if tally.under_water:
        surface_nb(tally, len(timeline) - 1, timeline, started_at)
    tally.final_equity = equity
