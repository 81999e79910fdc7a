"""Trials in chunks: what is evaluated together, and what of it is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.config import PortfolioConfig, StrategyConfig
from infrastructure.core.sweeping.figures import FIGURES
from infrastructure.research.sweeps.checking import first_values
from infrastructure.research.sweeps.configs import build_configs
from infrastructure.research.sweeps.evaluator import Evaluated, Evaluator
from infrastructure.research.sweeps.keys import STRUCTURE
from infrastructure.research.sweeps.space import Axis, Space
from infrastructure.strategy_management.config_identity import base_identity, leaf_identities
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio

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
    """The identity of every configuration of a space: columns of hashes, added.

    What keys that build the books anew come to, defaults and all, is known once they are built: so
    each combination of them has its own base.
    """

    def __init__(
        self, space: Space, portfolio: PortfolioConfig, strategies: Sequence[StrategyConfig]
    ) -> None:
        self._portfolio = LoadedPortfolio(portfolio, tuple(strategies), Path("portfolio"))
        self._space = space
        self._slow = [place for place, axis in enumerate(space.axes) if axis.kind == STRUCTURE]
        self._quick = [place for place in range(len(space.axes)) if place not in self._slow]
        self._bases: dict[tuple[float, ...], int] = {}
        self._tables = {place: _table(space.axes[place]) for place in self._quick}

    def of(self, cells: NDArray[np.float64]) -> NDArray[np.int64]:
        """(n,) one for each row of cells."""
        slow, which = np.unique(cells[:, self._slow], axis=0, return_inverse=True)
        total = np.array([self._base(row) for row in slow], np.int64)[which.reshape(-1)]
        for place in self._quick:
            axis = self._space.axes[place]
            if axis.choices is None:
                (key,) = axis.targets
                total += leaf_identities(key.identity_path, cells[:, place])
            else:
                total += self._tables[place][cells[:, place].astype(np.int64)]
        return total

    def _base(self, cells: NDArray[np.float64]) -> int:
        """Of one combination of the slow axes, without the leaves of the quick ones."""
        key = tuple(cells.tolist())
        if key not in self._bases:
            values = first_values(self._space)
            for place, cell in zip(self._slow, key, strict=True):
                axis = self._space.axes[place]
                values += zip(axis.targets, (axis.choices or ())[int(cell)], strict=True)
            built = build_configs(self._portfolio, values)
            quick = [self._space.axes[place] for place in self._quick]
            paths = [each.identity_path for axis in quick for each in axis.targets]
            self._bases[key] = base_identity(built.portfolio, built.configs, paths)
        return self._bases[key]


def _table(axis: Axis) -> NDArray[np.int64]:
    """(n_choices,) what each choice adds; (0,) for a span."""
    rows = axis.choices or ()
    total = np.zeros(len(rows), np.int64)
    for position, key in enumerate(axis.targets):
        total += leaf_identities(key.identity_path, [row[position] for row in rows])
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
