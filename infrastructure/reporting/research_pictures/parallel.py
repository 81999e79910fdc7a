"""Parallel coordinates of a sweep: a line a trial, an axis a key."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError
from infrastructure.reporting.research_pictures.colours import Colours, colours_of
from infrastructure.reporting.research_pictures.grid import column_of, values_of
from infrastructure.reporting.research_pictures.heat_map import colour_bar, undefined
from infrastructure.reporting.research_pictures.look import (
    FAINT,
    FONT,
    INK,
    dress,
    key_name,
    letters,
    nothing,
)
from infrastructure.reporting.research_pictures.measures import Measure, measure_of
from infrastructure.reporting.research_pictures.places import Places, holds_numbers, places_of

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

MOST_LINES = 2_000
"""More lines than this hide each other, and weigh on the page."""

_BEST_SHARE = 0.25
_MOST_TICKS = 12
_LETTER = 6  # pixels, about


def parallel_coordinates(
    frame: "pd.DataFrame",
    keys: Sequence[str],
    objective: str,
    figures: Sequence[str] = (),
    most: int = MOST_LINES,
    seed: int = 0,
) -> "Figure":
    """A line for each trial over the swept keys, the objective, and further figures.

    frame: a row a trial; trials without a defined objective are left out. Where more than `most`
    are left, a quarter of the lines are the best trials and the others a random sample of the rest,
    drawn with `seed`; the subtitle says how many of how many.
    Raises ConfigError for a column that the frame does not have, or no keys.
    """
    if not keys or most < 1:
        raise ConfigError(
            f"parallel coordinates: expected keys and at least one line; found {len(keys)} keys "
            f"and {most} lines"
        )
    measure = measure_of(objective)
    heading = f"{measure.label} of configurations"
    values = values_of(frame, objective)
    for name in [*keys, *figures]:
        column_of(frame, name)
    defined = np.flatnonzero(np.isfinite(values))
    if len(defined) == 0:
        return nothing(heading, undefined(objective))
    rows = _sample(defined, values, measure, most, seed)
    dimensions = [_of_key(frame[key], key, rows) for key in keys]
    dimensions += [_of_figure(values_of(frame, each)[rows], each) for each in (objective, *figures)]
    detail = _detail(len(rows), len(defined), len(frame), most)
    return _drawn(dimensions, values[rows], measure, heading, detail)


def _sample(
    defined: NDArray[np.int64],
    values: NDArray[np.float64],
    measure: Measure,
    most: int,
    seed: int,
) -> NDArray[np.int64]:
    """Rows to draw, the worst first: later lines lie on top."""
    better = -values if measure.lower_is_better else values
    order = defined[np.argsort(better[defined], kind="stable")]
    if len(order) <= most:
        return order
    n_best = max(1, int(_BEST_SHARE * most))
    rest = np.random.default_rng(seed).choice(len(order) - n_best, most - n_best, replace=False)
    return np.concatenate((order[np.sort(rest)], order[-n_best:]))


def _detail(drawn: int, defined: int, n_trials: int, most: int) -> str:
    missing = n_trials - defined
    undefined_words = f" · {missing:,} of {n_trials:,} trials undefined" if missing else ""
    if drawn == defined:
        return f"a line is one trial · {drawn:,} trials{undefined_words}"
    n_best = max(1, int(_BEST_SHARE * most))
    return (
        f"a line is one trial · {drawn:,} of {defined:,} trials: the best {n_best:,} and a random "
        f"{drawn - n_best:,} of the others{undefined_words}"
    )


def _of_key(column: "pd.Series[Any]", key: str, rows: NDArray[np.int64]) -> dict[str, Any]:
    """A key's own numbers, or a place for each of its words."""
    label = _folded(key_name(key))
    if holds_numbers(column):
        seen = column.iloc[rows]
        numbers, places = seen.to_numpy(np.float64, na_value=np.nan), places_of(seen)
        if places.centres is not None:
            return {"label": label, "values": numbers, **_number_ticks(places)}
    places = places_of(column)
    code = places.code[rows].astype(np.float64)
    return _words(label, np.where(code < 0, np.nan, code), places.labels)


def _words(label: str, code: NDArray[np.float64], labels: list[str]) -> dict[str, Any]:
    shown = np.arange(len(labels))
    room = {"range": [-0.3, len(labels) - 0.7]} if len(labels) > 1 else {"range": [-1, 1]}
    return {
        "label": label,
        "values": code,
        "tickvals": shown,
        "ticktext": [letters(each) for each in labels],
        **room,
    }


def _number_ticks(places: Places) -> dict[str, Any]:
    """The values themselves where they are few."""
    if places.centres is None or places.interval or len(places) > _MOST_TICKS:
        return {}
    if len(places) == 1:
        only = float(places.centres[0])
        room = {"range": [only - 1, only + 1]}
    else:
        room = {}
    return {"tickvals": places.centres, "ticktext": places.labels, **room}


def _of_figure(values: NDArray[np.float64], name: str) -> dict[str, Any]:
    measure = measure_of(name)
    return {"label": measure.axis, "values": values, "tickformat": ",.6~f"}


def _folded(name: str) -> str:
    """A long key on two lines."""
    head, dot, tail = name.rpartition(".")
    return f"{head}.<br>{tail}" if dot and len(name) > 16 else name


def _drawn(
    dimensions: list[dict[str, Any]],
    values: NDArray[np.float64],
    measure: Measure,
    heading: str,
    detail: str,
) -> "Figure":
    from plotly.graph_objects import Figure, Parcoords

    colours: Colours = colours_of(values, measure)
    figure = Figure(
        Parcoords(
            dimensions=dimensions,
            line={
                "color": values,
                "colorscale": colours.scale,
                "cmin": colours.low,
                "cmax": colours.high,
                "colorbar": colour_bar(measure),
            },
            labelfont={"size": 12, "color": INK, "family": FONT},
            tickfont={"size": 11, "color": INK, "family": FONT},
            rangefont={"size": 1, "color": "rgba(0,0,0,0)"},
            unselected={"line": {"color": FAINT, "opacity": 0.06}},
        )
    )
    dress(figure, heading, detail, 560)
    first = max((len(label) for label in dimensions[0].get("ticktext", ())), default=0)
    figure.update_layout(margin={"l": max(90, 30 + _LETTER * first), "r": 60, "t": 136, "b": 40})
    return figure
