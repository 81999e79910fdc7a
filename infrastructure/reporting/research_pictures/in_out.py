"""In sample against out of sample: a fold a point, the diagonal is a promise kept."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from infrastructure.reporting.research_pictures.fold_words import (
    about,
    both_sides,
    summary,
    undefined,
)
from infrastructure.reporting.research_pictures.look import (
    FAINT,
    GAIN,
    LOSS,
    PAPER,
    dress,
    level,
    nothing,
)
from infrastructure.reporting.research_pictures.measures import measure_of
from infrastructure.reporting.research_pictures.shapes import Fold

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_MOST_NUMBERED = 25
_MARGIN = 0.09


def in_out_scatter(folds: Sequence[Fold], objective: str = "sqn") -> "Figure":
    """A point for each fold that has the figure on both sides; both axes have one range.

    objective: a name of TradeMetrics. Folds without it on either side are counted as undefined.
    """
    from plotly.graph_objects import Figure, Scatter

    measure = measure_of(objective)
    heading = f"{measure.label} in sample against out of sample"
    inside, outside = both_sides(folds, objective)
    rows = np.flatnonzero(np.isfinite(inside) & np.isfinite(outside)).tolist()
    if len(rows) == 0:
        return nothing(heading, undefined(folds, objective))
    neutral = measure.neutral or 0.0
    few = len(rows) <= _MOST_NUMBERED
    points = Scatter(
        x=inside[rows],
        y=outside[rows],
        mode="markers+text" if few else "markers",
        text=[str(folds[row].number) for row in rows],
        textposition="top center",
        textfont={"color": FAINT, "size": 11},
        customdata=[about(folds[row]) for row in rows],
        marker={
            "size": 11 if few else 7,
            "color": [LOSS if outside[row] < neutral else GAIN for row in rows],
            "line": {"color": PAPER, "width": 1},
        },
        showlegend=False,
        hovertemplate=f"<b>fold %{{text}}</b><br>in sample %{{x:{measure.hover}}}, out of sample "
        f"%{{y:{measure.hover}}}<br>%{{customdata}}<extra></extra>",
    )
    figure = dress(Figure(points), heading, summary(inside, outside, measure), 560)
    shown = np.concatenate((inside[rows], outside[rows], [neutral]))
    low, high = float(shown.min()), float(shown.max())
    room = _MARGIN * (high - low) or 1.0
    ends = [low - room, high + room]
    figure.add_shape(
        type="line", x0=ends[0], y0=ends[0], x1=ends[1], y1=ends[1],
        line={"color": FAINT, "width": 1, "dash": "dot"},
    )  # fmt: skip
    figure.add_annotation(
        x=ends[1] - room, y=ends[1] - room, text="as good as in sample", showarrow=False,
        xanchor="right", yanchor="bottom", yshift=2, font={"color": FAINT, "size": 11},
    )  # fmt: skip
    level(figure, neutral)
    figure.update_xaxes(range=ends, title_text=f"in sample: {measure.axis}")
    figure.update_yaxes(range=ends, title_text=f"out of sample: {measure.axis}")
    return figure
