"""Which columns of a sweep's frame are its axes, and which of them matter most."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError
from infrastructure.reporting.figures import short_key
from infrastructure.reporting.research_pictures.grid import column_of, values_of
from infrastructure.reporting.research_pictures.places import is_number, places_of, word
from infrastructure.reporting.research_pictures.shapes import Axis, Landscape

if TYPE_CHECKING:
    import pandas as pd

_LINK = " + "


@dataclass(frozen=True, eq=False)
class Axes:
    """A landscape by its axes.

    frame: the trials, with one column for each axis. best: the chosen trial, {} where none is.
    parted: of each axis, by its column's name and in their order, how far its values part the
    objective: the variance of the objective's ranks that lies between them.
    """

    frame: "pd.DataFrame"
    best: dict[str, Any]
    parted: dict[str, float]

    @property
    def names(self) -> list[str]:
        """The columns of the axes."""
        return list(self.parted)

    def telling(self, most: int) -> list[str]:
        """At most `most` of the axes, those that part the objective most, in the axes' order."""
        first = sorted(self.parted, key=lambda name: -self.parted[name])[:most]
        return [name for name in self.parted if name in first]


def axes_of(landscape: Landscape) -> Axes:
    """The axes of a landscape that hold more than one value.

    An axis whose first key tells its other keys is that key's column; one whose first key does not
    (linked lists such as [1, 2] and [1, 3]) gets a column of words.
    Raises ConfigError where the frame lacks a key or the objective.
    """
    frame = landscape.frame
    best = _best(landscape)
    parted: dict[str, float] = {}
    ranks = _ranks(values_of(frame, landscape.objective))
    for axis in landscape.axes:
        frame, name = _with_axis(frame, axis, best)
        places = places_of(frame[name])
        if len(places) > 1:
            parted[name] = _parted(ranks, places.code)
    return Axes(frame, best, parted)


def _best(landscape: Landscape) -> dict[str, Any]:
    try:
        return {} if landscape.best is None else dict(landscape.best)
    except ConfigError:  # none meets the constraints: the page says so
        return {}


def _with_axis(
    frame: "pd.DataFrame", axis: Axis, best: dict[str, Any]
) -> "tuple[pd.DataFrame, str]":
    columns = [column_of(frame, key) for key in axis.keys]
    first = axis.keys[0]
    if len(columns) == 1 or not len(frame) or _tells_the_others(frame, list(axis.keys)):
        return frame, first
    name = _LINK.join(axis.keys)
    words = zip(*([word(value) for value in column.tolist()] for column in columns), strict=True)
    joined = [" / ".join(each) for each in words]
    if all(key in best for key in axis.keys):
        best[name] = " / ".join(word(best[key]) for key in axis.keys)
    return frame.assign(**{name: joined}), name


def _tells_the_others(frame: "pd.DataFrame", keys: list[str]) -> bool:
    try:
        grouped = frame.groupby(keys[0], dropna=False)[keys[1:]].nunique(dropna=False)
    except TypeError:  # lists cannot be grouped
        return False
    return bool((grouped <= 1).all(axis=None))


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks of the defined values about their mean, NaN of the others; outliers weigh no more."""
    import pandas as pd

    ranks = np.asarray(pd.Series(values).rank(), np.float64)
    return ranks - np.nanmean(ranks) if np.isfinite(ranks).any() else ranks


def _parted(ranks: NDArray[np.float64], code: NDArray[np.int64]) -> float:
    """The part of the ranks' variance that lies between an axis's places (eta squared's top)."""
    used = np.isfinite(ranks) & (code >= 0)
    size = np.bincount(code[used])
    total = np.bincount(code[used], ranks[used])
    return float((total**2 / np.maximum(size, 1)).sum())


def best_words(best: dict[str, Any], landscape: Landscape) -> str:
    """`stop_loss.value 0.8 · risk_reward 2`, not escaped; "" where there is no best."""
    keys = [key for axis in landscape.axes for key in axis.keys if key in best]
    return " · ".join(f"{short_key(key)} {_value(best[key])}" for key in keys)


def _value(value: Any) -> str:
    return f"{float(value):.6g}" if is_number(value) else word(value)
