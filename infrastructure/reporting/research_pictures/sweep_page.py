"""The page of a sweep."""

from itertools import combinations
from math import nan
from typing import Any

import numpy as np

from infrastructure.reporting.research_pictures.grid import values_of
from infrastructure.reporting.research_pictures.heat_map import sweep_curve, sweep_heat_map
from infrastructure.reporting.research_pictures.measures import Measure, measure_of
from infrastructure.reporting.research_pictures.page import Page, Picture
from infrastructure.reporting.research_pictures.parallel import parallel_coordinates
from infrastructure.reporting.research_pictures.places import is_number
from infrastructure.reporting.research_pictures.plateau import plateau_surface
from infrastructure.reporting.research_pictures.shapes import Landscape, Sweep
from infrastructure.reporting.research_pictures.sweep_axes import Axes, axes_of, best_words

MOST_MAPPED = 4
"""Axes whose pairs are drawn as heat maps: six pairs."""

_MOST_LINED = 12
_BESIDE = ("trades", "max_drawdown_pct")
_SHOWN_OF_BEST = ("trades", "net_profit", "max_drawdown_pct")


def sweep_page(result: Sweep) -> str:
    """The HTML of a sweep: its best trial, heat maps, a surface, parallel coordinates.

    result: see `shapes.Sweep`; its frame may have a million rows. Every text is escaped. Raises
    ConfigError where the frame lacks an axis's key or the objective.
    """
    axes, objective = axes_of(result), result.objective
    measure = measure_of(objective)
    pictures = [*_maps(axes, objective, measure), *_surface(axes, objective, measure)]
    if len(axes.names) >= 2:
        beside = [name for name in _BESIDE if name in axes.frame and name != objective]
        lines = parallel_coordinates(axes.frame, axes.telling(_MOST_LINED), objective, beside)
        pictures.append(Picture(lines, _LINES))
    return Page(
        heading=f"Sweep · {result.title}",
        lead=f"{result.n_trials:,} configurations of one strategy on the same bars, each simulated "
        f"with every rule of the account on, compared by {measure.name}.",
        facts=_facts(result, axes.best, measure),
        cautions=[_caution(result.n_trials)] if axes.best else [],
        pictures=pictures,
        is_synthetic=result.synthetic,
    ).html


def landscape_pictures(landscape: Landscape) -> list[Picture]:
    """The surface over the two keys that matter most, or the curve over the only one."""
    return _surface(axes_of(landscape), landscape.objective, measure_of(landscape.objective))


def _surface(axes: Axes, objective: str, measure: Measure) -> list[Picture]:
    if len(axes.names) >= 2:
        x, y = axes.telling(2)
        trial = {name: axes.best[name] for name in axes.names if name in axes.best}
        figure = plateau_surface(axes.frame, x, y, objective, trial or None)
        return [Picture(figure, _SURFACE.format(figure=measure.name))]
    if len(axes.names) == 1:
        figure = sweep_curve(axes.frame, axes.names[0], objective, axes.best or None)
        return [Picture(figure, _CURVE.format(figure=measure.name))]
    return []


def _maps(axes: Axes, objective: str, measure: Measure) -> list[Picture]:
    """A heat map for each pair of the axes that matter most, two to a line, of one height."""
    pairs = list(combinations(axes.telling(MOST_MAPPED), 2))
    caption = _MAP.format(figure=measure.name)
    if len(axes.names) > MOST_MAPPED:
        caption += f" Drawn are the {MOST_MAPPED} of {len(axes.names)} keys that part it most."
    figures = [sweep_heat_map(axes.frame, x, y, objective, axes.best or None) for x, y in pairs]
    for figure in figures:
        figure.update_layout(height=max(each.layout.height for each in figures))
    return [
        Picture(figure, caption if number == 0 else _NEXT_MAP, half=len(pairs) > 1)
        for number, figure in enumerate(figures)
    ]


def _facts(result: Sweep, best: dict[str, Any], measure: Measure) -> list[str]:
    words = best_words(best, result)
    if not words:
        return [_NO_BEST]
    names = [name for name in (result.objective, *_SHOWN_OF_BEST) if name in best]
    shown = dict.fromkeys(
        f"{measure_of(name).name} {measure_of(name).say(_number(best[name]))}" for name in names
    )
    facts = [f"Best: {words}.", f"Its figures: {' · '.join(shown)}."]
    values = values_of(result.frame, result.objective)
    known = values[np.isfinite(values)]
    if len(known):
        middle = measure.say(float(np.median(known)))
        facts.append(f"The median configuration has {measure.name} {middle}.")
    return facts


def _number(value: Any) -> float:
    return float(value) if is_number(value) else nan


def _caution(n_trials: int) -> str:
    if n_trials <= 1:
        return "One configuration was tried."
    return (
        f"The best of {n_trials:,} configurations is also the luckiest of {n_trials:,}: among as "
        "many without any merit, one would look good too. Its figures say what was, not what to "
        "expect; a walk forward and a verdict say how much of it is left."
    )


_NO_BEST = (
    "There is no best configuration: none has a defined objective and meets what was asked of it."
)
_MAP = (
    "Teal is better, orange worse; the frame marks the best trial. Trust a broad field of one "
    "colour; a lone bright cell among pale ones is what luck looks like. Grey cells have no "
    "defined {figure}."
)
_NEXT_MAP = "The same over two other keys: look for what is broad in all of them."
_SURFACE = (
    "{figure} of the configurations nearby; the ball is the chosen one. On a plateau, small "
    "changes of a key cost little; on a needle, the next market will be such a change. Drag to "
    "turn it."
)
_CURVE = (
    "{figure} along the only key that was swept, the dotted line at the chosen value. A broad top "
    "is robust, a lone peak is not."
)
_LINES = (
    "Follow a line from left to right: a configuration and what it brought. Drag along an axis to "
    "keep only lines that pass there, drag its name to move it, and click it to let all lines back."
)
