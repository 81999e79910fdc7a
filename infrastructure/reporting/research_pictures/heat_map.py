"""A sweep as a heat map over two of its keys, or as a curve over its only one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from infrastructure.reporting.research_pictures.colours import colours_of
from infrastructure.reporting.research_pictures.grid import (
    Grid,
    Rest,
    column_of,
    grid_of,
    values_of,
)
from infrastructure.reporting.research_pictures.look import (
    FAINT,
    GAIN,
    GRID,
    INK,
    PAPER,
    UNDEFINED,
    dress,
    key_name,
    level,
    nothing,
    plain,
)
from infrastructure.reporting.research_pictures.measures import Measure, measure_of
from infrastructure.reporting.research_pictures.places import Places, places_of

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure, Heatmap

_MOST_WRITTEN = (14, 12)
"""Cells across and up that are wide enough for their numbers."""


def sweep_heat_map(
    frame: "pd.DataFrame",
    x: str,
    y: str,
    objective: str,
    chosen: Mapping[str, Any] | None = None,
    rest: Rest = "median",
) -> "Figure":
    """The objective over the swept keys x and y, as a Plotly figure.

    frame: a row a trial, with the columns x, y and objective; NaN and infinite objectives are
    undefined. A key of more than 80 different numbers is cut into intervals.
    chosen: a trial to mark, by key. rest: which of the trials that share a cell (they differ in
    other keys) it shows; the subtitle says it.
    Raises ConfigError for a column that the frame does not have.
    """
    measure = measure_of(objective)
    heading = f"{measure.label} by {key_name(x)} and {key_name(y)}"
    grid = grid_of(frame, x, y, objective, measure, rest)
    if not grid.defined.any():
        return nothing(heading, undefined(objective))
    return _drawn(grid, (x, y), heading, measure, dict(chosen) if chosen is not None else {}, rest)


def undefined(objective: str) -> str:
    """What a picture says when there is nothing to draw."""
    return f"no trial has a defined {plain(objective)}"


def _drawn(
    grid: Grid,
    keys: tuple[str, str],
    heading: str,
    measure: Measure,
    chosen: dict[str, Any],
    rest: Rest,
) -> "Figure":
    from plotly.graph_objects import Figure, Heatmap

    colours = colours_of(grid.z, measure)
    names = [key_name(key) for key in keys]
    written = len(grid.x) <= _MOST_WRITTEN[0] and len(grid.y) <= _MOST_WRITTEN[1]
    gap = 1 if max(grid.z.shape) <= 40 else 0
    cells = Heatmap(
        x=grid.x.ticks,
        y=grid.y.ticks,
        z=grid.z,
        customdata=grid.defined,
        colorscale=colours.scale,
        zmin=colours.low,
        zmax=colours.high,
        xgap=gap,
        ygap=gap,
        colorbar=colour_bar(measure),
        texttemplate=f"%{{z:{measure.hover}}}" if written else None,
        hovertemplate=f"{names[0]} %{{x}}<br>{names[1]} %{{y}}<br>{measure.label} "
        f"%{{z:{measure.hover}}}<br>%{{customdata:,}} trials<extra></extra>",
    )
    far = f" · {colours.beyond} beyond the colours' ends" if colours.beyond else ""
    figure = Figure([cells, *_holes(grid, gap, names)])
    height = 560 if len(grid.y) > 6 else 250 + 52 * len(grid.y)
    dress(figure, heading, f"{grid.cell_words(rest)} · {grid.detail}{far}", height)
    figure.update_xaxes(**grid.x.layout(names[0]), showgrid=False)
    figure.update_yaxes(**grid.y.layout(names[1]), showgrid=False)
    _mark(figure, grid.x, grid.y, [chosen.get(key) for key in keys])
    return figure


def _holes(grid: Grid, gap: int, names: list[str]) -> "list[Heatmap]":
    """Grey cells where no trial has the objective, if there are any."""
    from plotly.graph_objects import Heatmap

    holes = np.where(np.isnan(grid.z), 1.0, np.nan)
    if np.isnan(holes).all():
        return []
    return [
        Heatmap(
            x=grid.x.ticks, y=grid.y.ticks, z=holes, xgap=gap, ygap=gap, showscale=False,
            colorscale=[(0.0, UNDEFINED), (1.0, UNDEFINED)],
            hovertemplate=f"{names[0]} %{{x}}<br>{names[1]} %{{y}}<br>undefined<extra></extra>",
        )
    ]  # fmt: skip


def colour_bar(measure: Measure) -> dict[str, Any]:
    """A slim bar with the figure's name and unit."""
    return {
        "title": {"text": measure.axis, "side": "top", "font": {"size": 12}},
        "thickness": 14,
        "outlinewidth": 0,
        "tickfont": {"color": FAINT},
        "tickformat": ",.6~f",
        "nticks": 8,
    }


