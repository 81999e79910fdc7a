"""How far each bar stands out from its two neighbours, against what is usual there and then."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.findings.series import BarSeries
from infrastructure.market_data.findings.usual import (
    FEWEST,
    around_of,
    busy,
    median_above_zero,
    near_ranges,
    same_time_of,
    true_ranges,
    usual_range,
)

TOO_FAR = 8.0
"""How many usual ranges a bar must stand out. On real data, true moves reach 7 (a minute of tariff
news), the crash of 2015-08-24 less than 4, since its neighbours moved as well; false prints begin
at 8 and go into the hundreds."""


@dataclass(frozen=True, eq=False)
class Extremes:
    """Bars that stand out and revert; every column has shape (n_found,).

    rows: in the columns. size: share of the price by which they do. times: the same in usual
    ranges. busy: volume of the bars around them, in usual volumes of the place (0: none known).
    """

    rows: NDArray[np.intp]
    size: NDArray[np.float64]
    times: NDArray[np.float64]
    busy: NDArray[np.float64]


def find_extremes(series: BarSeries) -> Extremes:
    """Bars whose high (or low) is TOO_FAR beyond that of both neighbours.

    That holds for a false high, low, open or close and for a bar that is false as a whole; not for
    a move that goes on, however large, since the next bar opens where it led: a gap at the open,
    a crash. The range is the true range (with the close before), its scale a median.
    """
    parts = [_found_in(series, first, last) for first, last in series.row_slices()]
    names = ("rows", "size", "times", "busy")
    return Extremes(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _found_in(series: BarSeries, first: int, last: int) -> Extremes:
    """The bars of rows [first, last); ever fewer of them are looked at ever more closely."""
    rows, size, scale = _candidates(series.columns, first, last)
    around = around_of(series, rows)
    scale = np.maximum(scale, usual_range(series, around))
    kept = size > TOO_FAR * scale
    rows, size, scale, around = rows[kept], size[kept], scale[kept], around[kept]
    same_time = same_time_of(series, rows)
    scale = np.maximum(scale, median_above_zero(true_ranges(series, same_time), FEWEST, 0.0))
    kept = size > TOO_FAR * scale
    rows, size, scale = rows[kept], size[kept], scale[kept]
    return Extremes(rows, size, size / scale, busy(series, rows, around[kept], same_time[kept]))


def _candidates(
    columns: BarColumns, first: int, last: int
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """Rows in [first, last) that are far beyond what is usual next to them; how far; what is."""
    first, last = max(first, 1), min(last, len(columns) - 1)
    if first >= last:
        return np.empty(0, dtype=np.intp), np.empty(0), np.empty(0)
    high, low = columns.high[first - 1 : last + 1], columns.low[first - 1 : last + 1]
    size = np.maximum(
        high[1:-1] / np.maximum(high[:-2], high[2:]), np.minimum(low[:-2], low[2:]) / low[1:-1]
    )
    size -= 1.0
    near = near_ranges(columns, first, last)
    found = np.flatnonzero(size > TOO_FAR * near)
    return found + first, size[found], near[found]
