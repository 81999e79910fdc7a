"""Trials in chunks: what is evaluated together, and what of it is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.config import PortfolioConfig, StrategyConfig
from infrastructure.core.sweeping.figures import FIGURES
from infrastructure.research.sweeps.evaluator import Evaluated, Evaluator
from infrastructure.research.sweeps.space import Space
from infrastructure.strategy_management.config_identity import base_identity, leaf_identities

CHUNK = 16_384
"""Most trials evaluated together: enough to share their signals, few enough to stay small."""

_SMALLEST = 256


def chunk_size(n_trials: int, workers: int) -> int:
    """Trials evaluated together: a few chunks for each worker, so that none waits long."""
    return max(_SMALLEST, min(CHUNK, -(-n_trials // (4 * workers))))


@dataclass(frozen=True, eq=False)
class Chunk:
    """Trials `first` and following, with their cells and what came of them."""

    first: int
    cells: NDArray[np.float64]
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


class TrialIdentities:
    """The identity of every configuration of a space: columns of hashes, added."""

    def __init__(
        self, space: Space, portfolio: PortfolioConfig, strategies: Sequence[StrategyConfig]
    ) -> None:
        keys = [key for axis in space.axes for key in axis.targets]
        paths = [key.identity_path for key in keys]
        self._space = space
        self._base = np.int64(base_identity(portfolio, strategies, paths))
        self._tables = [
            [
                leaf_identities(key.identity_path, [row[position] for row in axis.choices])
                for position, key in enumerate(axis.targets)
            ]
            if axis.choices is not None
            else []
            for axis in space.axes
        ]

    def of(self, cells: NDArray[np.float64]) -> NDArray[np.int64]:
        """(n,) one for each row of cells."""
        total = np.full(len(cells), self._base)
        for place, axis in enumerate(self._space.axes):
            if axis.choices is None:
                (key,) = axis.targets
                total += leaf_identities(key.identity_path, cells[:, place])
            else:
                row = cells[:, place].astype(np.int64)
                for table in self._tables[place]:
                    total += table[row]
        return total


def trial_columns(
    chunk: Chunk, space: Space, identities: TrialIdentities
) -> dict[str, NDArray[np.int64] | NDArray[np.float64]]:
    """The chunk as columns of the ledger's trials."""
    values = space.stored_values(chunk.cells)
    return {
        "trial": np.arange(chunk.first, chunk.last),
        "config_hash": identities.of(chunk.cells),
        "invalid": chunk.evaluated.invalid.astype(np.int64),
        **{f"value_{place + 1}": values[:, place] for place in range(len(space.axes))},
        **{name: chunk.evaluated.figures[name] for name in FIGURES},
    }


def evaluate(evaluator: Evaluator, first: int, cells: NDArray[np.float64]) -> Chunk:
    """Trade the trials `first` and following, which these cells describe."""
    return Chunk(first, cells, evaluator.run(cells))
