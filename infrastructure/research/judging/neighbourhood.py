"""The sweep around a run's configuration: a table for figures, a landscape for pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.research.sweeps.values import numbers_alone
from infrastructure.trade_metrics.plateau import grid_positions, spread_positions

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class SweptAxis:
    """An axis of a sweep as the ledger keeps it.

    keys: the config keys that move together. values: a row of their values for each choice; None
    where the axis is a span of numbers.
    """

    keys: tuple[str, ...]
    values: tuple[tuple[Any, ...], ...] | None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "SweptAxis":
        """From the ledger's JSON: `keys`, and `values` or `low` and `high`."""
        choices = stored.get("values")
        return cls(tuple(stored["keys"]), None if choices is None else tuple(map(tuple, choices)))

    @property
    def numeric(self) -> bool:
        """Whether the ledger keeps the values themselves, and not the numbers of the choices."""
        return numbers_alone(self.values)

    def column(
        self, position: int, kept: NDArray[np.float64]
    ) -> Sequence[Any] | NDArray[np.float64]:
        """The values of key number `position`, from what the ledger keeps, shape (n,)."""
        if self.values is None or self.numeric:
            return kept
        return [self.values[int(choice)][position] for choice in kept]


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """The sweep in which the run's configuration is a trial.

    sweep_id, trial: where it stands in the ledger. axes: the sweep's.
    numbers: (n_trials,) the trials; kept: what the ledger has of their values, (n_trials, n_axes).
    values: the objective, (n_trials,), NaN where undefined. row: the run's own.
    on_grid: whether the trials lie on a grid.
    """

    sweep_id: int
    trial: int
    axes: tuple[SweptAxis, ...]
    numbers: NDArray[np.int64]
    kept: NDArray[np.float64]
    values: NDArray[np.float64]
    row: int
    objective: str
    lower_is_better: bool = False
    on_grid: bool = True

    @property
    def positions(self) -> NDArray[np.float64]:
        """Steps on each axis, (n_trials, n_axes)."""
        return grid_positions(self.kept) if self.on_grid else spread_positions(self.kept)

    @cached_property
    def frame(self) -> "pd.DataFrame":
        """`trial`, a column for each swept key, and the objective; for pictures."""
        import pandas as pd

        keys = {
            key: axis.column(position, self.kept[:, place])
            for place, axis in enumerate(self.axes)
            for position, key in enumerate(axis.keys)
        }
        return pd.DataFrame({"trial": self.numbers, **keys, self.objective: self.values})

    @property
    def best(self) -> "pd.Series[Any]":
        """The run's own configuration: the one that was chosen."""
        return self.frame.iloc[self.row]
