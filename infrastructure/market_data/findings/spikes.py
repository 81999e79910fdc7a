"""False prices: those that jump away for one bar, or for a few, and come back."""

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.findings.commands import remove
from infrastructure.market_data.findings.extremes import Extremes, find_extremes
from infrastructure.market_data.findings.finding import ERROR, NOTE, WARNING, Finding
from infrastructure.market_data.findings.series import BarSeries
from infrastructure.market_data.findings.stretches import Stretches, find_stretches
from infrastructure.wording import counted

BUSY = 3.0
"""A real rush lasts: the bars on both sides of it have at least so many usual volumes. A false
print stands among bars as quiet as ever, even where it is a large block that was reported late."""


def spikes(series: BarSeries) -> list[Finding]:
    """False prices, and sudden moves that the market's own rush makes believable."""
    found = find_extremes(series)
    real = found.busy >= BUSY
    parts = ((_chosen(found, ~real), "spike"), (_chosen(found, real), "sudden_move"))
    findings = [_finding(series, part, kind) for part, kind in parts if len(part.rows)]
    stretch = _displaced(series, find_stretches(series))
    return findings if stretch is None else [*findings, stretch]


def _chosen(found: Extremes, which: NDArray[np.bool_]) -> Extremes:
    return Extremes(found.rows[which], found.size[which], found.times[which], found.busy[which])


def _finding(series: BarSeries, found: Extremes, kind: str) -> Finding:
    """The worst of them in words; bars inside sessions count before those outside."""
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
    if kind == "sudden_move":
        stamps = series.stamps(found.rows)
        told += f", among bars of {found.busy[worst]:.0f} times the usual volume: a real move"
        return Finding(kind, NOTE, len(stamps), told, "", stamps)
    return _false_prices(series, found.rows, kind, told)


def _displaced(series: BarSeries, found: Stretches) -> Finding | None:
    """A few bars in a row on another level; not where a rush makes them believable."""
    false = np.flatnonzero(found.busy < BUSY)
    if not len(false):
        return None
    columns = series.columns
    worst = false[np.argmax(found.times[false])]
    first, last = int(found.first[worst]), int(found.last[worst])
    told = (
        f"the worst is {counted(last - first, 'bar')} from {series.row_text(first)}: open "
        f"{columns.open[first]:g} after {columns.close[first - 1]:g}, then {columns.open[last]:g} "
        f"after {columns.close[last - 1]:g}, {found.times[worst]:.0f} times the usual range away"
    )
    spans = zip(found.first[false].tolist(), found.last[false].tolist(), strict=True)
    rows = np.concatenate([np.arange(first, last) for first, last in spans])
    return _false_prices(series, rows, "displaced", told)


def _false_prices(series: BarSeries, rows: NDArray[np.intp], kind: str, told: str) -> Finding:
    """An error inside sessions, where stops would be filled at them; a warning outside."""
    inside = series.inside(rows)
    told += "" if inside.all() else f"; {int((~inside).sum()):,} of them outside the sessions"
    severity = ERROR if inside.any() else WARNING
    mend = remove(series.symbol, series.interval, kind)
    return Finding(kind, severity, len(rows), told, mend, series.stamps(rows))
