"""The identity of every configuration of a space, whatever sweep or run it is tried in."""

import numpy as np
from numpy.typing import NDArray

from infrastructure.research.sweeps.checking import first_values
from infrastructure.research.sweeps.configs import build_configs
from infrastructure.research.sweeps.space import Axis, Cells, Space
from infrastructure.strategy_management.config_identity import base_identity, leaf_identities
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio


class TrialIdentities:
    """Columns of hashes, added.

    What keys that build the books anew come to, defaults and all, is known once they are built: so
    each combination of them has its own base.
    """

    def __init__(self, portfolio: LoadedPortfolio, space: Space) -> None:
        self._portfolio, self._space = portfolio, space
        self._bases: dict[tuple[float, ...], int] = {}
        self._tables = {place: _table(space.axes[place]) for place in space.quick}

    def of(self, cells: Cells) -> NDArray[np.int64]:
        """(n,) one for each row of cells."""
        slow, which = self._space.distinct(cells, self._space.slow)
        total = np.array([self._base(row) for row in slow], np.int64)[which]
        for place in self._space.quick:
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
            for place, cell in zip(self._space.slow, key, strict=True):
                axis = self._space.axes[place]
                values += zip(axis.targets, (axis.choices or ())[int(cell)], strict=True)
            built = build_configs(self._portfolio, values)
            quick = [self._space.axes[place] for place in self._space.quick]
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
