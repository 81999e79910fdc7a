"""A chart of stored bars with what the checks found, each at its place."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from infrastructure.indicators.visualize_candles import (
    SHORT,
    add_views,
    candle_figure,
    day_text,
    local_times,
    triangle_gap,
)
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.findings.finding import Finding
from infrastructure.wording import counted

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_COLOURS = {"error": SHORT, "warning": "#b5791c", "note": "#5b7fa6"}


def visualize_findings(bars: Bars, findings: Sequence[Finding], view_bars: int = 200) -> "Figure":
    """A Plotly figure of the candles, session breaks, and a mark above every bar concerned.

    A finding of bars that are not there marks the bar that follows. view_bars: how many bars are in
    view at first: around the last error or warning, else the last ones. Opens smoothly up to some
    5,000 bars.
    Raises DataError where there are no bars.
    """
    rows = range(len(bars))
    view = _view(bars, findings, view_bars)
    detail = _detail(bars, findings) if len(bars) else ""  # candle_figure refuses none
    figure = candle_figure(bars, rows, view, "stored bars", detail)
    for finding in findings:
        _add_marks(figure, bars, finding)
    if len(view) < len(rows):
        add_views(figure, bars, {f"{len(view)} bars": view, "all bars": rows})
    return figure


def _detail(bars: Bars, findings: Sequence[Finding]) -> str:
    """The line below the title: first and last day, how many bars, how many findings."""
    total = sum(finding.count for finding in findings)
    days = [day_text(local_times(bars, part)[0]) for part in (range(1), range(len(bars))[-1:])]
    return f"{' to '.join(days)} · {len(bars):,} bars · {counted(total, 'finding')}"


def _view(bars: Bars, findings: Sequence[Finding], n_bars: int) -> range:
    """The bars that are in view at first."""
    rows = range(len(bars))
    severe = [f.stamps for f in findings if f.severity != "note" and len(f.stamps)]
    if not severe:
        return rows[-n_bars:]
    place = int(np.searchsorted(bars.timestamp, max(stamps[-1] for stamps in severe)))
    last = min(len(bars), max(n_bars, place + n_bars // 3))
    return rows[max(0, last - n_bars) : last]


def _add_marks(figure: "Figure", bars: Bars, finding: Finding) -> None:
    """A mark above each bar of a finding; none for those outside the bars shown."""
    from plotly.graph_objects import Scatter

    inside = finding.stamps[finding.stamps >= bars.timestamp[0]]
    places = np.unique(np.searchsorted(bars.timestamp, inside))
    places = places[places < len(bars)]
    if not len(places):
        return
    figure.add_trace(
        Scatter(
            x=places,
            y=bars.high[places] + triangle_gap(bars),
            mode="markers",
            name=finding.kind.replace("_", " "),
            marker={"symbol": "circle", "size": 8, "color": _COLOURS[finding.severity]},
            hovertext=[f"{finding.severity}: {finding.kind}"] * len(places),
            hoverinfo="text",
        )
    )
