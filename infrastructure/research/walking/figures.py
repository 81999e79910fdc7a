"""What each fold brought out of sample, and which share of its promise that is."""

from collections.abc import Mapping
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.backtest import Backtest
from infrastructure.core.execution.parts import part_of
from infrastructure.core.trade_table import metric_columns
from infrastructure.market_data.sessions.session_calendar import day_number
from infrastructure.research.folds import Fold
from infrastructure.trade_metrics.trade_metrics import TradeMetrics
from infrastructure.trade_metrics.trade_statistics import bars_in_market


def fold_figures(backtest: Backtest, fold: Fold, part: int) -> dict[str, float | str | None]:
    """The account's figures in one test, by their names in TradeMetrics.

    Equity and exposure are those of the test's rows, from the equity it began with. Trades are
    those that a signal of this test began, wherever they ended. Empty where the account had
    nothing left to begin with, or the test has no row.
    """
    simulation = backtest.simulation
    bounds = [day_number(fold.test_start), day_number(fold.test_end) + 1]
    first, last = np.searchsorted(simulation.row_session, bounds).tolist()
    equity = simulation.account_equity
    start = float(equity[first - 1]) if first else simulation.total_capital
    if first == last or not start > 0:
        return {}
    trades = simulation.trades
    own = part_of(backtest.parts, trades["lane"], trades["signal_bar"]) == part
    return TradeMetrics.from_columns(
        **metric_columns(backtest.trades, own),
        timeline=simulation.timeline[first:last],
        session=simulation.row_session[first:last],
        equity=equity[first:last],
        starting_capital=start,
        sessions_per_year=backtest.sessions_per_year,
        bars_in_market=_rows_in_market(trades, first, last),
        started_at=_first_opening(backtest, part),
    ).as_dict()


def annualised_pct(figures: Mapping[str, Any], sessions_per_year: float) -> float:
    """Net profit a year in percent of the capital that the period began with; NaN: unknown.

    It is not compounded: net_profit_pct x sessions a year / sessions of the period.
    """
    profit, sessions = figures.get("net_profit_pct"), figures.get("sessions")
    return nan if profit is None or not sessions else profit * sessions_per_year / sessions


def efficiency(in_sample: float, out_of_sample: float) -> float:
    """Walk-forward efficiency: annualised profit out of sample as a share of that in sample.

    1: all of it; below 0: a loss. NaN where there was no profit in sample to keep.
    Source: R. Pardo, "The Evaluation and Optimization of Trading Strategies", 2nd edition (2008),
    who asks for half of it at least.
    """
    return out_of_sample / in_sample if in_sample > 0 else nan


def _rows_in_market(trades: NDArray[Any], first: int, last: int) -> int:
    """Rows [first, last) with an open position, whichever fold opened it."""
    held = trades[(trades["entry_row"] < last) & (trades["exit_row"] >= first)]
    entry, leave = np.maximum(held["entry_row"], first), np.minimum(held["exit_row"], last - 1)
    return bars_in_market(entry, leave)


def _first_opening(backtest: Backtest, part: int) -> int:
    lanes = [lane.bars for book in backtest.parts[part] for lane in book.lanes]
    return min(int(bars.timestamp[0]) for bars in lanes if len(bars))
