"""Overnight jumps that look like splits, told from true crashes by the money that changed hands."""

from collections.abc import Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.findings.commands import adjust
from infrastructure.market_data.findings.daily_bars import DailyBars, medians_around
from infrastructure.market_data.findings.finding import ERROR, WARNING, Finding
from infrastructure.market_data.findings.series import BarSeries
from infrastructure.market_data.sessions.session_calendar import day_number, day_text

RATIOS = (1.25, 4 / 3, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 100)
"""New shares for an old one; the other way round, old shares for a new one."""

NEAR = 0.08
"""How far, as a logarithm, the jump may lie from a ratio: the market moves that night as well..."""

NEAR_SMALL = 0.03
"""...and how far from those below 2, which lie close together and near to plain bad news."""

SURE = 1.5
"""Bad news alone seldom moves a price so far while nobody trades; 5:4 and 4:3 stay warnings."""

USUAL_NIGHTS = 5.0
"""It may lie no further off than so many usual nights (by the median): quiet markets are exact."""

RUSH = 2.5
"""A crash makes everybody trade: the day's turnover in money is at least so many times the usual
(3.6 and more on the collected files, 11 at Apple's fall of 2000-09-29). A split changes the number
of shares and leaves the money as it was (at most 1.6)."""

LONGEST_GAP = 5
"""Sessions that may be missing between the two prices; after more, anything may have happened."""

_BEFORE = 20
_AFTER = 5
_NIGHTS = 60


def splits(
    series: BarSeries, daily: DailyBars, known: Mapping[date, float] | None = None
) -> Finding | None:
    """Splits that are neither in the prices' adjustment nor `known` (date: new for one old)."""
    given = {day_number(day): ratio for day, ratio in (known or {}).items()}
    found = [
        (row, ratio)
        for row, ratio in find_splits(daily)
        if not _is_known(int(daily.day[row]), ratio, given)
    ]
    if not found:
        return None
    row, ratio = max(found, key=lambda split: abs(np.log(split[1])))
    judged = bool(daily.volume.any())
    worst = (
        f"the largest on {day_text(daily.day[row])}: from {daily.close[row - 1]:g} to "
        f"{daily.open[row]:g} overnight, near {ratio_text(ratio)}"
    )
    sure = judged and max(ratio, 1 / ratio) >= SURE
    worst += ", with no rush of volume" if judged else "; there is no volume to judge it by"
    mend = adjust(series.symbol, [(int(daily.day[row]), ratio) for row, ratio in found])
    stamps = daily.stamp[[row for row, _ in found]]
    return Finding("split", ERROR if sure else WARNING, len(found), worst, mend, stamps)


def find_splits(daily: DailyBars) -> list[tuple[int, float]]:
    """Row in `daily` of each session that opens on a new scale, and new shares for an old one."""
    if len(daily) < 2:
        return []
    jumps = np.log(daily.close[:-1] / daily.open[1:])
    smallest = np.log(RATIOS[0]) - NEAR_SMALL
    rows = np.flatnonzero(np.abs(jumps) > smallest) + 1
    judged = ((row, _ratio(daily, jumps, row)) for row in rows.tolist())
    return [(row, ratio) for row, ratio in judged if ratio is not None]


def ratio_text(ratio: float) -> str:
    """`7:1`, `3:2`, `1:8`: new shares, old shares."""
    for old in (1, 2, 3, 4):
        if abs(ratio * old - round(ratio * old)) < 1e-6:
            return f"{round(ratio * old)}:{old}"
    return f"1:{1 / ratio:g}"


def _ratio(daily: DailyBars, jumps: NDArray[np.float64], row: int) -> float | None:
    """The split between session `row` and the one before; None where it is something else."""
    jump = float(jumps[row - 1])
    ratio = min(RATIOS, key=lambda ratio: abs(np.log(ratio) - abs(jump)))
    nights = np.abs(jumps[max(row - 1 - _NIGHTS, 0) : row - 1 + _NIGHTS])
    room = min(NEAR if ratio >= 2 else NEAR_SMALL, USUAL_NIGHTS * float(np.median(nights)) + 0.01)
    if abs(np.log(ratio) - abs(jump)) > room:
        return None
    if daily.session[row] - daily.session[row - 1] > LONGEST_GAP:
        return None
    if not _stays(daily, jump, row) or _rush(daily, row) >= RUSH:
        return None
    return ratio if jump > 0 else 1 / ratio


def _stays(daily: DailyBars, jump: float, row: int) -> bool:
    """Whether prices stay on the new level: else the opening price is the false one."""
    before, after = medians_around(daily.close, row, _AFTER)
    return bool(abs(np.log(before / after) - jump) < abs(jump) / 2)


def _rush(daily: DailyBars, row: int) -> float:
    """Turnover of the day in usual turnovers; 0 where there is no volume."""
    first = max(row - _BEFORE, 0)
    turnover = daily.volume[first : row + 1] * daily.close[first : row + 1]
    usual, that_day = medians_around(turnover, row - first, _BEFORE)
    return that_day / usual if usual > 0 else 0.0


def _is_known(day: int, ratio: float, known: Mapping[int, float]) -> bool:
    """Whether a split of about this ratio is known within a weekend of the day."""
    near = (known[other] for other in known if abs(other - day) <= 3)
    return any(abs(np.log(ratio / other)) <= NEAR for other in near)
