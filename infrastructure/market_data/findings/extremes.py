"""How far each bar stands out from its two neighbours, against what is usual there and then."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.findings.series import BarSeries

TOO_FAR = 8.0
"""How many usual ranges a bar must stand out. On real data, true moves reach 7 (a minute of tariff
news), the crash of 2015-08-24 less than 4, since its neighbours moved as well; false prints begin
at 8 and go into the hundreds."""

_NEIGHBOURS = 20
"""Bars on each side that tell the usual range."""

_SESSIONS = 10
"""Sessions on each side whose bar of the same time tells it too: every first minute is wild."""

_FEWEST = 5
"""Bars that must tell the usual range of a place, else all of the series tells it."""

_SAMPLE = 10_000


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
    around = _around(series, rows)
    scale = np.maximum(scale, _usual_range(series, around))
    kept = size > TOO_FAR * scale
    rows, size, scale, around = rows[kept], size[kept], scale[kept], around[kept]
    same_time = _same_time(series, rows)
    scale = np.maximum(scale, _usual(_true_ranges(series, same_time), _FEWEST, 0.0))
    kept = size > TOO_FAR * scale
    rows, size, scale = rows[kept], size[kept], scale[kept]
    return Extremes(rows, size, size / scale, _busy(series, rows, around[kept], same_time[kept]))


def _candidates(
    columns: BarColumns, first: int, last: int
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """Rows in [first, last) that are far beyond the median range of the four bars next to them.

    With how far, and that median: the least that the usual range of the place can be.
    """
    begin, end = max(first - 3, 0), min(last + 2, len(columns))
    high, low, close = (getattr(columns, name)[begin:end] for name in ("high", "low", "close"))
    if end - begin < 3:
        return np.empty(0, dtype=np.intp), np.empty(0), np.empty(0)
    size = np.maximum(
        high[1:-1] / np.maximum(high[:-2], high[2:]), np.minimum(low[:-2], low[2:]) / low[1:-1]
    )
    size -= 1.0
    before = np.concatenate((close[:1], close[:-1]))
    ranges = np.zeros(end - begin + 2)  # a place more at each end
    np.divide(np.maximum(high, before), np.minimum(low, before), out=ranges[1:-1])
    ranges[1:-1] -= 1.0
    two = np.minimum(ranges[:-1], ranges[1:]), np.maximum(ranges[:-1], ranges[1:])
    # The middle two of four: the larger of the two minima and the smaller of the two maxima.
    lower = np.maximum(two[0][:-3], two[0][3:])
    upper = np.minimum(two[1][:-3], two[1][3:])
    near = (lower + upper) * 0.5
    places = np.flatnonzero(size > TOO_FAR * near)
    rows = places + begin + 1
    kept = (rows >= first) & (rows < last)
    return rows[kept], size[places[kept]], near[places[kept]]


def _around(series: BarSeries, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Rows of the neighbours on both sides, -1 beyond the data; shape (n_rows, 2 * _NEIGHBOURS)."""
    offsets = np.arange(-_NEIGHBOURS, _NEIGHBOURS + 1)
    around = rows[:, np.newaxis] + offsets[offsets != 0]
    around[around >= len(series.columns)] = -1
    return np.maximum(around, -1)


def _same_time(series: BarSeries, rows: NDArray[np.intp]) -> NDArray[np.intp]:
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


def _true_ranges(series: BarSeries, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """Range of each bar as a share of its price, the close before included; 0 where row is -1."""
    columns = series.columns
    before = columns.close[np.maximum(rows - 1, 0)]
    high, low = np.maximum(columns.high[rows], before), np.minimum(columns.low[rows], before)
    return np.where(rows >= 0, high / low - 1.0, 0.0)


def _usual_range(series: BarSeries, around: NDArray[np.intp]) -> NDArray[np.float64]:
    """Median true range of the neighbours that moved; where they are few, of all bars that did."""
    if not len(around):
        return np.empty(0)
    sample = np.arange(0, len(series.columns), max(len(series.columns) // _SAMPLE, 1))
    everywhere = _usual(_true_ranges(series, sample[np.newaxis]), 1, np.inf)
    return _usual(_true_ranges(series, around), _FEWEST, float(everywhere[0]))


def _usual(values: NDArray[np.float64], fewest: int, otherwise: float) -> NDArray[np.float64]:
    """Median of the values above zero in each row; `otherwise` where they are fewer than that."""
    ordered = np.sort(np.where(values > 0, values, np.inf), axis=1)
    count = (values > 0).sum(axis=1)
    each = np.arange(len(values))
    enough = count >= max(fewest, 1)
    lower, upper = (
        ordered[each, (count - enough) // 2],
        ordered[each, np.where(enough, count // 2, 0)],
    )
    return np.where(enough, (lower + upper) / 2, otherwise)


def _busy(
    series: BarSeries,
    rows: NDArray[np.intp],
    around: NDArray[np.intp],
    same_time: NDArray[np.intp],
) -> NDArray[np.float64]:
    """Median volume of the four nearest bars, in usual volumes of the place."""

    def volumes(of: NDArray[np.intp]) -> NDArray[np.float64]:
        return np.where(of >= 0, series.columns.volume[of], 0.0)

    nearest = around[:, _NEIGHBOURS - 2 : _NEIGHBOURS + 2]
    usual = np.maximum(_usual(volumes(around), 1, 0.0), _usual(volumes(same_time), 1, 0.0))
    return np.divide(
        _usual(volumes(nearest), 1, 0.0), usual, out=np.zeros(len(rows)), where=usual > 0
    )
