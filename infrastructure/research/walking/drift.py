"""How far the chosen parameters moved from fold to fold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import nan
from typing import Any

import numpy as np

from infrastructure.research.sweeps.values import is_number


@dataclass(frozen=True)
class Drift:
    """One swept key through the folds that chose something.

    values: what each of them chose. changed: how often it was another value than the fold's
    before, of len(values) - 1 times.
    steps: from fold to fold, in steps of the values tried, those of a list sorted; NaN where they
    are no numbers, or any number of a span. change_pct: in percent of the value before; NaN where
    that is zero or no number.
    """

    key: str
    values: tuple[Any, ...]
    steps: tuple[float, ...]
    change_pct: tuple[float, ...]

    @property
    def changed(self) -> int:
        """How often it moved."""
        return sum(one != other for one, other in pairwise(self.values))

    @property
    def mean_steps(self) -> float:
        """Mean size of a move, moves of zero included; NaN where unknown."""
        return _mean_size(self.steps)

    @property
    def mean_change_pct(self) -> float:
        """Mean size of a change in percent; NaN where unknown."""
        return _mean_size(self.change_pct)


def drifts(
    chosen: Sequence[Mapping[str, Any]], tried: Mapping[str, Sequence[Any] | None]
) -> tuple[Drift, ...]:
    """The drift of every key. chosen: parameters of the folds that chose any, in order.

    tried: the values of each key's axis; None where it is a span.
    """
    found = []
    for key, values in tried.items():
        row = tuple(each[key] for each in chosen)
        found.append(
            Drift(
                key,
                row,
                tuple(_steps(one, other, values) for one, other in pairwise(row)),
                tuple(_change_pct(one, other) for one, other in pairwise(row)),
            )
        )
    return tuple(found)


def _steps(one: Any, other: Any, tried: Sequence[Any] | None) -> float:
    if tried is None or not all(map(is_number, tried)):
        return nan
    places = {value: place for place, value in enumerate(sorted(set(tried)))}
    return float(places[other] - places[one])


def _change_pct(one: Any, other: Any) -> float:
    if not (is_number(one) and is_number(other)) or one == 0:
        return nan
    return 100.0 * (other - one) / abs(one)


def _mean_size(moves: Sequence[float]) -> float:
    known = np.abs([move for move in moves if move == move])
    return float(np.mean(known)) if len(known) else nan
