"""Average true range: how far a bar travels, in the money of one share."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import kernel
from infrastructure.indicators.columns import blank, price_columns, whole_period


def average_true_range(high: Any, low: Any, close: Any, period: int = 14) -> NDArray[np.float64]:
    """Wilder's average true range, shape (n_bars,), in price units.

    The true range of a bar is the largest of high - low, |high - close before| and
    |low - close before|; of the first bar, high - low. The average starts as the plain mean of
    the first `period` true ranges and then moves by 1 / period of the way to each new one.

    Rows before period - 1 are NaN (all, where there are fewer bars). Row t reads rows <= t only.

    >>> average_true_range([11, 12, 15], [10, 11, 12], [10, 12, 13], period=2)
    array([ nan, 1.5 , 2.25])

    Raises DataError for a value that is not finite or columns of unequal length, ConfigError for
    a period below 1. Source: J. Welles Wilder, New Concepts in Technical Trading Systems, 1978.
    """
    period = whole_period("period", period)
    high, low, close = price_columns(high=high, low=low, close=close)
    out = blank(len(high))
    average_true_range_nb(high, low, close, period, out)
    return out


@kernel
def average_true_range_nb(
    high: NDArray[np.float64],
    low: NDArray[np.float64],
    close: NDArray[np.float64],
    period: int,
    out: NDArray[np.float64],
) -> None:
    """Fill `out` from row period - 1 on."""
    average = 0.0
    for t in range(len(high)):
        true_range = high[t] - low[t]
        if t > 0:
            true_range = max(true_range, abs(high[t] - close[t - 1]), abs(low[t] - close[t - 1]))
        if t < period:
            average += true_range
            if t < period - 1:
                continue
            average /= period
        else:
            average = (average * (period - 1) + true_range) / period
        out[t] = average
