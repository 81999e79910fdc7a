"""How many independent trials a set of backtests amounts to: neighbours on a grid are no new tries.

Correlated trials are counted by the spectrum of their correlation matrix, and trials that were not
looked at by how the count grew from half of the sample to the whole of it.
"""

from math import log, pi, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infrastructure.errors import ConfigError
from infrastructure.trade_metrics.arithmetic import ROUNDING
from infrastructure.trade_metrics.checks import finite_table

_ANGLES = (np.arange(2_000) + 0.5) * (pi / 2_000)
"""Midpoints of the quadrature over the noise spectrum."""


def effective_trials(returns: ArrayLike, n_trials: int | None = None) -> float:
    """Effective number of independent trials among `n_trials`, of which `returns` are a sample.

    returns: fractions, shape (n_sessions, m), one column a trial, m of the n_trials in random order
    or evenly spread, no NaN. Columns without variance never traded and count for nothing.
    n_trials: M, how many were tried in all; by default m.
    E(m) (M / m)^g, with E(m) the `effective_rank` of the sample and g how fast the rank grew from
    every second column to all of them, as a share of how fast it grows for noise: 0 where the
    second half brought nothing new, 1 for independent trials. Always from E(m) to M; 1 for trials
    that are all the same, or that never traded.
    Raises DataError on shape or NaN, ConfigError where n_trials is below m.
    """
    table = finite_table("returns", returns, ("sessions", "trials"), (3, 1))
    sampled = table.shape[1]
    tried = sampled if n_trials is None else n_trials
    if tried < sampled:
        raise ConfigError(f"n_trials must be at least the {sampled} columns given; found {tried}")
    alive = table[:, _moves(table)]
    seen = _against_noise(_rank(alive), alive.shape)
    if tried > sampled and alive.shape[1] >= 4:
        seen *= (tried / sampled) ** _growth(alive)
    return min(seen, float(tried))


def effective_rank(returns: ArrayLike) -> float:
    """Effective number of independent columns, from 1 to their number.

    (sum sqrt l)^2 / sum l over the eigenvalues l of the correlation matrix, 1 for equal columns.
    Few sessions make independent columns look alike: noise of this shape gives E0 < m by the law of
    Marchenko and Pastur. So the rank is raised to the power ln m / ln E0: m for noise, 1 stays 1,
    and what lies between errs upwards, to more trials.
    returns: shape (n_sessions, m), no NaN; columns without variance are left out; 1 where none is
    left. Raises DataError on shape or NaN.
    Sources: N. W. Galwey, "A New Measure of the Effective Number of Tests", Genetic Epidemiology 33
    (2009); V. Marchenko and L. Pastur, "Distribution of Eigenvalues for Some Sets of Random
    Matrices", Mathematics of the USSR-Sbornik 1 (1967).
    """
    table = finite_table("returns", returns, ("sessions", "trials"), (3, 1))
    alive = table[:, _moves(table)]
    return _against_noise(_rank(alive), alive.shape)


def _rank(alive: NDArray[np.float64]) -> float:
    """Galwey's effective rank, columns with variance given."""
    n_sessions, m = alive.shape
    if m < 2:
        return 1.0
    centred = alive - alive.mean(axis=0)
    unit = centred / np.sqrt((centred * centred).sum(axis=0))
    gram = unit.T @ unit if m <= n_sessions else unit @ unit.T  # the same eigenvalues but zeros
    eigenvalues = np.linalg.eigvalsh(gram)
    roots = np.sqrt(eigenvalues[eigenvalues > ROUNDING * m])
    return min(max(float(roots.sum()) ** 2 / m, 1.0), float(m))  # sum l = m: unit columns


def _noise_rank(shape: tuple[int, ...]) -> float:
    """The effective rank that independent columns of this shape are expected to show."""
    n_sessions, m = shape
    ratio = m / (n_sessions - 1)
    eigenvalues = 1.0 + ratio + 2.0 * sqrt(ratio) * np.cos(_ANGLES)
    root = float(2.0 * (np.sin(_ANGLES) ** 2 / np.sqrt(eigenvalues)).mean())
    return m * root**2


def _against_noise(rank: float, shape: tuple[int, ...]) -> float:
    """The rank as it would be with many sessions."""
    m = shape[1]
    if m < 2 or (noise := _noise_rank(shape)) <= 1.0:
        return rank
    power = max(log(m) / log(noise), 1.0)
    return float(min(rank**power, float(m)))


def _growth(alive: NDArray[np.float64]) -> float:
    """How fast the rank grows with the columns, 0 to 1, beside independent ones."""
    half = alive[:, ::2]
    expected = log(_noise_rank(alive.shape) / _noise_rank(half.shape))
    found = log(_rank(alive) / _rank(half))
    return min(max(found / expected, 0.0), 1.0) if expected > 0.0 else 1.0


def _moves(table: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Columns whose spread is more than rounding."""
    still: NDArray[np.bool_] = table.std(axis=0) <= ROUNDING * np.abs(table).max(axis=0)
    return ~still
