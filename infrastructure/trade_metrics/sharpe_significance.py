"""Is a Sharpe ratio more than luck: its error, the best of many trials, the data it needs.

Sharpe ratios are per period (not annualised) unless a name says otherwise. skewness and kurtosis
are those of the returns, kurtosis not excess: 0 and 3 for a normal distribution, the defaults.
A figure that is not defined is NaN; a parameter that cannot be is a ConfigError.
"""

from math import e, nan, sqrt
from statistics import NormalDist

import numpy as np

from infrastructure.errors import ConfigError
from infrastructure.trade_metrics.checks import above_zero

_NORMAL = NormalDist()


def probabilistic_sharpe(
    sharpe: float,
    n_returns: int,
    skewness: float = 0.0,
    kurtosis: float = 3.0,
    benchmark: float = 0.0,
) -> float:
    """Probability, 0 to 1, that the true Sharpe ratio is above the benchmark's.

    Phi((SR - SR*) sqrt(T - 1) / sqrt(1 - g3 SR + (g4 - 1) / 4 SR^2)).
    sharpe, benchmark: per period. n_returns: T, the number of returns behind `sharpe`.
    NaN: an input is NaN, or moments that no distribution has. Raises ConfigError below 2 returns.
    Source: D. Bailey and M. Lopez de Prado, "The Sharpe Ratio Efficient Frontier", Journal of Risk
    15 (2012).
    """
    if n_returns < 2:
        raise ConfigError(f"n_returns must be at least 2; found {n_returns}")
    variance = _sharpe_variance(sharpe, skewness, kurtosis)
    if not variance > 0.0:
        return nan
    return _NORMAL.cdf((sharpe - benchmark) * sqrt(n_returns - 1) / sqrt(variance))


def expected_maximum_sharpe(n_trials: int, trials_variance: float = 1.0) -> float:
    """Sharpe ratio that the best of n_trials skill-free strategies is expected to show.

    sqrt(V) ((1 - g) Phi^-1(1 - 1/N) + g Phi^-1(1 - 1/(N e))), g = 0.5772... (Euler); 0 for N = 1.
    trials_variance: V, variance of the Sharpe ratios over the trials, in the unit of the result
    squared. Raises ConfigError below 1 trial or for a negative variance.
    Source: D. Bailey and M. Lopez de Prado, "The Deflated Sharpe Ratio", Journal of Portfolio
    Management 40 (2014).
    """
    if n_trials < 1:
        raise ConfigError(f"n_trials must be at least 1; found {n_trials}")
    if trials_variance < 0.0:
        raise ConfigError(f"trials_variance must be zero or more; found {trials_variance}")
    if n_trials == 1:
        return 0.0
    most = -_NORMAL.inv_cdf(1.0 / n_trials)  # 1 - 1 / n is 1 from 2**54 on
    beyond = -_NORMAL.inv_cdf(1.0 / (n_trials * e))
    return sqrt(trials_variance) * ((1.0 - np.euler_gamma) * most + np.euler_gamma * beyond)


def deflated_sharpe(
    sharpe: float,
    n_returns: int,
    n_trials: int,
    trials_variance: float,
    skewness: float = 0.0,
    kurtosis: float = 3.0,
) -> float:
    """Probability, 0 to 1, that the best of n_trials has a true Sharpe ratio above luck's.

    `probabilistic_sharpe` against `expected_maximum_sharpe(n_trials, trials_variance)`; arguments,
    units, NaN, errors and sources as there.
    """
    luck = expected_maximum_sharpe(n_trials, trials_variance)
    return probabilistic_sharpe(sharpe, n_returns, skewness, kurtosis, luck)


def minimum_track_record_length(
    sharpe: float,
    benchmark: float = 0.0,
    skewness: float = 0.0,
    kurtosis: float = 3.0,
    confidence: float = 0.95,
) -> float:
    """Number of returns needed before `probabilistic_sharpe` reaches the confidence.

    1 + (1 - g3 SR + (g4 - 1) / 4 SR^2) (Phi^-1(confidence) / (SR - SR*))^2, not rounded; divide by
    the periods a year for years. sharpe, benchmark: per period. confidence: between 0.5 and 1.
    NaN: `sharpe` is not above the benchmark (no length suffices). Raises ConfigError on confidence.
    Source: D. Bailey and M. Lopez de Prado, "The Sharpe Ratio Efficient Frontier", Journal of Risk
    15 (2012).
    """
    if not 0.5 < confidence < 1.0:
        raise ConfigError(f"confidence must be between 0.5 and 1; found {confidence}")
    variance = _sharpe_variance(sharpe, skewness, kurtosis)
    if not (sharpe > benchmark and variance > 0.0):
        return nan
    return 1.0 + variance * (_NORMAL.inv_cdf(confidence) / (sharpe - benchmark)) ** 2


def minimum_backtest_length(n_trials: int, annual_sharpe: float = 1.0) -> float:
    """Years of data below which the best of n_trials skill-free strategies shows annual_sharpe.

    (expected_maximum_sharpe(n_trials) / annual_sharpe)^2. annual_sharpe: annualised, in sample.
    Raises ConfigError below 1 trial or where annual_sharpe is not above zero.
    Source: D. Bailey, J. Borwein, M. Lopez de Prado and Q. Zhu, "Pseudo-Mathematics and Financial
    Charlatanism", Notices of the AMS 61 (2014).
    """
    above_zero("annual_sharpe", annual_sharpe)
    return (expected_maximum_sharpe(n_trials) / annual_sharpe) ** 2


def _sharpe_variance(sharpe: float, skewness: float, kurtosis: float) -> float:
    """Variance of a Sharpe ratio's estimate, times T - 1 (Mertens 2002)."""
    return 1.0 - skewness * sharpe + (kurtosis - 1.0) / 4.0 * sharpe**2
