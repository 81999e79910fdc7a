"""A change of the unit of volume: lots for shares, one exchange for all of them."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from infrastructure.market_data.findings.commands import download
from infrastructure.market_data.findings.daily_bars import DailyBars
from infrastructure.market_data.findings.finding import WARNING, Finding
from infrastructure.market_data.findings.series import BarSeries
from infrastructure.market_data.sessions.session_calendar import day_text

SESSIONS = 10
"""Sessions on each side that must all agree: the least of one is above the most of the other."""

NEAR = 0.25
"""How far the change may lie from a power of ten, as a decimal logarithm: 5.6 to 18 for ten."""

LARGEST = 6
"""Powers of ten looked for: from 10 to a million."""

CALM = 0.3
"""A market that truly trades ten times as much moves more too. Ranges that change by more than this
decimal logarithm (a factor of two), or a price that jumps so far, make it a true change."""


def volume_unit(series: BarSeries, daily: DailyBars) -> Finding | None:
    """Sessions from which on volume is about 10, 100, 1000 ... times what it was, and stays so."""
    traded = np.flatnonzero(daily.volume > 0)
    if len(traded) < 2 * SESSIONS:
        return None
    levels = np.log10(daily.volume[traded])
    rows = [row for row in _steps(levels) if _calm(daily, traded, row)]
    if not rows:
        return None
    shifts = [_shift(levels, row) for row in rows]
    worst = int(np.argmax(np.abs(shifts)))
    day, factor = daily.day[traded[rows[worst]]], 10 ** abs(shifts[worst])
    way = "more" if shifts[worst] > 0 else "less"
    told = (
        f"from {day_text(day)} on volume is {factor:,.0f} times {way}, while prices go on as before"
    )
    other = daily.day[traded[rows[worst]] :]
    if len(other) > len(daily) / 2:
        other = daily.day[: traded[rows[worst]]]
    mend = download(series.symbol, series.interval, other)
    return Finding("volume_unit", WARNING, len(rows), told, mend, daily.stamp[traded[rows]])


def _steps(levels: NDArray[np.float64]) -> list[int]:
    """Rows at which the level changes by about a power of ten, all sessions around agreeing."""
    windows = sliding_window_view(levels, SESSIONS)
    before, after = windows[:-SESSIONS], windows[SESSIONS:]
    apart = (after.min(axis=1) > before.max(axis=1)) | (after.max(axis=1) < before.min(axis=1))
    candidates = np.flatnonzero(apart)
    shift = np.abs(np.median(after[candidates], axis=1) - np.median(before[candidates], axis=1))
    power = np.round(shift).clip(1, LARGEST)
    near = candidates[np.abs(shift - power) < NEAR] + SESSIONS
    steps = np.abs(levels[near] - levels[near - 1])
    return [
        int(row)
        for row, step in zip(near, steps, strict=True)
        if step == steps[np.abs(near - row) < SESSIONS].max()
    ]


def _shift(levels: NDArray[np.float64], row: int) -> float:
    before, after = levels[row - SESSIONS : row], levels[row : row + SESSIONS]
    return float(np.median(after) - np.median(before))


def _calm(daily: DailyBars, traded: NDArray[np.intp], row: int) -> bool:
    """Whether price and range go on as before."""
    before, after = traded[row - SESSIONS : row], traded[row : row + SESSIONS]
    ranges = [np.median(daily.high[rows] / daily.low[rows] - 1) for rows in (before, after)]
    jump = abs(np.log10(daily.open[traded[row]] / daily.close[traded[row - 1]]))
    wilder = ranges[1] > ranges[0] * 10**CALM or ranges[0] > ranges[1] * 10**CALM
    return bool(jump < CALM / 2 and not wilder)
