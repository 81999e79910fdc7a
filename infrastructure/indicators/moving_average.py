"""The simple moving average, correctly rounded: what a strict cross needs."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import kernel
from infrastructure.indicators.columns import blank, plain_columns, whole_period


def simple_moving_average(values: Any, period: int) -> NDArray[np.float64]:
    """Mean of the last `period` values, shape (n_bars,), in the unit of `values`.

    A cross asks which of two averages is the greater, and where prices stand still they are equal:
    a plain running sum forgets what it rounded away, and its last bits then cross on their own.
    So the sum is carried in two floats (what one rounds away the other keeps), and so is the
    division. The result is the exact mean rounded once; it depends on the window alone, not on
    where the series began.

    Rows before period - 1, and rows whose window holds NaN or infinity, are NaN. Row t reads
    rows <= t only. Time does not depend on the period.

    >>> simple_moving_average([1.0, 2.0, 6.0], 2)
    array([nan, 1.5, 4. ])

    Raises DataError for anything but one column, ConfigError for a period below 1.
    Source: D. Knuth, The Art of Computer Programming 2, 4.2.2, theorem B (the error of a sum);
    T. J. Dekker, A floating-point technique for extending the available precision, 1971.
    """
    period = whole_period("period", period)
    (column,) = plain_columns(values=values)
    out = blank(len(column))
    simple_moving_average_nb(column, period, out)
    return out


@kernel
def _two_sum_nb(high: float, low: float, value: float) -> tuple[float, float]:
    """High + low + value as a rounded sum and what the rounding lost."""
    total = high + value
    shadow = total - high
    lost = (high - (total - shadow)) + (value - shadow) + low
    rounded = total + lost
    return rounded, lost - (rounded - total)


@kernel
def _quotient_nb(high: float, low: float, count: int) -> float:
    """(high + low) / count, rounded once: the remainder of the first quotient is exact."""
    quotient = high / count
    split = 134217729.0 * quotient  # 2**27 + 1: an upper half short enough to multiply exactly
    upper = split - (split - quotient)
    remainder = (high - upper * count) - (quotient - upper) * count
    return quotient + (remainder + low) / count


@kernel
def simple_moving_average_nb(
    values: NDArray[np.float64], period: int, out: NDArray[np.float64]
) -> None:
    """Fill `out` where the window is full and finite."""
    high = low = 0.0
    n_finite = 0
    for t in range(len(values)):
        if t >= period and np.isfinite(values[t - period]):
            high, low = _two_sum_nb(high, low, -values[t - period])
            n_finite -= 1
        if np.isfinite(values[t]):
            high, low = _two_sum_nb(high, low, values[t])
            n_finite += 1
        if n_finite == 0:
            high = low = 0.0
        if n_finite == period:
            out[t] = _quotient_nb(high, low, period)
