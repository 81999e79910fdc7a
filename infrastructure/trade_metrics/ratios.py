"""Ratios of a series of returns, and growth over calendar time.

Returns are fractions of the equity their period began with (0.01 is 1 %), shape (n,), oldest first.
A NaN among them makes the ratio NaN; a ratio that is not defined is NaN, never zero or infinite.
"""

from math import isfinite, nan, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infrastructure.trade_metrics.arithmetic import (
    above_rounding,
    mean,
    quotient,
    sample_deviation,
)
from infrastructure.trade_metrics.checks import above_zero, floats

DAYS_PER_YEAR = 365.0


def sharpe_ratio(
    returns: ArrayLike, periods_per_year: float = 1.0, risk_free_pct: float = 0.0
) -> float:
    """Mean excess return / its sample standard deviation (ddof 1) x sqrt(periods_per_year).

    returns: fractions, shape (n,). periods_per_year: sessions a year for session returns, 1 for the
    ratio per period. risk_free_pct: percent a year, spread evenly over the periods.
    NaN: fewer than two returns, no variance, or a NaN return.
    Raises ConfigError where periods_per_year is not above zero, DataError on a wrong shape.
    Source: W. F. Sharpe, "The Sharpe Ratio", Journal of Portfolio Management 21 (1994).
    """
    excess = _excess(returns, periods_per_year, risk_free_pct)
    return quotient(mean(excess), sample_deviation(excess)) * sqrt(periods_per_year)


def sortino_ratio(
    returns: ArrayLike, periods_per_year: float = 1.0, risk_free_pct: float = 0.0
) -> float:
    """Mean excess return / root mean square of min(excess, 0) x sqrt(periods_per_year).

    The mean square runs over all periods, not only the losing ones. Arguments, shapes, units and
    errors as `sharpe_ratio`. NaN: no returns, no losing period, or a NaN return.
    Source: F. Sortino and L. Price, "Performance Measurement in a Downside Risk Framework",
    Journal of Investing 3 (1994).
    """
    excess = _excess(returns, periods_per_year, risk_free_pct)
    if len(excess) == 0:
        return nan
    losses = np.minimum(excess, 0.0)
    downside = above_rounding(sqrt(mean(losses * losses)), excess)
    return quotient(mean(excess), downside) * sqrt(periods_per_year)


def volatility(returns: ArrayLike, periods_per_year: float = 1.0) -> float:
    """Sample standard deviation (ddof 1) of the returns x sqrt(periods_per_year), a fraction.

    Shapes, units and errors as `sharpe_ratio`. NaN: fewer than two returns, or a NaN return.
    """
    above_zero("periods_per_year", periods_per_year)
    return sample_deviation(floats("returns", returns)) * sqrt(periods_per_year)


def cagr(start_value: float, end_value: float, days: float) -> float:
    """Growth a year over calendar time, a fraction: (end / start) ** (365 / days) - 1.

    start_value, end_value: money. days: calendar days between them, fractions allowed.
    NaN: start not above zero, end below zero, no time between them, or a rate beyond all numbers
    (a few hours' gain raised to a year). An end of exactly zero is -1.
    """
    if not (start_value > 0.0 and end_value >= 0.0 and days > 0.0):
        return nan
    try:
        growth = (end_value / start_value) ** (DAYS_PER_YEAR / days) - 1.0
    except OverflowError:
        return nan
    return growth if isfinite(growth) else nan


def skewness(returns: ArrayLike) -> float:
    """Third standardised moment with population moments (ddof 0); 0 for a normal distribution.

    returns: shape (n,), any unit. NaN: fewer than two, no variance, or a NaN.
    """
    return _standardised_moment(floats("returns", returns), 3)


def kurtosis(returns: ArrayLike) -> float:
    """Fourth standardised moment with population moments (ddof 0), not excess: 3 for a normal.

    returns: shape (n,), any unit. NaN: fewer than two, no variance, or a NaN.
    """
    return _standardised_moment(floats("returns", returns), 4)


def _excess(
    returns: ArrayLike, periods_per_year: float, risk_free_pct: float
) -> NDArray[np.float64]:
    above_zero("periods_per_year", periods_per_year)
    return floats("returns", returns) - risk_free_pct / 100.0 / periods_per_year


def _standardised_moment(values: NDArray[np.float64], order: float) -> float:
    if sample_deviation(values) == 0.0 or len(values) < 2:
        return nan
    centred = values - mean(values)
    variance: float = mean(centred**2)
    return mean((centred / sqrt(variance)) ** order)
