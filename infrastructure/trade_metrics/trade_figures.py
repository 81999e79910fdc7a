"""Figures of a list of closed trades, together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infrastructure.trade_metrics.arithmetic import mean, quotient
from infrastructure.trade_metrics.checks import finite, floats, same_length
from infrastructure.trade_metrics.trade_statistics import (
    average_loss,
    average_win,
    expectancy,
    expectancy_ratio,
    kelly_fraction,
    longest_losing_streak,
    payoff_ratio,
    profit_factor,
    sqn,
    with_stop,
)


@dataclass(frozen=True)
class TradeFigures:
    """Figures of closed trades; `_pct` is percent, money is the account's currency.

    trades: how many. win_rate_pct: those with a net profit above zero, percent of all.
    profit_factor: sum of wins / size of the sum of losses. expectancy: mean net profit, money.
    expectancy_ratio: expectancy / size of the average loss. expectancy_r: mean realised R, and
    sqn: sqrt(n) x mean R / sd R (ddof 1), both over the trades that had a stop.
    avg_win (above zero), avg_loss (below zero), best_trade, worst_trade: net profit, money.
    payoff_ratio: avg_win / size of avg_loss. kelly_pct: p - (1 - p) / payoff_ratio with p the win
    rate, in percent; negative where the odds are against the strategy.
    total_commission, total_slippage: money, both sides, zero or more.
    avg_trade_minutes: mean trade_duration, opening of entry bar to opening of exit bar.
    longest_losing_streak: losing trades in a row, by exit. ambiguous_trades: those where one bar
    held both stop and target.

    NaN (never zero or infinite) where undefined: means of no trades, ratios without a loss or a
    win, R figures without a stop, sqn of fewer than two trades or without variance.
    Counts and sums of no trades are 0.
    """

    trades: int
    win_rate_pct: float
    profit_factor: float
    expectancy: float
    expectancy_r: float
    expectancy_ratio: float
    sqn: float
    avg_win: float
    avg_loss: float
    payoff_ratio: float
    best_trade: float
    worst_trade: float
    kelly_pct: float
    total_commission: float
    total_slippage: float
    avg_trade_minutes: float
    longest_losing_streak: int
    ambiguous_trades: int


def trade_figures(
    *,
    net_pnl: ArrayLike,
    r: ArrayLike,
    entry_time: ArrayLike,
    exit_time: ArrayLike,
    commission: ArrayLike,
    slippage: ArrayLike,
    ambiguous: ArrayLike,
) -> TradeFigures:
    """The figures of closed trades; see `TradeMetrics.from_columns` for units and errors."""
    profits, multiples = finite("net_pnl", net_pnl), floats("r", r)
    entries, exits = np.asarray(entry_time, dtype=np.int64), np.asarray(exit_time, dtype=np.int64)
    paid, slipped = finite("commission", commission), finite("slippage", slippage)
    unclear = np.asarray(ambiguous, dtype=np.bool_)
    same_length(
        net_pnl=profits, r=multiples, entry_time=entries, exit_time=exits,
        commission=paid, slippage=slipped, ambiguous=unclear,
    )  # fmt: skip
    n_trades = len(profits)
    win_rate = quotient(float(np.count_nonzero(profits > 0.0)), float(n_trades))
    payoff = payoff_ratio(profits)
    return TradeFigures(
        trades=n_trades,
        win_rate_pct=100.0 * win_rate,
        profit_factor=profit_factor(profits),
        expectancy=expectancy(profits),
        expectancy_r=mean(with_stop(multiples)),
        expectancy_ratio=expectancy_ratio(profits),
        sqn=sqn(multiples),
        avg_win=average_win(profits),
        avg_loss=average_loss(profits),
        payoff_ratio=payoff,
        best_trade=float(profits.max()) if n_trades else float("nan"),
        worst_trade=float(profits.min()) if n_trades else float("nan"),
        kelly_pct=100.0 * kelly_fraction(win_rate, payoff),
        total_commission=float(paid.sum()),
        total_slippage=float(slipped.sum()),
        avg_trade_minutes=mean((exits - entries) / 60.0),
        longest_losing_streak=longest_losing_streak(_by_exit(profits, exits)),
        ambiguous_trades=int(np.count_nonzero(unclear)),
    )


def _by_exit(profits: NDArray[np.float64], exits: NDArray[np.int64]) -> NDArray[np.float64]:
    """Profits in the order in which they were realised."""
    return profits[np.argsort(exits, kind="stable")]
