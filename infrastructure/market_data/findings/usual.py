"""What is usual at a place in the series: range and volume of the bars around, and of that hour."""

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.findings.series import BarSeries

_NEIGHBOURS = 20
"""Bars on each side that tell the usual range."""

_SESSIONS = 10
"""Sessions on each side whose bar of the same time tells it too: every first minute is wild."""

FEWEST = 5
"""Bars that must tell the usual range of a place, else all of the series tells it."""

_SAMPLE = 10_000


def around_of(series: BarSeries, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Rows of the neighbours on both sides, -1 beyond the data; shape (n_rows, 2 * _NEIGHBOURS)."""
    offsets = np.arange(-_NEIGHBOURS, _NEIGHBOURS + 1)
    around = rows[:, np.newaxis] + offsets[offsets != 0]
    around[around >= len(series.columns)] = -1
    return np.maximum(around, -1)


def same_time_of(series: BarSeries, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Rows of the bars at the same time of sessions nearby, -1 where there is none."""
    calendar, stamps = series.calendar, series.columns.timestamp
    session = calendar.rows_of(stamps[rows])
    offsets = np.arange(-_SESSIONS, _SESSIONS + 1)
    others = session[:, np.newaxis] + offsets[offsets != 0]
    others = others.clip(0, len(calendar) - 1)
    since = stamps[rows] - calendar.date_start[session]
    wanted = calendar.date_start[others] + since[:, np.newaxis]
    found = np.searchsorted(stamps, wanted).clip(max=len(stamps) - 1)
    return np.where((stamps[found] == wanted) & (found != rows[:, np.newaxis]), found, -1)


def true_ranges(series: BarSeries, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """Range of each bar as a share of its price, the close before included; 0 where row is -1."""
    columns = series.columns
    before = columns.close[np.maximum(rows - 1, 0)]
    high, low = np.maximum(columns.high[rows], before), np.minimum(columns.low[rows], before)
    return np.where(rows >= 0, high / low - 1.0, 0.0)


def near_ranges(columns: BarColumns, first: int, last: int) -> NDArray[np.float64]:
    """Median true range of the four bars next to each of the rows [first, last).

    Cheap, and the least that the usual range of a place can be. A bar beyond the data has none.
    """
    begin, end = max(first - 2, 0), min(last + 2, len(columns))
    high, low = columns.high[begin:end], columns.low[begin:end]
    before = columns.close[max(begin - 1, 0) : end - 1]
    before = before if begin else np.concatenate((columns.close[:1], before))
    ranges = np.zeros(last - first + 4)
    place = slice(begin - first + 2, end - first + 2)
    np.divide(np.maximum(high, before), np.minimum(low, before), out=ranges[place])
    ranges[place] -= 1.0
    smaller, larger = np.minimum(ranges[:-1], ranges[1:]), np.maximum(ranges[:-1], ranges[1:])
    # Of two pairs, the middle ones are the larger minimum and the smaller maximum.
    middle = np.maximum(smaller[:-3], smaller[3:])
    middle += np.minimum(larger[:-3], larger[3:])
    middle *= 0.5
    return middle


def usual_range(series: BarSeries, around: NDArray[np.intp]) -> NDArray[np.float64]:
    """Median true range of the neighbours that moved; where they are few, of all bars that did."""
    if not len(around):
        return np.empty(0)
    sample = np.arange(0, len(series.columns), max(len(series.columns) // _SAMPLE, 1))
    everywhere = median_above_zero(true_ranges(series, sample[np.newaxis]), 1, np.inf)
    return median_above_zero(true_ranges(series, around), FEWEST, float(everywhere[0]))


def median_above_zero(
    values: NDArray[np.float64], fewest: int, otherwise: float
) -> NDArray[np.float64]:
    """Median of the values above zero in each row; `otherwise` where they are fewer than that."""
    ordered = np.sort(np.where(values > 0, values, np.inf), axis=1)
    count = (values > 0).sum(axis=1)
    enough = count >= max(fewest, 1)
    each, middle = np.arange(len(values)), np.where(enough, count, 1)
    two = ordered[each, (middle - 1) // 2] + ordered[each, middle // 2 % values.shape[1]]
    return np.where(enough, two / 2, otherwise)


def busy(
    series: BarSeries,
    rows: NDArray[np.intp],
    around: NDArray[np.intp],
    same_time: NDArray[np.intp],
) -> NDArray[np.float64]:
    """Median volume of the four nearest bars, in usual volumes of the place."""

    def median_volume(of: NDArray[np.intp]) -> NDArray[np.float64]:
        return median_above_zero(np.where(of >= 0, series.columns.volume[of], 0.0), 1, 0.0)

    nearest = median_volume(around[:, _NEIGHBOURS - 2 : _NEIGHBOURS + 2])
    usual = np.maximum(median_volume(around), median_volume(same_time))
    return np.divide(nearest, usual, out=np.zeros(len(rows)), where=usual > 0)
