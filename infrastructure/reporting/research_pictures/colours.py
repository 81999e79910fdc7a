"""Colours of a figure's values: loss and gain part where the figure is neutral."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infrastructure.reporting.research_pictures.measures import Measure

_MIDDLE = "#f6f3ee"
_GAINS = ("#cfe3e4", "#93c5c6", "#4b9c9f", "#17717a", "#0a4750")
_LOSSES = ("#f6ddc8", "#ecba8c", "#d98f4e", "#b5622a", "#7a3d12")
_FENCE = 3.0
"""Quartile distances beyond which a value no longer stretches the colours (Tukey's outer fence)."""


@dataclass(frozen=True)
class Colours:
    """scale: Plotly's stops. low, high: the values at its ends; `beyond` values lie outside."""

    scale: list[tuple[float, str]]
    low: float
    high: float
    beyond: int


def colours_of(values: NDArray[np.float64], measure: Measure) -> Colours:
    """Colours for the finite ones of `values`, at least one.

    Centred where the figure is neutral if values lie on both sides of it; one hue otherwise:
    orange for what is worse the more there is of it, and for losses.
    """
    seen = values[np.isfinite(values)]
    low, high = _fenced(seen)
    beyond = int(np.count_nonzero((seen < low) | (seen > high)))
    neutral = measure.neutral
    if neutral is None and low < 0.0 < high:
        neutral = 0.0
    if neutral is not None and low < neutral < high:
        reach = max(neutral - low, high - neutral)
        both = (*_LOSSES[::-1], _MIDDLE, *_GAINS)
        return Colours(_stops(both), neutral - reach, neutral + reach, beyond)
    if low == high:
        low, high = low - 0.5 * abs(low) - 0.5, high + 0.5 * abs(high) + 0.5
    if neutral is not None and high <= neutral:
        return Colours(_stops((*_LOSSES[::-1], _MIDDLE)), low, high, beyond)
    hue = _LOSSES if measure.lower_is_better else _GAINS
    return Colours(_stops((_MIDDLE, *hue)), low, high, beyond)


def _fenced(seen: NDArray[np.float64]) -> tuple[float, float]:
    """The range of the values, without the few that lie very far out."""
    low, lower, upper, high = (float(q) for q in np.quantile(seen, (0.0, 0.25, 0.75, 1.0)))
    reach = _FENCE * (upper - lower)
    if reach == 0.0:
        return low, high
    return max(low, lower - reach), min(high, upper + reach)


def _stops(colours: tuple[str, ...]) -> list[tuple[float, str]]:
    last = len(colours) - 1
    return [(number / last, colour) for number, colour in enumerate(colours)]
