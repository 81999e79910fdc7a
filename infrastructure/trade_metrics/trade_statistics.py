"""Figures of a list of closed trades, each a small function of one or two columns.

Profits are net, in money; R is net profit / money at risk at entry, NaN for a trade without a stop.
Columns have shape (n_trades,). A figure that is not defined is NaN, never zero or infinite.
A trade of exactly zero is neither a win nor a loss.
"""

from math import nan, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infrastructure.errors import ConfigError, DataError
from infrastructure.trade_metrics.arithmetic import mean, quotient, sample_deviation
from infrastructure.trade_metrics.checks import finite, floats, same_length


def expectancy(net_pnl: ArrayLike) -> float:
    """Mean net profit of a trade, money. NaN: no trades. Raises DataError on NaN."""
    return mean(finite("net_pnl", net_pnl))


def average_win(net_pnl: ArrayLike) -> float:
    """Mean net profit of the winning trades, money, above zero. NaN: none won."""
    profits = finite("net_pnl", net_pnl)
    return mean(profits[profits > 0.0])


def average_loss(net_pnl: ArrayLike) -> float:
    """Mean net profit of the losing trades, money, below zero. NaN: none lost."""
    profits = finite("net_pnl", net_pnl)
    return mean(profits[profits < 0.0])


def expectancy_ratio(net_pnl: ArrayLike) -> float:
    """Expectancy / size of the average loss: money earned per unit of money typically lost.

    NaN: no trades, or none lost. Source: V. Tharp, "Trade Your Way to Financial Freedom" (1998).
    """
    return quotient(expectancy(net_pnl), -average_loss(net_pnl))


def profit_factor(net_pnl: ArrayLike) -> float:
    """Sum of the wins / size of the sum of the losses. NaN: no trade lost. 0: none won."""
    profits = finite("net_pnl", net_pnl)
    return quotient(float(profits[profits > 0.0].sum()), -float(profits[profits < 0.0].sum()))


def payoff_ratio(net_pnl: ArrayLike) -> float:
    """Average win / size of the average loss. NaN: none won, or none lost."""
    return quotient(average_win(net_pnl), -average_loss(net_pnl))


def kelly_fraction(win_probability: float, payoff: float) -> float:
    """Share of capital to stake for the fastest growth: p - (1 - p) / b; negative: do not bet.

    win_probability: p, 0 to 1. payoff: b, money won per unit of money lost.
    NaN: either is NaN, or b is not above zero. Raises ConfigError on a p outside 0 to 1.
    Source: J. L. Kelly, "A New Interpretation of Information Rate", Bell System Technical Journal
    35 (1956).
    """
    if win_probability < 0.0 or win_probability > 1.0:
        raise ConfigError(f"win_probability must be from 0 to 1; found {win_probability}")
    if not payoff > 0.0:
        return nan
    return win_probability - (1.0 - win_probability) / payoff


def sqn(r: ArrayLike) -> float:
    """System quality number: sqrt(n) x mean R / sample standard deviation of R (ddof 1).

    r: realised R, shape (n_trades,); trades without a stop (NaN) do not count, not even in n.
    NaN: fewer than two trades with a stop, or no variance.
    Source: V. Tharp, "The Definitive Guide to Position Sizing" (2008).
    """
    known = with_stop(r)
    return sqrt(len(known)) * quotient(mean(known), sample_deviation(known))


def with_stop(r: ArrayLike) -> NDArray[np.float64]:
    """The realised R of the trades that had a stop: `r` without its NaN."""
    multiples = floats("r", r)
    return multiples[~np.isnan(multiples)]


def longest_losing_streak(net_pnl: ArrayLike) -> int:
    """Most losing trades in a row, in the order given (by exit); a zero trade ends a streak."""
    lost = finite("net_pnl", net_pnl) < 0.0
    breaks = np.flatnonzero(np.concatenate(([True], ~lost, [True])))
    return int((breaks[1:] - breaks[:-1]).max()) - 1


def bars_in_market(entry_row: ArrayLike, exit_row: ArrayLike) -> int:
    """Rows during which at least one trade was open, entry and exit rows included.

    entry_row, exit_row: row numbers of one timeline, shape (n_trades,), any order, overlapping.
    Raises DataError where a trade ends before it begins.
    """
    entries, exits = np.asarray(entry_row, dtype=np.int64), np.asarray(exit_row, dtype=np.int64)
    same_length(entry_row=entries, exit_row=exits)
    if (exits < entries).any():
        trade = int((exits < entries).argmax())
        raise DataError(
            f"exit_row must not be before entry_row; found {exits[trade]} after {entries[trade]} "
            f"in trade {trade}"
        )
    order = np.argsort(entries, kind="stable")
    covered_to = np.maximum.accumulate(exits[order])
    begins = entries[order]
    begins[1:] = np.maximum(begins[1:], covered_to[:-1] + 1)  # count a shared row once
    return int(np.maximum(covered_to - begins + 1, 0).sum())