def _mark(figure: "Figure", across: Places, up: Places, values: list[Any]) -> None:
    """A frame around the chosen cell, so that its number can be read."""
    from plotly.graph_objects import Scatter

    x, y = across.cell_of(values[0]), up.cell_of(values[1])
    if x is None or y is None:
        return
    for colour, width in ((PAPER, 5), (INK, 2.5)):
        figure.add_shape(
            type="rect", x0=x[0], x1=x[1], y0=y[0], y1=y[1], name="chosen",
            line={"color": colour, "width": width},
        )  # fmt: skip
    marker = {"symbol": "square-open", "size": 11, "color": INK, "line": {"width": 2.5}}
    figure.add_trace(
        Scatter(
            x=[None], y=[None], mode="markers", marker=marker, name="chosen", showlegend=True
        )
    )  # fmt: skip


def sweep_curve(
    frame: "pd.DataFrame", x: str, objective: str, chosen: Mapping[str, Any] | None = None
) -> "Figure":
    """The objective over one swept key: a sweep of a single axis, or any key of a larger one.

    A point is a trial; where several share a value (or an interval of values), their median, with
    a band from the 10th to the 90th percentile. Errors as `sweep_heat_map`.
    """
    import pandas as pd

    measure, name = measure_of(objective), key_name(x)
    heading = f"{measure.label} by {name}"
    values, places = values_of(frame, objective), places_of(column_of(frame, x))
    used = np.isfinite(values) & (places.code >= 0)
    if not used.any():
        return nothing(heading, undefined(objective))
    grouped = pd.Series(values[used]).groupby(places.code[used])
    middle, counts = grouped.median(), grouped.size()
    at = [places.ticks[code] for code in middle.index]
    missing = int(np.count_nonzero(np.isnan(values)))
    of = "a point is one trial"
    if counts.max() > 1:
        of = f"a point is the median of up to {counts.max():,} trials, the band their 10 to 90 %"
    of += f" · {len(frame):,} trials" + (f", {missing:,} of them undefined" if missing else "")
    figure = _curve(at, middle.to_numpy(), grouped, measure, name, bool(counts.max() > 1))
    dress(figure, heading, of, 460)
    figure.update_xaxes(**places.layout(name), showgrid=False)
    figure.update_yaxes(title_text=measure.axis)
    if measure.neutral is not None:
        level(figure, measure.neutral)
    cell = places.cell_of(dict(chosen)[x]) if chosen is not None and x in chosen else None
    if cell is not None:
        figure.add_vline(sum(cell) / 2.0, line={"color": INK, "width": 1.5, "dash": "dot"})
    return figure


def _curve(
    at: list[Any], middle: Any, grouped: Any, measure: Measure, name: str, band: bool
) -> "Figure":
    from plotly.graph_objects import Figure, Scatter

    figure = Figure()
    if band:
        for share, fill in ((0.9, None), (0.1, "tonexty")):
            edge = grouped.quantile(share).to_numpy()
            look = {"mode": "lines", "line": {"width": 0}, "fillcolor": GRID}
            figure.add_trace(
                Scatter(x=at, y=edge, fill=fill, hoverinfo="skip", showlegend=False, **look)
            )
    figure.add_trace(
        Scatter(
            x=at, y=middle, mode="lines+markers", showlegend=False,
            line={"color": GAIN, "width": 2}, marker={"size": 6},
            hovertemplate=f"{name} %{{x}}<br>{measure.label} "
            f"%{{y:{measure.hover}}}<extra></extra>",
        )
    )  # fmt: skip
    return figure
