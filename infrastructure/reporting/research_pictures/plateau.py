"""The objective as a surface over two keys: a broad top is a plateau, a needle is luck."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.reporting.research_pictures.colours import colours_of
from infrastructure.reporting.research_pictures.grid import (
    Grid,
    column_of,
    grid_of,
    keys_among,
    values_of,
)
from infrastructure.reporting.research_pictures.heat_map import colour_bar, undefined
from infrastructure.reporting.research_pictures.look import (
    FAINT,
    GRID,
    INK,
    PAPER,
    dress,
    key_name,
    letters,
    nothing,
)
from infrastructure.reporting.research_pictures.measures import Measure, measure_of
from infrastructure.reporting.research_pictures.places import Places, is_number, places_of

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

_MOST_WORDS, _LONGEST_WORD = 8, 14
_HALF = 0.5


def plateau_surface(
    frame: "pd.DataFrame",
    x: str,
    y: str,
    objective: str,
    chosen: Mapping[str, Any] | None = None,
) -> "Figure":
    """The objective as a surface over the swept keys x and y, the chosen trial on it.

    chosen: a trial by key (a row of the frame will do). Other keys in it are held at its values:
    the surface is what the trader would have got nearby. Where no such trials were made, as with
    random samplers, a point is the median over the other keys; the subtitle says which.
    Errors as `sweep_heat_map`.
    """
    measure = measure_of(objective)
    heading = f"{measure.label} around the chosen configuration"
    trial = dict(chosen) if chosen is not None else {}
    held = [key for key in keys_among(trial, frame) if key not in (x, y)]
    near = _slice(frame, (x, y), objective, trial, held)
    grid = grid_of(near if near is not None else frame, x, y, objective, measure, "median")
    if not grid.defined.any():
        return nothing(heading, undefined(objective))
    if min(grid.z.shape) < 2:
        return nothing(heading, "a surface needs two values of either key")
    words = _words(grid, held, near is not None)
    return _drawn(grid, (x, y), heading, words, measure, trial)


def _slice(
    frame: "pd.DataFrame", keys: tuple[str, str], objective: str, trial: dict[str, Any],
    held: list[str],
) -> "pd.DataFrame | None":  # fmt: skip
    """The trials that are like the chosen one in all other keys; None where they make no surface.

    They do when at least half of the cells of their own grid hold one with a defined objective.
    """
    same = np.ones(len(frame), np.bool_)
    for key in held:
        same &= _equal(frame[key], trial[key])
    near = frame[same]
    if near.empty:
        return None
    across, up = (places_of(column_of(near, key)) for key in keys)
    defined = np.isfinite(values_of(near, objective)) & (across.code >= 0) & (up.code >= 0)
    filled = len(np.unique(up.code[defined] * len(across) + across.code[defined]))
    cells = len(across) * len(up)
    whole = min(len(across), len(up)) >= 2 and filled >= _HALF * cells
    return near if whole or not held else None


def _equal(column: "pd.Series[Any]", value: Any) -> NDArray[np.bool_]:
    places = places_of(column)
    if places.centres is None:
        label = places.of(value)
        return places.code == (places.labels.index(str(label)) if label is not None else -2)
    if not is_number(value):
        return np.zeros(len(column), np.bool_)
    numbers = column.to_numpy(np.float64, na_value=np.nan)
    return np.isclose(numbers, float(value), rtol=1e-9, atol=1e-12)


def _words(grid: Grid, held: list[str], sliced: bool) -> str:
    if sliced and held:
        others = ", ".join(key_name(key) for key in held[:4]) + ("…" if len(held) > 4 else "")
        return f"{others} as chosen · {grid.detail}"
    return f"{grid.cell_words('median').replace('a cell', 'a point', 1)} · {grid.detail}"


def _drawn(
    grid: Grid,
    keys: tuple[str, str],
    heading: str,
    words: str,
    measure: Measure,
    trial: dict[str, Any],
) -> "Figure":
    from plotly.graph_objects import Figure, Surface

    colours = colours_of(grid.z, measure)
    names = [key_name(key) for key in keys]
    surface = Surface(
        x=grid.x.positions,
        y=grid.y.positions,
        z=grid.z,
        customdata=_hover(grid),
        colorscale=colours.scale,
        cmin=colours.low,
        cmax=colours.high,
        colorbar={**colour_bar(measure), "len": 0.7},
        contours={
            "x": {"show": True, "color": "rgba(43,52,64,0.22)", "width": 1, "highlight": False},
            "y": {"show": True, "color": "rgba(43,52,64,0.22)", "width": 1, "highlight": False},
            "z": {"highlight": False},
        },
        lighting={"ambient": 0.85, "diffuse": 0.35, "specular": 0.03, "roughness": 0.9},
        hovertemplate=f"{names[0]} %{{customdata[0]}}<br>{names[1]} %{{customdata[1]}}<br>"
        f"{measure.label} %{{z:{measure.hover}}}<extra></extra>",
    )
    figure = Figure(surface)
    dress(figure, heading, words, 620)
    look = {"gridcolor": "#d5dade", "showbackground": False, "tickfont": {"color": FAINT}}
    figure.update_scenes(
        xaxis={"title": {"text": names[0]}, **_ticks(grid.x), **look},
        yaxis={"title": {"text": names[1]}, **_ticks(grid.y), **look},
        zaxis={"title": {"text": measure.axis}, "exponentformat": "none", **look},
        aspectmode="manual",
        aspectratio={"x": 1.35, "y": 1.35, "z": 0.72},
        camera={"eye": {"x": -1.45, "y": -1.5, "z": 0.9}, "center": {"z": -0.22}},
    )
    figure.update_layout(margin={"l": 10, "r": 20, "t": 74, "b": 10})
    _mark(figure, grid, [trial.get(key) for key in keys], measure)
    return figure


def _hover(grid: Grid) -> NDArray[np.object_]:
    """(n_y, n_x, 2) the labels of a point's keys."""
    labels = np.empty((*grid.z.shape, 2), dtype=object)
    labels[..., 0] = np.asarray(grid.x.labels, object)[None, :]
    labels[..., 1] = np.asarray(grid.y.labels, object)[:, None]
    return labels


