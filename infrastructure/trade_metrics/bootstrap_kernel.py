"""The one pass over resampled sessions that gives all their figures."""

from math import nan, sqrt

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import kernel

CANCELLED = 1e-12
"""Share of a sum of squares below which a difference from it is rounding."""


@kernel
def statistics_nb(
    draws: NDArray[np.int64],
    returns: NDArray[np.float64],
    sums: NDArray[np.float64],
    centre: float,
    annual: float,
    rounding: float,
    out: NDArray[np.float64],
) -> None:
    """Mean R, SQN, Sharpe and max drawdown (percent) of each row of draws, into out (k, 4).

    draws: rows of returns (k, n). sums: (3, n_sessions) number, sum and sum of squares of R about
    `centre`. annual: root of the sessions a year. rounding: spread that is none beside the largest.
    """
    for row in range(draws.shape[0]):
        n = draws.shape[1]
        trades, total, squares = 0.0, 0.0, 0.0
        mean, largest = 0.0, 0.0
        equity, peak, deepest = 1.0, 1.0, 0.0
        for i in range(n):
            session = draws[row, i]
            trades += sums[0, session]
            total += sums[1, session]
            squares += sums[2, session]
            change = returns[session]
            mean += change
            largest = max(largest, abs(change))
            equity = max(equity * (1.0 + change), 0.0)
            peak = max(peak, equity)
            deepest = max(deepest, 1.0 - equity / peak)
        mean /= n
        spread = 0.0
        for i in range(n):
            spread += (returns[draws[row, i]] - mean) ** 2
        deviation = sqrt(spread / (n - 1)) if n > 1 else 0.0
        out[row, 0] = centre + total / trades if trades > 0.0 else nan
        out[row, 1] = nan
        if trades > 1.0:
            apart = squares - total * total / trades
            if apart > CANCELLED * squares and apart > (rounding * centre) ** 2:
                out[row, 1] = sqrt(trades) * out[row, 0] / sqrt(apart / (trades - 1.0))
        out[row, 2] = annual * mean / deviation if deviation > rounding * largest else nan
        out[row, 3] = 100.0 * deepest
