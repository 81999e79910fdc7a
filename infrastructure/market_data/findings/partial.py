"""Sessions with fewer bars than their length holds, told apart by why that may be."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.findings.series import BarSeries
from infrastructure.market_data.intervals import DAY

FAR_FEWER = 0.8
"""A session with less than this share of its bars is short as a whole; with more, it has holes."""

THIN = 0.95
"""Where the usual session has less than this share of its bars, bars without a trade are left out,
and sessions differ much from each other..."""

FAR_FEWER_OF_THIN = 0.5
"""...so that only one with less than half of the usual share is short."""


@dataclass(frozen=True, eq=False)
class PartialSessions:
    """Rows of sessions in the series; a session is in one of the three at most.

    cut: the first, where the data begins inside it, and the last, where it ends inside it. halved:
    as whole as one of the calendar's half days, on a day that is none. short: far too few bars.
    """

    cut: NDArray[np.intp]
    halved: NDArray[np.intp]
    short: NDArray[np.intp]

    @property
    def reported(self) -> NDArray[np.intp]:
        """Sessions that are reported as a whole: their missing bars are not counted one by one."""
        return np.concatenate((self.halved, self.short))


def partial_sessions(series: BarSeries) -> PartialSessions:
    """The sessions of which only a part is there."""
    if series.step == DAY:
        none = np.empty(0, dtype=np.intp)
        return PartialSessions(none, none, none)
    cut = _cut(series)
    halved = np.setdiff1d(_halved(series), cut)
    short = np.setdiff1d(_short(series), np.concatenate((cut, halved)))
    return PartialSessions(cut, halved, short)


def begins_late(series: BarSeries) -> bool:
    """Whether the first bar is not the first of its session."""
    return bool(series.columns.timestamp[series.begin[0]] >= series.opens_at[0] + series.step)


def ends_early(series: BarSeries) -> bool:
    """Whether a whole bar could follow the last one in its session."""
    last = series.columns.timestamp[series.end[-1] - 1]
    return bool(last + series.step < series.closes_at[-1])


def _cut(series: BarSeries) -> NDArray[np.intp]:
    rows = [0] if begins_late(series) else []
    rows += [len(series.sessions) - 1] if ends_early(series) else []
    return np.unique(np.array(rows, dtype=np.intp))


def _halved(series: BarSeries) -> NDArray[np.intp]:
    """Sessions that hold the first bars, without a hole, that a half day of this calendar has."""
    counts, expected = series.counts, series.expected
    lengths = np.unique(expected)
    suspects = np.flatnonzero((counts < expected) & np.isin(counts, lengths))
    last = series.columns.timestamp[series.end[suspects] - 1]
    whole = last == series.opens_at[suspects] + (counts[suspects] - 1) * series.step
    return suspects[whole]


def _short(series: BarSeries) -> NDArray[np.intp]:
    share = series.counts / series.expected
    filled = share > 0
    usual = min(float(np.median(share[filled])), 1.0)
    fewest = usual * (FAR_FEWER if usual >= THIN else FAR_FEWER_OF_THIN)
    return np.flatnonzero(filled & (share < fewest))
