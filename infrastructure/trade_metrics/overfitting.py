"""Overfitting: did the choice of the best of many backtests carry over to data it had not seen."""

from dataclasses import dataclass
from itertools import combinations
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infrastructure.errors import ConfigError
from infrastructure.trade_metrics.arithmetic import ROUNDING
from infrastructure.trade_metrics.checks import finite_table
from infrastructure.wording import hint_of

Metric = Literal["sharpe", "mean"]
MAX_BLOCKS = 20  # 184,756 splits; 22 would be 705,432
_CHUNK = 1024  # splits at a time, so that memory does not grow with their number

_Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BacktestOverfitting:
    """How the in-sample best fared out of sample, over all splits of the rows.

    probability: share of splits whose in-sample best came out in the lower half (logit <= 0), 0 to
        1. Where all columns are alike, skilful or not, it is near a half: choosing brings nothing.
    logits: shape (n_splits,), ln(w / (1 - w)) with w = the chosen column's out-of-sample rank /
        (n_strategies + 1); above 0 is the better half.
    loss_probability: share of splits whose in-sample best lost out of sample, 0 to 1.
    """

    probability: float
    logits: NDArray[np.float64]
    loss_probability: float


def probability_of_backtest_overfitting(
    returns: ArrayLike, n_blocks: int = 16, metric: Metric = "sharpe"
) -> BacktestOverfitting:
    """Combinatorially symmetric cross-validation (CSCV) of the choice of the best column.

    returns: shape (n_periods, n_strategies), fractions or money, oldest first, one column for each
        backtest that was tried, no NaN.
    n_blocks: S, even; the rows are cut into S runs of equal length (the first ones a row longer
        where they do not divide), and every half of them is once the in-sample set.
    metric: what "best" means, "sharpe" (ddof 1; a column that stood still has zero) or "mean".
    Equal metrics share the mean of their ranks; the first of equally good columns is chosen.
    Raises DataError on shape or NaN, ConfigError on n_blocks or metric.
    Source: D. Bailey, J. Borwein, M. Lopez de Prado and Q. Zhu, "The Probability of Backtest
    Overfitting", Journal of Computational Finance 20 (2017).
    """
    table = _checked(returns, n_blocks, metric)
    scorer = _Scorer(table, n_blocks, metric)
    splits = list(combinations(range(n_blocks), n_blocks // 2))
    logits, losses = np.empty(len(splits)), 0
    for first in range(0, len(splits), _CHUNK):
        inside = np.zeros((len(splits[first : first + _CHUNK]), n_blocks))
        np.put_along_axis(inside, np.array(splits[first : first + _CHUNK]), 1.0, axis=1)
        best = scorer.score(inside).argmax(axis=1)
        outside = scorer.score(1.0 - inside)
        own = np.take_along_axis(outside, best[:, None], axis=1)
        logits[first : first + _CHUNK] = _logits(outside, own)
        losses += int((own < 0.0).sum())
    return BacktestOverfitting(float((logits <= 0.0).mean()), logits, losses / len(splits))


class _Scorer:
    """Every column's metric over any union of blocks, from sums kept once a block."""

    def __init__(self, table: _Matrix, n_blocks: int, metric: Metric) -> None:
        edges = np.array([len(part) for part in np.array_split(np.arange(len(table)), n_blocks)])
        starts = np.concatenate(([0], edges.cumsum()[:-1]))
        self.metric = metric
        self.rows = edges.astype(np.float64)
        self.centre = table.mean(axis=0) if metric == "sharpe" else np.zeros(table.shape[1])
        centred = table - self.centre  # small numbers: the squares below lose no digits
        self.sums: _Matrix = np.add.reduceat(centred, starts, axis=0)
        self.squares: _Matrix = np.add.reduceat(centred**2, starts, axis=0)
        self.scale = np.abs(table).max(axis=0)

    def score(self, members: _Matrix) -> _Matrix:
        """members: 0/1, shape (n_splits, n_blocks) -> metric, shape (n_splits, n_strategies)."""
        rows = (members @ self.rows)[:, None]
        centred_mean = members @ self.sums / rows
        mean = centred_mean + self.centre
        if self.metric == "mean":
            return mean
        variance = (members @ self.squares - rows * centred_mean**2) / (rows - 1.0)
        # the root doubles the rounding's share: below the square root of eps it is noise
        moves = variance > (1e-7 * self.scale) ** 2
        noise = np.abs(mean) <= ROUNDING * self.scale
        still = np.where(noise, 0.0, np.copysign(np.inf, mean))
        return np.where(moves, mean / np.sqrt(np.where(moves, variance, 1.0)), still)


def _logits(scores: _Matrix, own: _Matrix) -> NDArray[np.float64]:
    rank = (scores < own).sum(axis=1) + ((scores == own).sum(axis=1) + 1.0) / 2.0
    share = rank / (scores.shape[1] + 1.0)
    logits: NDArray[np.float64] = np.log(share / (1.0 - share))
    return logits


def _checked(returns: ArrayLike, n_blocks: int, metric: str) -> _Matrix:
    table = finite_table("returns", returns, ("periods", "strategies"), (4, 2))
    if metric not in get_args(Metric):
        known = ", ".join(get_args(Metric))
        hint = hint_of(metric, get_args(Metric))
        raise ConfigError(f'metric must be one of {known}; found "{metric}"{hint}')
    if n_blocks % 2 or not 2 <= n_blocks <= min(MAX_BLOCKS, len(table)):
        raise ConfigError(
            f"n_blocks must be even, from 2 to {min(MAX_BLOCKS, len(table))} "
            f"for {len(table)} periods; found {n_blocks}"
        )
    return table
