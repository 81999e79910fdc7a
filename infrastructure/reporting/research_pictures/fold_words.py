"""What the pictures of a walk forward read from its folds, and say of them."""

from collections.abc import Sequence
from math import isfinite, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.indicators.visualize_candles import day_text
from infrastructure.reporting.research_pictures.look import key_name, plain
from infrastructure.reporting.research_pictures.measures import Measure
from infrastructure.reporting.research_pictures.places import is_number, word
from infrastructure.reporting.research_pictures.shapes import Figures, Fold

_MOST_PARAMETERS = 12
_MOST_DATED = 9
_MOST_TICKS = 18


def both_sides(
    folds: Sequence[Fold], objective: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(n_folds,) the figure in sample, and out of sample; NaN where it is not defined."""
    inside = [_figure(fold.in_sample, objective) for fold in folds]
    outside = [_figure(fold.out_of_sample, objective) for fold in folds]
    return np.array(inside, np.float64), np.array(outside, np.float64)


def _figure(figures: Figures, name: str) -> float:
    value = figures.get(name)
    if value is None or isinstance(value, str):
        return nan
    return float(value) if isfinite(value) else nan


def undefined(folds: Sequence[Fold], objective: str) -> str:
    """Why there is nothing to draw."""
    return f"no fold has a defined {plain(objective)}" if folds else "there are no folds"


def about(fold: Fold) -> str:
    """Dates, parameters and efficiency, as the lines of a hover label."""
    train, test = (
        f"{day_text(start)} – {day_text(end)}"
        for start, end in ((fold.train_start, fold.train_end), (fold.test_start, fold.test_end))
    )
    chosen = [
        f"{key_name(key)} {parameter_word(value)}"
        for key, value in list(fold.parameters.items())[:_MOST_PARAMETERS]
    ]
    more = len(fold.parameters) - len(chosen)
    return "<br>".join(
        [
            f"trained {train}",
            f"tested {test}",
            *chosen,
            *([f"and {more} more"] if more else []),
            f"efficiency {efficiency_word(fold)}",
        ]
    )


def parameter_word(value: Any) -> str:
    """A chosen value, as text in a picture."""
    return plain(f"{float(value):.6g}" if is_number(value) else word(value), 28)


def efficiency_word(fold: Fold) -> str:
    """Two decimals, or `undefined`."""
    return f"{fold.efficiency:.2f}" if isfinite(fold.efficiency) else "undefined"


def summary(inside: NDArray[np.float64], outside: NDArray[np.float64], measure: Measure) -> str:
    """Medians of both sides, and how many folds ended on the gaining side."""
    said = [
        f"median {measure.say(_median(inside))} in sample, "
        f"{measure.say(_median(outside))} out of sample"
    ]
    if measure.neutral is not None:
        known = outside[np.isfinite(outside)]
        above = int(np.count_nonzero(known > measure.neutral))
        said.append(f"{above} of {len(known)} folds above {measure.neutral:g} out of sample")
    if len(inside) > (both := int(np.count_nonzero(np.isfinite(inside) & np.isfinite(outside)))):
        said.append(f"{len(inside) - both} undefined")
    return " · ".join(said)


def _median(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else nan


def fold_axis(folds: Sequence[Fold]) -> dict[str, Any]:
    """Title and ticks of an axis of folds: their numbers, and the months of their tests."""
    shown = folds[:: -(-len(folds) // _MOST_TICKS)]
    if len(folds) <= _MOST_DATED:
        title = "fold, and the months of its test"
        months = [f"{fold.test_start:%b %Y} –<br>{fold.test_end:%b %Y}" for fold in shown]
    else:
        title = "fold, and the month in which its test begins"
        months = [f"{fold.test_start:%b}<br>{fold.test_start:%Y}" for fold in shown]
    return {
        "title_text": title,
        "tickvals": [str(fold.number) for fold in shown],
        "ticktext": [f"{fold.number}<br>{when}" for fold, when in zip(shown, months, strict=True)],
    }
