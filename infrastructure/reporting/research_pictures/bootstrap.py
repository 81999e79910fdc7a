"""Bootstrap distributions: what the figures might have been on other draws of the same sessions."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from infrastructure.reporting.research_pictures.look import (
    FAINT,
    GAIN,
    INK,
    LOSS,
    PALE,
    dress,
    nothing,
)
from infrastructure.reporting.research_pictures.measures import Measure, measure_of
from infrastructure.reporting.research_pictures.shapes import Interval

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_BINS = 60
_ROW, _AROUND = 250, 120
_CENTRAL = (0.001, 0.999)
"""Quantiles between which the bars are drawn, widened to the interval: tails of one are a line."""


def bootstrap_distributions(intervals: Mapping[str, Interval]) -> "Figure":
    """A histogram for each figure, its interval shaded, its estimate a line.

    intervals: by the figure's name (that of TradeMetrics, or another). NaN resamples are left out
    and counted. Bars below the neutral value (0, or 1 of a profit factor) are orange.
    """
    from plotly.subplots import make_subplots

    heading = "Bootstrap distributions"
    known = {name: _finite(interval) for name, interval in intervals.items()}
    drawn = [name for name, values in known.items() if len(values)]
    if not drawn:
        return nothing(heading, "no figure has a defined resample")
    rows = -(-len(drawn) // 2)
    columns = min(2, len(drawn))
    figure = make_subplots(
        rows=rows, cols=columns, vertical_spacing=0.34 / max(rows, 2), horizontal_spacing=0.08,
        subplot_titles=[_said(measure_of(name), intervals[name]) for name in drawn],
    )  # fmt: skip
    for number, name in enumerate(drawn):
        row, column = divmod(number, 2)
        _panel(figure, (row + 1, column + 1), measure_of(name), intervals[name], known[name])
    sizes = sorted({len(known[name]) for name in drawn})
    resamples = f"{sizes[0]:,}" if len(sizes) == 1 else f"{sizes[0]:,} to {sizes[-1]:,}"
    missing = sum(np.size(intervals[name].distribution) - len(known[name]) for name in drawn)
    detail = f"{resamples} resamples" + (f" · {missing:,} undefined ones left out" * (missing > 0))
    left_out = [measure_of(name).label for name in intervals if name not in drawn]
    if left_out:
        detail += f" · nothing defined of {', '.join(left_out)}"
    dress(figure, heading, detail, _AROUND + _ROW * rows)
    figure.update_layout(margin={"l": 30, "t": 118, "b": 56}, bargap=0.04)
    figure.update_annotations(font={"size": 12.5}, yshift=4)
    figure.update_yaxes(showgrid=False, showticklabels=False)
    figure.update_xaxes(showgrid=False, nticks=7)
    return figure


def _finite(interval: Interval) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    values = np.asarray(interval.distribution, np.float64).reshape(-1)
    return values[np.isfinite(values)]


def _said(measure: Measure, interval: Interval) -> str:
    """`<b>SQN</b> 1.20, interval 0.31 to 2.05`."""
    bounds = measure.say_range(interval.low, interval.high)
    return f"<b>{measure.label}</b> {measure.say(interval.estimate)}, interval {bounds}"


def _panel(
    figure: "Figure",
    place: tuple[int, int],
    measure: Measure,
    interval: Interval,
    values: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> None:
    from plotly.graph_objects import Bar

    marks = [mark for mark in (interval.low, interval.high, interval.estimate) if np.isfinite(mark)]
    low, high = (float(edge) for edge in np.quantile(values, _CENTRAL))
    low, high = min([low, *marks]), max([high, *marks])
    counts, edges = np.histogram(values, bins=_BINS, range=(low, high))
    middles = (edges[:-1] + edges[1:]) / 2.0
    neutral = measure.neutral if measure.neutral is not None else -np.inf
    row, column = place
    figure.add_trace(
        Bar(
            x=middles, y=counts, width=0.94 * np.diff(edges), showlegend=False,
            marker={"color": [LOSS if x < neutral else GAIN for x in middles], "opacity": 0.75},
            hovertemplate=f"{measure.label} %{{x:{measure.hover}}}<br>%{{y:,}} resamples"
            "<extra></extra>",
        ),
        row=row, col=column,
    )  # fmt: skip
    if np.isfinite(interval.low) and np.isfinite(interval.high):
        band = {"fillcolor": PALE, "opacity": 0.35, "line_width": 0, "layer": "below"}
        figure.add_vrect(interval.low, interval.high, row=row, col=column, **band)
    if measure.neutral is not None and low < measure.neutral < high:
        line = {"color": FAINT, "width": 1, "dash": "dot"}
        figure.add_vline(measure.neutral, line=line, row=row, col=column)
    if np.isfinite(interval.estimate):
        figure.add_vline(interval.estimate, line={"color": INK, "width": 2}, row=row, col=column)
    figure.update_xaxes(title_text=measure.unit or None, row=row, col=column)
