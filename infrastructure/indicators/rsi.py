"""Relative strength index: the share of recent movement that went up."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import kernel
from infrastructure.indicators.columns import blank, price_columns, whole_period


def relative_strength_index(close: Any, period: int = 14) -> NDArray[np.float64]:
    """Wilder's relative strength index, shape (n_bars,), from 0 to 100.

    100 x average gain / (average gain + average loss) of the changes from close to close. Both
    averages start as the plain mean of the first `period` changes and then move by 1 / period of
    the way to each new one. Where nothing has moved yet it is 50: neither side is stronger.

    Rows before `period` are NaN (the first change is row 1's). Row t reads rows <= t only.

    >>> relative_strength_index([10, 11, 10, 12], period=2)
    array([        nan,         nan, 50.        , 83.33333333])

    Raises DataError for a value that is not finite, ConfigError for a period below 1.
    Source: J. Welles Wilder, New Concepts in Technical Trading Systems, 1978.
    """
    period = whole_period("period", period)
    (column,) = price_columns(close=close)
    out = blank(len(column))
    relative_strength_index_nb(column, period, out)
    return out


@kernel
def relative_strength_index_nb(
    close: NDArray[np.float64], period: int, out: NDArray[np.float64]
) -> None:
    """Fill `out` from row `period` on."""
    gain = loss = 0.0
    for t in range(1, len(close)):
        change = close[t] - close[t - 1]
        weight = t if t < period else period  # a running mean until there are `period` changes
        gain += (max(change, 0.0) - gain) / weight
        loss += (max(-change, 0.0) - loss) / weight
        if t >= period:
            moved = gain + loss
            out[t] = 100.0 * (gain / moved) if moved > 0.0 else 50.0
