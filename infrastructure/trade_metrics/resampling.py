"""Resampled sessions: what else could have happened, in blocks as long as the days depend."""

from collections.abc import Iterator
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infrastructure.errors import ConfigError
from infrastructure.trade_metrics.arithmetic import sample_deviation
from infrastructure.trade_metrics.checks import finite

_SHORTEST = 16
"""Sessions below which autocorrelations cannot be told from noise: then blocks of one."""

_CHUNK = 2_000_000
"""Indices at a time, so that memory does not grow with the number of resamples."""


def block_length(*series: ArrayLike) -> float:
    """Mean block length, in sessions, that suits the most dependent of these series; 1 or more.

    series: one value a session each, shape (n_sessions,). One without variance says nothing.
    Raises DataError on NaN.
    Sources: D. Politis and H. White, "Automatic Block-Length Selection for the Dependent
    Bootstrap", Econometric Reviews 23 (2004); its correction with A. Patton, 28 (2009); computed by
    `arch.bootstrap.optimal_block_length`.
    """
    columns = [finite("series", each) for each in series]
    return max([1.0, *(_optimal(each) for each in columns if len(each) >= _SHORTEST)])


def resampled_sessions(
    n_sessions: int, n_resamples: int, block: float = 1.0, seed: int = 0
) -> Iterator[NDArray[np.int64]]:
    """Session numbers of the stationary bootstrap, in parts of shape (k, n_sessions).

    A resample is made of runs of consecutive sessions with geometric lengths of mean `block`, each
    beginning anywhere; the last session is followed by the first. block 1 draws each alone.
    Raises ConfigError where any of the numbers is below 1.
    Source: D. Politis and J. Romano, "The Stationary Bootstrap", Journal of the American
    Statistical Association 89 (1994); drawn by `arch.bootstrap.StationaryBootstrap`.
    """
    from arch.bootstrap import StationaryBootstrap  # loads statsmodels

    for name, value in [("n_sessions", n_sessions), ("n_resamples", n_resamples), ("block", block)]:
        if not (isfinite(value) and value >= 1):
            raise ConfigError(f"{name} must be at least 1; found {value}")
    length: int = block  # type: ignore[assignment]  # arch takes fractions, its hints do not
    draws = StationaryBootstrap(length, np.arange(n_sessions), seed=seed).bootstrap(n_resamples)
    rows = max(1, _CHUNK // n_sessions)
    for first in range(0, n_resamples, rows):
        part = range(min(rows, n_resamples - first))
        yield np.stack([np.asarray(next(draws)[0][0], dtype=np.int64) for _ in part])


def _optimal(column: NDArray[np.float64]) -> float:
    if sample_deviation(column) == 0.0:
        return 1.0
    from arch.bootstrap import optimal_block_length

    with np.errstate(invalid="ignore", divide="ignore"):  # its tails may have no variance
        found = float(optimal_block_length(column)["stationary"].iloc[0])
    return found if isfinite(found) else 1.0
