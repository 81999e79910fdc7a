"""The highest and the lowest of the last n bars: the walls of a Donchian channel."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import kernel
from infrastructure.indicators.columns import blank, plain_columns, whole_period


def rolling_highest(values: Any, period: int) -> NDArray[np.float64]:
    """The highest of the last `period` values, row t's own among them, shape (n_bars,).

    A breakout asks about the bars *before* this one: compare row t with row t - 1 of the result.

    Rows before period - 1, and rows whose window holds NaN, are NaN. Row t reads rows <= t only.
    Time does not depend on the period: a queue keeps the values that can still become the highest.

    >>> rolling_highest([3, 1, 2, 5], 2)
    array([nan,  3.,  2.,  5.])

    Raises DataError for anything but one column, ConfigError for a period below 1.
    Source: R. Donchian's channel; the queue: D. Lemire, Streaming maximum-minimum filter using no
    more than three comparisons per element, 2006.
    """
    period = whole_period("period", period)
    (column,) = plain_columns(values=values)
    out = blank(len(column))
    rolling_highest_nb(column, period, np.empty(len(column), np.int64), out)
    return out


def rolling_lowest(values: Any, period: int) -> NDArray[np.float64]:
    """The lowest of the last `period` values; otherwise as `rolling_highest`.

    >>> rolling_lowest([3, 1, 2, 5], 2)
    array([nan,  1.,  1.,  2.])
    """
    (column,) = plain_columns(values=values)
    return -rolling_highest(-column, period)


@kernel
def rolling_highest_nb(
    values: NDArray[np.float64],
    period: int,
    queue: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None:
    """Fill `out`; `queue`, shape (n_bars,), is scratch for rows of falling value, oldest first."""
    first, end = 0, 0
    last_gap = -1
    for t in range(len(values)):
        if np.isnan(values[t]):
            last_gap = t
            continue
        while end > first and values[queue[end - 1]] <= values[t]:
            end -= 1
        queue[end] = t
        end += 1
        while queue[first] <= t - period:
            first += 1
        if t >= period - 1 and last_gap <= t - period:
            out[t] = values[queue[first]]
