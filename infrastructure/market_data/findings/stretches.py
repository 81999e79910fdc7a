"""A few bars in a row that stand on another level than the bars on both sides."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.findings.extremes import TOO_FAR
from infrastructure.market_data.findings.series import BarSeries
from infrastructure.market_data.findings.usual import (
    around_of,
    busy,
    near_ranges,
    same_time_of,
    usual_range,
)

LONGEST = 5
"""Bars that a stretch has at most. The longer, the likelier that the market was really there."""

SAME_LEVEL = 0.25
"""Share of the jump by which the levels before and after the stretch may differ."""


@dataclass(frozen=True, eq=False)
class Stretches:
    """Bars [first, last) that stand apart; every column has shape (n_found,).

    first, last: rows in the columns. jump: of the price at `first`, as a logarithm. times: its size
    in usual ranges. busy: volume around it, in usual volumes of the place (0: none known).
    """

    first: NDArray[np.intp]
    last: NDArray[np.intp]
    jump: NDArray[np.float64]
    times: NDArray[np.float64]
    busy: NDArray[np.float64]


def find_stretches(series: BarSeries) -> Stretches:
    """Stretches of 2 to LONGEST bars between a jump away and the jump back.

    A jump is from a close to the next open, TOO_FAR by the usual range. Prices that move while
    the market is open leave no such hole, and a gap at the open has no jump back.
    """
    parts = [_jumps_in(series, first, last) for first, last in series.row_slices()]
    rows, jump, times = (np.concatenate(column) for column in zip(*parts, strict=True))
    columns = series.columns
    width = np.diff(rows)
    level = np.abs(np.log(columns.open[rows[1:]] / columns.close[rows[:-1] - 1]))
    back = (jump[1:] * jump[:-1] < 0) & (level < SAME_LEVEL * np.abs(jump[:-1]))
    found = np.flatnonzero(back & (width >= 2) & (width <= LONGEST))
    first = rows[found]
    around = around_of(series, first)
    return Stretches(
        first,
        rows[found + 1],
        jump[found],
        times[found],
        busy(series, first, around, same_time_of(series, first)),
    )


def _jumps_in(
    series: BarSeries, first: int, last: int
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """Rows in [first, last) that open far from the close before; how far, and in usual ranges."""
    columns, begin = series.columns, max(first, 1)
    before, open_ = columns.close[begin - 1 : last - 1], columns.open[begin:last]
    size = np.maximum(open_, before) / np.minimum(open_, before)
    size -= 1.0
    near = near_ranges(columns, begin, last)
    found = np.flatnonzero(size > TOO_FAR * near)
    size, near, rows = size[found], near[found], found + begin
    scale = np.maximum(near, usual_range(series, around_of(series, rows)))
    kept = size > TOO_FAR * scale
    return rows[kept], np.log(open_[found] / before[found])[kept], size[kept] / scale[kept]
