"""Rows in which nothing happens: the same bar again, no range, no volume; and runs of such rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.findings.series import BarSeries


@dataclass(frozen=True, eq=False)
class Runs:
    """Runs of rows that follow each other: place in `rows` at which each begins, and its length."""

    rows: NDArray[np.intp]
    begins: NDArray[np.intp]
    lengths: NDArray[np.intp]

    def of_at_least(self, length: int) -> NDArray[np.bool_]:
        """Which of `rows` stand in runs so long, shape (n_rows,)."""
        return np.repeat(self.lengths >= length, self.lengths)

    def longest(self) -> tuple[int, int]:
        """First row and length of the longest run."""
        place = int(np.argmax(self.lengths))
        return int(self.rows[self.begins[place]]), int(self.lengths[place])

    def last_rows(self) -> NDArray[np.intp]:
        """Last row of each run."""
        return self.rows[self.begins + self.lengths - 1]


def runs_of(rows: NDArray[np.intp]) -> Runs:
    """The runs in ascending row numbers."""
    begins = np.append(0, np.flatnonzero(np.diff(rows) > 1) + 1)[: len(rows)]
    return Runs(rows, begins, np.diff(np.append(begins, len(rows))))


def has_volume(series: BarSeries) -> bool:
    """Whether any bar has a volume: indices and currencies often have none."""
    volume = series.columns.volume
    return any(volume[first:last].any() for first, last in series.row_slices())


def repeating_rows(series: BarSeries) -> NDArray[np.intp]:
    """Bars inside sessions that say word for word what the bar before says, and say something.

    Without range and volume they say nothing: those are flat, or fill a hole.
    """
    columns = series.columns
    found = []
    for first, last in series.row_slices():
        begin = max(first - 1, 0)
        close = columns.close[begin:last]
        rows = np.flatnonzero(close[1:] == close[:-1]) + begin + 1
        rows = rows[(columns.high[rows] > columns.low[rows]) | (columns.volume[rows] > 0)]
        for column in (columns.open, columns.high, columns.low, columns.volume):
            rows = rows[column[rows] == column[rows - 1]]
        found.append(rows)
    return _inside(series, found)


def flat_rows(series: BarSeries) -> NDArray[np.intp]:
    """Bars inside sessions with high = low."""
    high, low = series.columns.high, series.columns.low
    slices = series.row_slices()
    return _inside(series, [np.flatnonzero(high[a:b] == low[a:b]) + a for a, b in slices])


def untraded_rows(series: BarSeries) -> NDArray[np.intp]:
    """Bars inside sessions without volume, whose price moved all the same."""
    columns = series.columns
    found = []
    for first, last in series.row_slices():
        rows = np.flatnonzero(columns.volume[first:last] == 0) + first
        found.append(rows[columns.high[rows] > columns.low[rows]])
    return _inside(series, found)


def _inside(series: BarSeries, found: list[NDArray[np.intp]]) -> NDArray[np.intp]:
    rows = np.concatenate(found)
    return rows[series.inside(rows)]
