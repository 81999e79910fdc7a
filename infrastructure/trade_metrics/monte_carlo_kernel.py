"""The one pass over a run's trades in another order, some of them missed."""

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import kernel


@kernel
def walk_nb(
    returns: NDArray[np.float64],
    places: NDArray[np.float64],
    misses: NDArray[np.float64],
    miss_probability: float,
    stops: NDArray[np.int64],
    order: NDArray[np.float64],
    equity_at: NDArray[np.float64],
    deepest: NDArray[np.float64],
    lowest: NDArray[np.float64],
) -> None:
    """Equity, from 1, after `stops` trades, deepest fall from a peak, and lowest equity, of paths.

    places, misses: uniform numbers (n_paths, n_trades). order: room for n_trades. stops: numbers of
    trades, increasing, the first 0, the last n_trades.
    """
    n = returns.shape[0]
    for path in range(places.shape[0]):
        for trade in range(n):
            order[trade] = returns[trade]
        for last in range(n - 1, 0, -1):  # Fisher and Yates
            other = int(places[path, last] * (last + 1))
            order[last], order[other] = order[other], order[last]
        equity, peak, fall, low, stop = 1.0, 1.0, 0.0, 1.0, 1
        equity_at[path, 0] = equity
        for trade in range(n):
            if misses[path, trade] >= miss_probability:
                equity *= 1.0 + order[trade]
                peak = max(peak, equity)
                fall = max(fall, 1.0 - equity / peak)
                low = min(low, equity)
            if trade + 1 == stops[stop]:
                equity_at[path, stop] = equity
                stop += 1
        deepest[path], lowest[path] = fall, low
