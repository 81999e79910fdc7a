"""One bar for each session, from the bars inside it: what splits and volumes are judged by."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.findings.series import BarSeries


@dataclass(frozen=True, eq=False)
class DailyBars:
    """Sessions that have bars; every column has shape (n,).

    session: row in the series. day: date, days since 1970. stamp: opening time of the first bar.
    """

    session: NDArray[np.intp]
    day: NDArray[np.int64]
    stamp: NDArray[np.int64]
    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.session)


def daily_bars(series: BarSeries) -> DailyBars:
    """The regular hours of each session as one bar."""
    columns = series.columns
    filled = np.flatnonzero(series.counts > 0)
    begin, end = series.begin[filled], series.end[filled]
    bounds = np.column_stack((begin, end)).ravel()
    bounds = bounds[:-1] if bounds[-1] == len(columns) else bounds
    return DailyBars(
        session=filled,
        day=series.days[filled],
        stamp=columns.timestamp[begin],
        open=columns.open[begin],
        high=np.maximum.reduceat(columns.high, bounds)[::2],
        low=np.minimum.reduceat(columns.low, bounds)[::2],
        close=columns.close[end - 1],
        volume=np.add.reduceat(columns.volume, bounds)[::2],
    )


def medians_around(values: NDArray[np.float64], row: int, length: int) -> tuple[float, float]:
    """Median of the `length` values before `row`, and of as many from it on; NaN where none are."""
    before, after = values[max(row - length, 0) : row], values[row : row + length]
    return (
        float(np.median(before)) if len(before) else np.nan,
        float(np.median(after)) if len(after) else np.nan,
    )
