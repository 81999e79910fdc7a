"""Which configurations of the space are tried: all of them, or points drawn from it."""

from math import ceil, log2
from random import Random
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError
from infrastructure.research.sweeps.space import Cells, Space
from infrastructure.wording import hint_of

SAMPLERS = ("grid", "random", "sobol", "tpe")
MOST_TRIALS = 20_000_000
"""More take days and fill a disk: a sampler finds as good ones sooner."""

TRIALS = 1_000
"""How many points a sampler draws unless told otherwise."""

LARGEST_SEED = 2**32 - 1
"""Of every generator that samplers use."""

_COUNTED = 2**62
"""Larger spaces are not numbered: of a few million points hardly two would be the same."""

_USUAL_RATE = 20_000
"""Configurations a second, for a forecast before anything has run."""


class Points(Protocol):
    """The trials of a sweep by their numbers."""

    n_trials: int

    def cells(self, first: int, last: int) -> Cells:
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

    def cells(self, first: int, last: int) -> Cells:
        """See Points."""
        return self._space.grid(first, last)


class Drawn:
    """Points drawn beforehand, from a seed."""

    def __init__(self, cells: Cells) -> None:
        self._cells, self.n_trials = cells, len(cells)

    def cells(self, first: int, last: int) -> Cells:
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


def checked_sampler(sampler: str) -> str:
    """The sampler. Raises ConfigError for one that is none."""
    if sampler not in SAMPLERS:
        raise ConfigError(
            f"--sampler: expected {', '.join(SAMPLERS)}; found {sampler!r}"
            f"{hint_of(sampler, SAMPLERS)}"
        )
    return sampler


def checked_seed(seed: int) -> int:
    """The seed. Raises ConfigError for one that no generator takes."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= LARGEST_SEED:
        raise ConfigError(f"--seed: expected a whole number, 0 to {LARGEST_SEED}; found {seed!r}")
    return seed


def checked_trials(n_trials: int | None, unless_told: int = TRIALS) -> int:
    """How many trials a sampler draws. Raises ConfigError."""
    wanted = unless_told if n_trials is None else n_trials
    if not 1 <= wanted <= MOST_TRIALS:
        raise ConfigError(f"--trials: expected 1 to {MOST_TRIALS:,}; found {wanted:,}")
    return wanted


def _random(space: Space, n_trials: int, seed: int) -> Cells:
    """Without repetition where the space can be counted; a smaller space is tried whole."""
    size = space.size
    if size is not None and size <= _COUNTED:
        numbers = Random(seed).sample(range(size), min(n_trials, size))
        return space.cells_at(np.array(numbers, np.int64))
    unit = np.random.default_rng(seed).random((n_trials, len(space.axes)))
    return _each_once(space, _placed(space, unit))


def _sobol(space: Space, n_trials: int, seed: int) -> Cells:
    """A scrambled Sobol sequence: fills the space more evenly than chance does.

    Where every axis is a list, points that fall on one configuration are tried once.

    Source: I. Sobol, USSR Computational Mathematics and Mathematical Physics 7 (1967); A. Owen,
    Journal of Complexity 14 (1998).
    """
    from scipy.stats import qmc

    engine = qmc.Sobol(d=len(space.axes), scramble=True, rng=np.random.default_rng(seed))
    unit = engine.random_base2(max(ceil(log2(n_trials)), 0))[:n_trials]
    return _each_once(space, _placed(space, unit))


def _each_once(space: Space, cells: Cells) -> Cells:
    """The same without repetitions, the first of each kept; a span has none."""
    if space.size is None:
        return cells
    _, first = np.unique(cells, axis=0, return_index=True)
    return cells[np.sort(first)]


def _placed(space: Space, unit: NDArray[np.float64]) -> Cells:
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
