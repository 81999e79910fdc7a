"""What each gate of the account cost: trades it stopped, and what they would have brought."""

from typing import TYPE_CHECKING

import numpy as np

from infrastructure.reporting.research_pictures.look import (
    FAINT,
    GAIN,
    LOSS,
    PALE,
    ZERO,
    dress,
    nothing,
    plain,
)
from infrastructure.reporting.research_pictures.shapes import Gates

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_ROW, _AROUND = 46, 190


def gate_bars(gates: Gates) -> "Figure":
    """Two panels, a row for each rule: trades stopped, and their mean R with its interval.

    Rules without a defined mean have no point; orange is a mean below zero: the rule helped.
    """
    from plotly.graph_objects import Bar, Scatter
    from plotly.subplots import make_subplots

    heading = "What each rule stopped, and what that would have brought"
    rules = [gate for gate in gates.rules if gate.stopped > 0]
    if not rules:
        return nothing(heading, "no rule stopped a signal")
    names = [plain(gate.rule.replace("_", " "), 36) for gate in rules]
    figure = make_subplots(
        rows=1, cols=2, shared_yaxes=True, column_widths=[0.42, 0.58], horizontal_spacing=0.05
    )
    stopped = [gate.stopped for gate in rules]
    taken = [gate.taken for gate in rules]
    for name, values, colour in (  # the first of a group is drawn lowest
        ("of these, taken on the side", taken, FAINT),
        ("stopped", stopped, PALE),
    ):
        figure.add_trace(
            Bar(
                x=values, y=names, orientation="h", name=name, marker={"color": colour},
                text=[f"{value:,}" for value in values], textposition="outside", cliponaxis=False,
                hovertemplate=f"%{{y}}<br>%{{x:,}} {name}<extra></extra>",
            ),
            row=1, col=1,
        )  # fmt: skip
    mean = np.array([gate.mean_r for gate in rules], np.float64)
    low = np.array([gate.low for gate in rules], np.float64)
    high = np.array([gate.high for gate in rules], np.float64)
    colours = [LOSS if value < 0.0 else GAIN for value in mean]
    figure.add_trace(
        Scatter(
            x=mean, y=names, mode="markers", showlegend=False,
            marker={"size": 11, "color": colours},
            error_x={
                "type": "data", "symmetric": False, "array": high - mean, "arrayminus": mean - low,
                "color": FAINT, "thickness": 1.5, "width": 5,
            },
            customdata=np.column_stack((low, high)),
            hovertemplate="%{y}<br>mean %{x:.3f} R, from %{customdata[0]:.3f} to "
            "%{customdata[1]:.3f}<extra></extra>",
        ),
        row=1, col=2,
    )  # fmt: skip
    _dress(figure, heading, sum(stopped), sum(taken), len(rules), names)
    return figure


def _dress(
    figure: "Figure", heading: str, stopped: int, taken: int, n_rules: int, names: list[str]
) -> None:
    detail = f"{stopped:,} signals stopped · {taken:,} of them taken on the side"
    dress(figure, heading, detail, _AROUND + _ROW * n_rules)
    figure.update_layout(margin={"l": 24})
    figure.update_yaxes(
        type="category", categoryorder="array", categoryarray=names[::-1], showgrid=False
    )
    figure.update_xaxes(row=1, col=1, title_text="signals", tickformat=",d", rangemode="tozero")
    figure.update_xaxes(row=1, col=2, title_text="mean R a trade, and its interval", **ZERO)
    figure.update_layout(bargap=0.3, bargroupgap=0.05, legend={"traceorder": "reversed"})
