"""Which marks of the interval inside a session no bar stands on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.findings.series import BarSeries
from infrastructure.market_data.intervals import DAY

NEVER_TRADED = 0.6
"""A place in the session that is empty in more than this share of sessions is no hole: a lunch
break, the pause of futures, Friday night in forex (three weeks of five, by summer time)..."""

FEWEST_TO_TELL = 4
"""...of at least so many sessions, of all days or of one day of the week."""


@dataclass(frozen=True, eq=False)
class Holes:
    """What a series, or a part of it, lacks.

    missing: opening times of bars that should be there. untraded: of places that are empty most
    days. off_grid: of bars between the marks. beside: rows of the bars next to a missing one.
    """

    missing: NDArray[np.int64]
    untraded: NDArray[np.int64]
    off_grid: NDArray[np.int64]
    beside: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class _Marks:
    """Sessions that are not whole, with the marks that their bars should stand on.

    sessions: rows in the series. first: stamp of the first mark. length: how many marks.
    rows: of all their bars, in the columns. owner: place in `sessions` of each bar's session.
    """

    sessions: NDArray[np.intp]
    first: NDArray[np.int64]
    length: NDArray[np.int64]
    rows: NDArray[np.intp]
    owner: NDArray[np.intp]


def find_holes(series: BarSeries, skipped: NDArray[np.intp], cut: NDArray[np.intp]) -> Holes:
    """What the sessions lack, a part of the series after the other.

    skipped: sessions that other findings report as a whole. cut: sessions of which only the middle
    of their bars is looked at, because the data begins or ends in them.
    """
    parts = [Holes(*(np.empty(0, dtype=np.int64) for _ in range(4)))]
    if series.step < DAY:
        whole = _whole(series)
        for part in series.session_slices():
            broken = np.flatnonzero(~whole[part]) + part.start
            if len(broken):
                parts.append(_holes_of(series, part, _marks(series, broken), skipped, cut))
    names = ("missing", "untraded", "off_grid", "beside")
    return Holes(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _whole(series: BarSeries) -> NDArray[np.bool_]:
    """Sessions with a bar on each mark from the opening on; those without a bar pass for whole."""
    stamps, counts = series.columns.timestamp, series.counts
    whole: NDArray[np.bool_] = counts == series.expected
    rows = np.flatnonzero(whole)
    opens = series.opens_at[rows]
    last = opens + (counts[rows] - 1) * series.step
    whole[rows] = (stamps[series.begin[rows]] == opens) & (stamps[series.end[rows] - 1] == last)
    for begin, end in series.row_slices():
        close = np.flatnonzero(np.diff(stamps[begin : end + 1]) < series.step) + begin
        close = close[series.inside(close)]
        whole[np.searchsorted(series.begin, close, side="right") - 1] = False
    whole[counts == 0] = True
    return whole


def _marks(series: BarSeries, sessions: NDArray[np.intp]) -> _Marks:
    """Marks from the opening on; or on the exchange's whole intervals, where more bars stand.

    Hourly bars of a session that opens at 09:30 may open at 10:00, 11:00 and so on.
    """
    counts = series.counts[sessions]
    owner = np.repeat(np.arange(len(sessions)), counts)
    over = np.cumsum(counts)
    rows = np.arange(len(owner)) + np.repeat(series.begin[sessions] - (over - counts), counts)
    stamps = series.columns.timestamp[rows]
    opens = series.opens_at[sessions]
    midnight = series.calendar.date_start[series.sessions[sessions]]
    on_clock = (stamps - midnight[owner]) % series.step == 0
    from_open = (stamps - opens[owner]) % series.step == 0
    first = opens
    if on_clock.sum() > from_open.sum():
        first = midnight + (opens - midnight) // series.step * series.step
    length = -((first - series.closes_at[sessions]) // series.step)
    return _Marks(sessions, first, length, rows, owner)


def _holes_of(
    series: BarSeries, part: slice, marks: _Marks, skipped: NDArray[np.intp], cut: NDArray[np.intp]
) -> Holes:
    opens = series.opens_at[marks.sessions]
    stamps = series.columns.timestamp[marks.rows]
    since = stamps - marks.first[marks.owner]
    off = (since % series.step != 0) & (stamps != opens[marks.owner])
    before = np.cumsum(marks.length) - marks.length
    filled = np.zeros(int(marks.length.sum()), dtype=np.bool_)
    filled[before[marks.owner] + since // series.step] = True
    filled |= np.repeat(np.isin(marks.sessions, skipped), marks.length)
    _fill_cut(series, filled, marks, before, cut)
    empty = np.flatnonzero(~filled)
    owner = np.searchsorted(before, empty, side="right") - 1
    place = empty - before[owner]
    never = _never_traded(series, part, marks.sessions[owner], place)
    holes = np.maximum(marks.first[owner] + place * series.step, opens[owner])
    beside = np.searchsorted(series.columns.timestamp, holes[~never])
    beside = np.unique(np.concatenate([beside - 1, beside]))
    beside = beside[(beside >= 0) & (beside < len(series.columns))]
    return Holes(holes[~never], holes[never], stamps[off], beside)


def _fill_cut(
    series: BarSeries,
    filled: NDArray[np.bool_],
    marks: _Marks,
    before: NDArray[np.int64],
    cut: NDArray[np.intp],
) -> None:
    """Nothing is missing before the data's first bar, nor after its last."""
    for local in np.flatnonzero(np.isin(marks.sessions, cut)).tolist():
        places = filled[before[local] : before[local] + marks.length[local]]  # a view
        there = np.flatnonzero(places)
        if marks.sessions[local] == 0:
            places[: there[0]] = True
        if marks.sessions[local] == len(series.sessions) - 1:
            places[there[-1] :] = True


def _never_traded(
    series: BarSeries, part: slice, session: NDArray[np.intp], place: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether an empty place is empty in most sessions, or in most of that day of the week."""
    if not len(place):
        return np.zeros(0, dtype=np.bool_)
    there = series.days[part][series.counts[part] > 0] % 7
    weekday = series.days[session] % 7
    width = int(place.max()) + 1
    each = np.bincount(weekday * width + place, minlength=7 * width).reshape(7, width)
    of_day = np.bincount(there, minlength=7)
    never = each > NEVER_TRADED * of_day[:, np.newaxis]
    never[of_day < FEWEST_TO_TELL] = False
    if len(there) >= FEWEST_TO_TELL:
        never |= each.sum(axis=0) > NEVER_TRADED * len(there)
    return never[weekday, place]
