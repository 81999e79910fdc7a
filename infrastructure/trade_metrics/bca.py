"""The interval that a bootstrap gives: corrected for bias, and for an error that grows."""

from math import isnan, nan
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError

_NORMAL = NormalDist()

MOST_UNDEFINED = 0.05
"""Share of resamples without the statistic above which its interval is not defined either."""


def bca_interval(
    estimate: float,
    distribution: NDArray[np.float64],
    jackknife: NDArray[np.float64],
    confidence: float = 0.95,
) -> tuple[float, float]:
    """Bias-corrected and accelerated interval (low, high) of a statistic.

    The quantiles Phi(z + (z + q) / (1 - a (z + q))) of the distribution, at q = Phi^-1 of
    (1 - confidence) / 2 and of the rest; z = Phi^-1(share of the distribution below the estimate,
    ties by half), a = sum u^3 / (6 (sum u^2)^1.5), u = mean of the jackknife - each of its values.
    estimate: of the data. distribution: of the resamples, shape (n_resamples,). jackknife: with one
    session left out at a time, shape (n_sessions,). NaN among them: where the statistic was not
    defined; those are left out. An estimate beyond all resamples counts as half a resample inside.
    NaN, NaN: no estimate, or more than MOST_UNDEFINED of the resamples without one.
    Raises ConfigError on a confidence not between 0 and 1.
    Sources: B. Efron, "Better Bootstrap Confidence Intervals", Journal of the American Statistical
    Association 82 (1987); T. DiCiccio and B. Efron, "Bootstrap Confidence Intervals", Statistical
    Science 11 (1996).
    """
    if not 0.0 < confidence < 1.0:
        raise ConfigError(f"confidence must be between 0 and 1; found {confidence}")
    known = distribution[~np.isnan(distribution)]
    if isnan(estimate) or len(known) == 0 or len(known) < (1 - MOST_UNDEFINED) * len(distribution):
        return nan, nan
    z, a = _bias(estimate, known), _acceleration(jackknife[~np.isnan(jackknife)])
    tail = _NORMAL.inv_cdf((1.0 - confidence) / 2.0)
    low, high = np.quantile(known, [_share(z, a, tail), _share(z, a, -tail)])
    return float(low), float(high)


def _bias(estimate: float, known: NDArray[np.float64]) -> float:
    below = float((known < estimate).mean() + (known == estimate).mean() / 2.0)
    least = 0.5 / len(known)
    return _NORMAL.inv_cdf(min(max(below, least), 1.0 - least))


def _acceleration(jackknife: NDArray[np.float64]) -> float:
    """0 where the statistic hangs on no session."""
    if len(jackknife) == 0:
        return 0.0
    apart = jackknife.mean() - jackknife
    scale = float(np.abs(apart).max())
    if scale == 0.0:
        return 0.0
    apart = apart / scale  # cubes of tiny numbers would vanish
    return float((apart**3).sum() / (6.0 * (apart**2).sum() ** 1.5))


def _share(bias: float, acceleration: float, quantile: float) -> float:
    """Where in the distribution the bound lies, 0 to 1."""
    moved = bias + quantile
    stretch = 1.0 - acceleration * moved
    if stretch <= 0.0:  # the bound lies beyond all resamples
        return 1.0 if moved > 0.0 else 0.0
    return _NORMAL.cdf(bias + moved / stretch)