def _ticks(places: Places) -> dict[str, Any]:
    if places.centres is not None:
        return {"nticks": 7, "exponentformat": "none"}
    step = -(-len(places) // _MOST_WORDS)
    return {
        "tickvals": places.positions[::step],
        "ticktext": [letters(label, _LONGEST_WORD) for label in places.labels[::step]],
    }


def _mark(figure: "Figure", grid: Grid, values: list[Any], measure: Measure) -> None:
    """A ball on the surface where the chosen trial stands."""
    from plotly.graph_objects import Scatter3d

    at = [_index(places, value) for places, value in zip((grid.x, grid.y), values, strict=True)]
    if at[0] is None or at[1] is None or not np.isfinite(grid.z[at[1], at[0]]):
        return
    height = float(grid.z[at[1], at[0]])
    figure.add_trace(
        Scatter3d(
            x=[grid.x.positions[at[0]]], y=[grid.y.positions[at[1]]], z=[height],
            mode="markers", name="chosen", showlegend=True,
            marker={"size": 7, "color": INK, "line": {"color": PAPER, "width": 2}},
            hovertemplate=f"chosen<br>{measure.label} {measure.say(height)}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(legend={"y": 0.96, "bgcolor": PAPER, "bordercolor": GRID})


def _index(places: Places, value: Any) -> int | None:
    place = places.of(value)
    if place is None:
        return None
    if places.interval and places.centres is not None:
        return int(np.argmin(np.abs(places.centres - float(place))))
    return places.labels.index(str(place))
