"""Spikes: prices that jump away for one bar and come back."""

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.findings.commands import remove
from infrastructure.market_data.findings.extremes import Extremes, find_extremes
from infrastructure.market_data.findings.finding import ERROR, NOTE, WARNING, Finding
from infrastructure.market_data.findings.series import BarSeries

BUSY = 3.0
"""A real rush lasts: the bars on both sides of it have at least so many usual volumes. A false
print stands among bars as quiet as ever, even where it is a large block that was reported late."""


def spikes(series: BarSeries) -> list[Finding]:
    """False prices, and sudden moves that the market's own rush makes believable."""
    found = find_extremes(series)
    real = found.busy >= BUSY
    parts = ((_chosen(found, ~real), "spike"), (_chosen(found, real), "sudden_move"))
    return [_finding(series, part, kind) for part, kind in parts if len(part.rows)]


def _chosen(found: Extremes, which: NDArray[np.bool_]) -> Extremes:
    return Extremes(found.rows[which], found.size[which], found.times[which], found.busy[which])


def _finding(series: BarSeries, found: Extremes, kind: str) -> Finding:
    """An error inside sessions, where stops would be filled at it; a warning outside."""
    columns = series.columns
    inside = series.inside(found.rows)
    worst = int(np.argmax(np.where(inside, found.times, -1.0) if inside.any() else found.times))
    row = int(found.rows[worst])
    up = columns.high[row] / columns.high[row - 1] > columns.low[row - 1] / columns.low[row]
    name = "high" if up else "low"
    column = columns.high if up else columns.low
    told = (
        f"the worst is {series.row_text(row)}: {name} {column[row]:g} between {column[row - 1]:g} "
        f"and {column[row + 1]:g}, {found.times[worst]:.0f} times the usual range away from both"
    )
    stamps = series.stamps(found.rows)
    if kind == "sudden_move":
        told += f", among bars of {found.busy[worst]:.0f} times the usual volume: a real move"
        return Finding(kind, NOTE, len(stamps), told, "", stamps)
    severity = ERROR if inside.any() else WARNING
    told += "" if inside.all() else f"; {int((~inside).sum()):,} of them outside the sessions"
    return Finding(
        kind, severity, len(stamps), told, remove(series.symbol, series.interval, kind), stamps
    )
