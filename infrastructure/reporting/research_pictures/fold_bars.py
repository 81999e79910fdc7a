"""Fold by fold: what was promised in sample, what came out of it, and which share that is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.reporting.research_pictures.fold_words import (
    about,
    both_sides,
    fold_axis,
    summary,
    undefined,
)
from infrastructure.reporting.research_pictures.look import (
    FAINT,
    GAIN,
    INK,
    LOSS,
    PALE,
    ZERO,
    dress,
    nothing,
)
from infrastructure.reporting.research_pictures.measures import Measure, measure_of
from infrastructure.reporting.research_pictures.shapes import Fold

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_EFFICIENCY = (-1.0, 2.0)
"""The range of efficiencies that is drawn; others stand at its edge."""


def fold_bars(folds: Sequence[Fold], objective: str = "sqn") -> "Figure":
    """Bars of a figure, in and out of sample, for each fold; below them the fold's efficiency.

    objective: a name of TradeMetrics, read from both sides of each fold; missing ones are NaN.
    Efficiencies outside -1 to 2 are triangles at the edge; the hover label has the number.
    """
    from plotly.subplots import make_subplots

    measure = measure_of(objective)
    heading = f"{measure.label} fold by fold"
    inside, outside = both_sides(folds, objective)
    if not np.isfinite([*inside, *outside]).any():
        return nothing(heading, undefined(folds, objective))
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.74, 0.26], vertical_spacing=0.07
    )
    names = [str(fold.number) for fold in folds]
    hover = [about(fold) for fold in folds]
    neutral = measure.neutral or 0.0
    colours = [LOSS if value < neutral else GAIN for value in outside]
    _bars(figure, "in sample", names, inside, PALE, hover, measure)
    _bars(figure, "out of sample", names, outside, colours, hover, measure)
    _legend(figure, bool((outside < neutral).any()))
    _efficiencies(figure, folds, names, hover)
    dress(figure, heading, summary(inside, outside, measure), 580)
    figure.update_layout(bargap=0.34, bargroupgap=0.06)
    _axes(figure, folds, names, measure)
    return figure


def _bars(
    figure: "Figure",
    side: str,
    names: list[str],
    values: NDArray[np.float64],
    colour: Any,
    hover: list[str],
    measure: Measure,
) -> None:
    from plotly.graph_objects import Bar

    bars = Bar(
        x=names, y=values, name=side, showlegend=False, customdata=hover,
        marker={"color": colour, "line": {"width": 0}},
        hovertemplate=f"<b>fold %{{x}} {side}</b><br>{measure.label} %{{y:{measure.hover}}}<br>"
        "%{customdata}<extra></extra>",
    )  # fmt: skip
    figure.add_trace(bars, row=1, col=1)


def _legend(figure: "Figure", losses: bool) -> None:
    """Squares that name the colours; the bars' own entries could show only one each."""
    from plotly.graph_objects import Scatter

    entries = [("in sample", PALE), ("out of sample", GAIN)]
    if losses:
        entries.append(("out of sample, a loss", LOSS))
    for name, colour in entries:
        marker = {"symbol": "square", "size": 11, "color": colour}
        figure.add_trace(
            Scatter(x=[None], y=[None], mode="markers", marker=marker, name=name), row=1, col=1
        )


def _efficiencies(
    figure: "Figure", folds: Sequence[Fold], names: list[str], hover: list[str]
) -> None:
    from plotly.graph_objects import Scatter

    values = np.array([fold.efficiency for fold in folds], np.float64)
    low, high = _EFFICIENCY
    symbols = [
        "triangle-up" if value > high else "triangle-down" if value < low else "circle"
        for value in values
    ]
    colours = [LOSS if value < 0.0 else GAIN for value in values]
    figure.add_trace(
        Scatter(
            x=names, y=np.clip(values, low, high), mode="markers", showlegend=False,
            marker={"symbol": symbols, "size": 10, "color": colours}, cliponaxis=False,
            customdata=hover,
            hovertemplate="<b>fold %{x}</b><br>%{customdata}<extra></extra>",
        ),
        row=2, col=1,
    )  # fmt: skip
    figure.add_hline(1.0, line={"color": FAINT, "width": 1, "dash": "dot"}, row=2, col=1)


def _axes(figure: "Figure", folds: Sequence[Fold], names: list[str], measure: Measure) -> None:
    order = {"type": "category", "categoryorder": "array", "categoryarray": names}
    figure.update_xaxes(**order, showgrid=False, tickangle=0)
    figure.update_xaxes(row=1, col=1, showticklabels=False)
    figure.update_xaxes(row=2, col=1, **fold_axis(folds))
    figure.update_yaxes(row=1, col=1, title_text=measure.axis)
    low, high = _EFFICIENCY
    figure.update_yaxes(
        row=2,
        col=1,
        title_text="efficiency",
        range=[low - 0.1, high + 0.1],
        tickvals=[-1, 0, 1, 2],
        **ZERO,
    )
    neutral = measure.neutral if measure.neutral is not None else 0.0
    figure.add_hline(neutral, line={"color": INK, "width": 1}, row=1, col=1)
