"""Trials in chunks: what is evaluated together, and what of it is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.sweeping.figures import FIGURES
from infrastructure.research.sweeps.evaluated import Evaluated
from infrastructure.research.sweeps.evaluator import Evaluator
from infrastructure.research.sweeps.identities import TrialIdentities
from infrastructure.research.sweeps.space import Cells, Space

CHUNK = 16_384
"""Most trials evaluated together: enough to share their signals, few enough to stay small."""

_SMALLEST = 256

Task = tuple[int, Cells]
"""The number of a chunk's first trial, and the chunk's cells."""


def chunk_size(n_trials: int, workers: int) -> int:
    """Trials evaluated together: a few chunks for each worker, so that none waits long."""
    return max(_SMALLEST, min(CHUNK, -(-n_trials // (4 * workers))))


@dataclass(frozen=True, eq=False)
class Chunk:
    """Trials `first` and following, with their cells and what came of them."""

    first: int
    cells: Cells
    evaluated: Evaluated

    @property
    def last(self) -> int:
        """The number after the last trial."""
        return self.first + len(self.cells)


def missing_ranges(
    n_trials: int, stored: Sequence[tuple[int, int]], size: int
) -> Iterator[tuple[int, int]]:
    """Ranges (first, last + 1) of at most `size` trials that are not stored yet, in order."""
    at = 0
    for first, last in [*stored, (n_trials, n_trials)]:
        for begin in range(at, first, size):
            yield begin, min(begin + size, first)
        at = max(at, last)


def trial_columns(
    chunk: Chunk, space: Space, identities: TrialIdentities
) -> dict[str, NDArray[np.int64] | NDArray[np.float64]]:
    """The chunk as columns of the ledger's trials."""
    values = space.stored_values(chunk.cells)
    return {
        "trial": np.arange(chunk.first, chunk.last),
        "config_hash": identities.of(chunk.cells),
        "invalid": chunk.evaluated.invalid.astype(np.int64),
        **dict(zip(space.value_columns, values.T, strict=True)),
        **{name: chunk.evaluated.figures[name] for name in FIGURES},
    }


def evaluate(evaluator: Evaluator, first: int, cells: Cells) -> Chunk:
    """Trade the trials `first` and following, which these cells describe."""
    return Chunk(first, cells, evaluator.run(cells))
