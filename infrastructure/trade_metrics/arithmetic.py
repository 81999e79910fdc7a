"""The arithmetic that the figures share, with one rule for what is undefined: NaN."""

from math import nan, sqrt

import numpy as np
from numpy.typing import NDArray

ROUNDING = 1e-9
"""A spread below this share of the largest value is rounding, not variance."""


def mean(values: NDArray[np.float64]) -> float:
    """Arithmetic mean; NaN of nothing."""
    return float(values.sum()) / len(values) if len(values) else nan


def quotient(numerator: float, denominator: float) -> float:
    """The ratio of two numbers; NaN where the denominator is zero or either is NaN."""
    return numerator / denominator if denominator != 0.0 else nan


def sample_deviation(values: NDArray[np.float64]) -> float:
    """Standard deviation with ddof 1: NaN below two values, exactly 0 for rounding noise."""
    if len(values) < 2:
        return nan
    centred = values - mean(values)
    squares = float((centred * centred).sum())  # not `@`: BLAS threads wait for busy cores
    return above_rounding(sqrt(squares / (len(values) - 1)), values)


def above_rounding(spread: float, values: NDArray[np.float64]) -> float:
    """`spread`, or 0 where it is rounding noise beside the largest of `values`."""
    return 0.0 if spread <= ROUNDING * float(np.abs(values).max()) else spread
