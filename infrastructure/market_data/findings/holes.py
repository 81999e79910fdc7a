"""Bars missing inside sessions, and bars that stand between the marks of their interval."""

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.findings.commands import download, remove
from infrastructure.market_data.findings.finding import NOTE, WARNING, Finding
from infrastructure.market_data.findings.grid import Holes
from infrastructure.market_data.findings.series import BarSeries
from infrastructure.wording import counted

QUIET = 0.5
"""Where bars beside holes have less than this share of the usual volume, nobody traded there: data
that leaves out bars without a trade. A row lost on the way has busy neighbours as well as quiet."""

BY_CHANCE = 2.0
"""Holes that chance makes are short: longer than so many times what the share of bars present would
make them, they are not chance, but a feed that stood still, or a market that was closed."""

LONG_BARS = 1_800
"""Seconds. In bars so long somebody trades."""

MOSTLY_OFF = 0.5
"""Where more than this share of all bars is off the marks, their stamps are no opening times, and
to remove them would mend nothing."""


def missing_bars(series: BarSeries, holes: Holes) -> Finding | None:
    """Bars that sessions lack; a note where it is clear that nobody traded there."""
    missing = holes.missing
    if not len(missing):
        return None
    rows = series.calendar.rows_of(missing)
    first, length = _longest(missing, rows, series.step)
    worst = f"in {counted(len(np.unique(rows)), 'session')}; "
    worst += f"the longest hole is {counted(length, 'bar')} from {series.text(first)}"
    if _by_chance(series, missing, rows) and _nobody_traded(series, holes.beside):
        worst += "; volume is low beside the holes: bars without a trade are left out"
        return Finding("missing_bars", NOTE, len(missing), worst, "", missing)
    mend = download(series.symbol, series.interval, series.calendar.session[rows])
    return Finding("missing_bars", WARNING, len(missing), worst, mend, missing)


def untraded_hours(series: BarSeries, holes: Holes) -> Finding | None:
    """Places empty in most sessions: the market's hours are shorter than the calendar's."""
    if not len(holes.untraded):
        return None
    worst = f"bars of {series.calendar.name} that most sessions lack (a pause, or is another "
    worst += f"--calendar meant?), the first {series.text(holes.untraded[0])}"
    return Finding("untraded_hours", NOTE, len(holes.untraded), worst, "", holes.untraded)


def off_grid(series: BarSeries, holes: Holes) -> Finding | None:
    """Bars that open between two marks of their interval."""
    count = len(holes.off_grid)
    if not count:
        return None
    worst = f"{counted(count, 'bar')} between the marks of {series.interval}, "
    worst += f"the first {series.text(holes.off_grid[0])}"
    mend = remove(series.symbol, series.interval, "off_grid")
    if count > MOSTLY_OFF * len(series.columns):
        worst, mend = f"{worst}; so many: are the stamps opening times?", ""
    return Finding("off_grid", WARNING, count, worst, mend, holes.off_grid)


def _longest(missing: NDArray[np.int64], session: NDArray[np.intp], step: int) -> tuple[int, int]:
    """First stamp and length of the longest hole; a hole ends with its session."""
    begins = _begins(missing, session, step)
    lengths = np.diff(np.append(begins, len(missing)))
    longest = int(np.argmax(lengths))
    return int(missing[begins[longest]]), int(lengths[longest])


def _begins(missing: NDArray[np.int64], session: NDArray[np.intp], step: int) -> NDArray[np.intp]:
    """Where in `missing` each hole begins."""
    breaks = (np.diff(missing) > step) | (np.diff(session) > 0)
    return np.append(0, np.flatnonzero(breaks) + 1)


def _by_chance(series: BarSeries, missing: NDArray[np.int64], session: NDArray[np.intp]) -> bool:
    """Whether holes are as short as bars that are left out here and there would make them."""
    mean_length = len(missing) / len(_begins(missing, session, series.step))
    present = int(series.counts.sum())
    usual = 1 + len(missing) / present
    return series.step < LONG_BARS and mean_length <= BY_CHANCE * usual


def _nobody_traded(series: BarSeries, beside: NDArray[np.intp]) -> bool:
    """Whether the bars next to holes are far quieter than bars inside sessions usually are."""
    volume = series.columns.volume
    near = float(np.median(volume[beside[series.inside(beside)]])) if len(beside) else 0.0
    rows = np.arange(series.begin[0], series.end[-1], max(len(volume) // _SAMPLE, 1))
    usual = float(np.median(volume[rows[series.inside(rows)]]))
    return usual > 0 and near < QUIET * usual


_SAMPLE = 100_000
"""Bars that tell the usual volume well enough, evenly spread."""
