"""Which configurations of the space are tried: all of them, or points drawn from it."""

from math import ceil, log2
from random import Random
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError
from infrastructure.research.sweeps.space import Space

SAMPLERS = ("grid", "random", "sobol", "tpe")
MOST_TRIALS = 20_000_000
"""More take days and fill a disk: a sampler finds as good ones sooner."""

TRIALS = 1_000
"""How many points a sampler draws unless told otherwise."""

_USUAL_RATE = 20_000
"""Configurations a second, for a forecast before anything has run."""


class Points(Protocol):
    """The trials of a sweep by their numbers."""

    n_trials: int

    def cells(self, first: int, last: int) -> NDArray[np.float64]:
        """(last - first, n_axes) cells of trials `first` up to `last`."""
        ...


class Grid:
    """Every configuration of the space."""

    def __init__(self, space: Space) -> None:
        size = space.size
        if size is None:
            raise ConfigError(
                "a grid needs steps: write start:stop:step, or use --sampler random, sobol or tpe"
            )
        if size > MOST_TRIALS:
            raise ConfigError(
                f"the grid has {size:,} configurations, about {_duration(size / _USUAL_RATE)}; "
                f"expected at most {MOST_TRIALS:,}: take larger steps, or --sampler random, sobol "
                "or tpe with --trials N"
            )
        self._space, self.n_trials = space, size

    def cells(self, first: int, last: int) -> NDArray[np.float64]:
        """See Points."""
        return self._space.grid(first, last)


class Drawn:
    """Points drawn beforehand, from a seed."""

    def __init__(self, cells: NDArray[np.float64]) -> None:
        self._cells, self.n_trials = cells, len(cells)

    def cells(self, first: int, last: int) -> NDArray[np.float64]:
        """See Points."""
        return self._cells[first:last]


def make_points(space: Space, sampler: str, n_trials: int | None, seed: int) -> Points:
    """The trials of a sampler that draws beforehand. Raises ConfigError."""
    if sampler == "grid":
        if n_trials is not None:
            raise ConfigError(
                "--trials: a grid tries every configuration; use --sampler random, sobol or tpe"
            )
        return Grid(space)
    n_trials = checked_trials(n_trials)
    return Drawn(
        _random(space, n_trials, seed) if sampler == "random" else _sobol(space, n_trials, seed)
    )


def checked_trials(n_trials: int | None) -> int:
    """How many trials a sampler draws. Raises ConfigError."""
    wanted = TRIALS if n_trials is None else n_trials
    if not 1 <= wanted <= MOST_TRIALS:
        raise ConfigError(f"--trials: expected 1 to {MOST_TRIALS:,}; found {wanted:,}")
    return wanted


def _random(space: Space, n_trials: int, seed: int) -> NDArray[np.float64]:
    """Without repetition where the space can be counted; a smaller space is tried whole."""
    size = space.size
    if size is not None:
        numbers = Random(seed).sample(range(size), min(n_trials, size))
        cells = np.empty((len(numbers), len(space.axes)))
        left = np.array(numbers, dtype=object if size > 2**62 else np.int64)
        for place in range(len(space.axes) - 1, -1, -1):
            count = len(space.axes[place].choices or ())
            cells[:, place] = (left % count).astype(np.float64)
            left = left // count
        return cells
    return _placed(space, np.random.default_rng(seed).random((n_trials, len(space.axes))))


def _sobol(space: Space, n_trials: int, seed: int) -> NDArray[np.float64]:
    """A scrambled Sobol sequence: fills the space more evenly than chance does.

    Source: I. Sobol, USSR Computational Mathematics and Mathematical Physics 7 (1967); A. Owen,
    Journal of Complexity 14 (1998).
    """
    from scipy.stats import qmc

    engine = qmc.Sobol(d=len(space.axes), scramble=True, rng=np.random.default_rng(seed))
    unit = engine.random_base2(max(ceil(log2(n_trials)), 0))[:n_trials]
    return _placed(space, unit)


def _placed(space: Space, unit: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points of the unit cube as cells."""
    cells = np.empty_like(unit)
    for place, axis in enumerate(space.axes):
        if axis.span is not None:
            low, high = axis.span.low, axis.span.high
            cells[:, place] = low + unit[:, place] * (high - low)
        else:
            cells[:, place] = np.floor(unit[:, place] * len(axis.choices or ()))
    return cells


def _duration(seconds: float) -> str:
    for unit, length in (
        ("years", 31_536_000),
        ("days", 86_400),
        ("hours", 3_600),
        ("minutes", 60),
    ):
        if seconds >= 2 * length:
            return f"{seconds / length:,.0f} {unit}"
    return f"{seconds:,.0f} seconds"
