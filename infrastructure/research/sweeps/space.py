"""The space of a sweep: its axes, and every configuration by its number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.database.research_tables import TRIAL_VALUES
from infrastructure.errors import ConfigError
from infrastructure.research.sweeps.keys import (
    NUMBER,
    PARAMETER,
    STRUCTURE,
    TERM,
    Key,
    find_key,
    overlap,
    takes_whole_numbers,
)
from infrastructure.research.sweeps.values import (
    Span,
    given_axis,
    is_number,
    numbers_alone,
    parse_axis,
)
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio

MOST_AXES = len(TRIAL_VALUES)
"""Columns that the ledger has for them."""

Cells = NDArray[np.float64]
"""(n, n_axes) configurations, a row each. See `Space`."""

_EXACT = 2**53
"""Up to here a float64 tells every whole number from the next one."""

_SLOW_FIRST = (STRUCTURE, PARAMETER, TERM, NUMBER)
"""The grid's order: what is dear to change changes seldom."""


@dataclass(frozen=True)
class Axis:
    """One or several keys that move together.

    choices: a tuple of values for each step, or None where the axis is a span of numbers.
    """

    targets: tuple[Key, ...]
    choices: tuple[tuple[Any, ...], ...] | None
    span: Span | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys as they were given."""
        return tuple(key.name for key in self.targets)

    @property
    def name(self) -> str:
        """The axis as a column's heading."""
        return "+".join(self.keys)

    @property
    def kind(self) -> str:
        """The dearest kind among its keys."""
        return min((key.kind for key in self.targets), key=_SLOW_FIRST.index)

    @property
    def numeric(self) -> bool:
        """Whether the ledger keeps its values themselves, and not the numbers of the choices."""
        return numbers_alone(self.choices)

    @property
    def numbers(self) -> NDArray[np.float64]:
        """(n_choices,) the choices of a numeric axis."""
        return np.array([row[0] for row in self.choices or ()], np.float64)

    def values(self, position: int, cells: NDArray[np.float64]) -> list[Any]:
        """The values of key number `position` for cells of this axis, shape (n,)."""
        if self.choices is None:
            return cells.tolist()
        column = [row[position] for row in self.choices]
        return [column[cell] for cell in cells.astype(np.int64).tolist()]

    def as_json(self) -> dict[str, Any]:
        """The axis as the ledger keeps it."""
        held: dict[str, Any] = {"keys": list(self.keys)}
        if self.span is not None:
            return {**held, "low": self.span.low, "high": self.span.high}
        return {**held, "values": [list(row) for row in self.choices or ()]}


@dataclass(frozen=True)
class Space:
    """The axes of a sweep, those that are dear to change first.

    A configuration is a row of cells, one for each axis: the number of the choice, or the value
    itself on a span.
    """

    axes: tuple[Axis, ...]

    @property
    def size(self) -> int | None:
        """How many configurations the grid has; None where an axis is a span."""
        counts = [len(axis.choices) for axis in self.axes if axis.choices is not None]
        return prod(counts) if len(counts) == len(self.axes) else None

    @property
    def slow(self) -> tuple[int, ...]:
        """Places of the axes that build the books anew."""
        return tuple(i for i, axis in enumerate(self.axes) if axis.kind == STRUCTURE)

    @property
    def quick(self) -> tuple[int, ...]:
        """Places of the other axes."""
        return tuple(i for i, axis in enumerate(self.axes) if axis.kind != STRUCTURE)

    def grid(self, first: int, last: int) -> Cells:
        """(last - first, n_axes) cells of the grid's configurations, the last axis fastest."""
        return self.cells_at(np.arange(first, last))

    def cells_at(self, number: NDArray[np.int64]) -> Cells:
        """(n, n_axes) cells of the grid's configurations of these numbers, shape (n,)."""
        cells = np.empty((len(number), len(self.axes)))
        for place in range(len(self.axes) - 1, -1, -1):
            number, cells[:, place] = np.divmod(number, len(self.axes[place].choices or ()))
        return cells

    def values(
        self, cells: Cells, places: Iterable[int] | None = None
    ) -> list[tuple[Key, list[Any]]]:
        """Each key of all axes, or of the axes at these places, and its values in the cells."""
        return [
            (key, self.axes[place].values(position, cells[:, place]))
            for place in (range(len(self.axes)) if places is None else places)
            for position, key in enumerate(self.axes[place].targets)
        ]

    def columns(self, cells: Cells) -> dict[str, list[Any]]:
        """Each key's values by its name, one a configuration."""
        return {key.name: column for key, column in self.values(cells)}

    def distinct(self, cells: Cells, places: Sequence[int]) -> tuple[Cells, NDArray[np.int64]]:
        """(the rows of the cells of these axes, each once, in order; which of them each row is)."""
        if not places:
            return cells[:1, :0], np.zeros(len(cells), np.int64)
        some = np.ascontiguousarray(cells[:, [*places]])
        counts = [len(self.axes[place].choices or ()) for place in places]
        if 0 < prod(counts) <= _EXACT:  # one number a row: rows themselves sort slowly
            code = np.zeros(len(cells))
            for position, count in enumerate(counts):
                code = code * count + some[:, position]
            _, first, which = np.unique(code, return_index=True, return_inverse=True)
            return some[first], which
        rows, which = np.unique(some, axis=0, return_inverse=True)
        return rows, which.reshape(-1)

    @property
    def value_columns(self) -> tuple[str, ...]:
        """Columns of the ledger's trials that keep the cells."""
        return TRIAL_VALUES[: len(self.axes)]

    def stored_values(self, cells: Cells) -> NDArray[np.float64]:
        """(n, n_axes) what the ledger keeps of them: numbers, or the number of the choice."""
        kept = cells.copy()
        for place, axis in enumerate(self.axes):
            if axis.choices is not None and axis.numeric:
                kept[:, place] = axis.numbers[cells[:, place].astype(np.int64)]
        return kept

    def cells_in(self, trials: Mapping[str, NDArray[Any]]) -> Cells:
        """The cells of trials of the ledger, by their `value_columns`."""
        return self.cells_of(np.column_stack([trials[name] for name in self.value_columns]))

    def cells_of(self, stored: NDArray[np.float64]) -> Cells:
        """The cells that `stored_values` were made of."""
        cells = stored.copy()
        for place, axis in enumerate(self.axes):
            if axis.choices is not None and axis.numeric:
                order = np.argsort(axis.numbers)
                found = np.searchsorted(axis.numbers, stored[:, place], sorter=order)
                cells[:, place] = order[np.minimum(found, len(order) - 1)]
        return cells


def make_space(portfolio: LoadedPortfolio, parameters: Mapping[Any, Any] | Sequence[str]) -> Space:
    """The space that a mapping (a notebook's) or texts such as `stop_loss.value=0:1:0.1` describe.

    Raises ConfigError for a key that is not there or there twice, values that are none, and more
    axes than the ledger holds.
    """
    if isinstance(parameters, Mapping):
        given = [given_axis(name, values) for name, values in parameters.items()]
    else:
        given = [parse_axis(text) for text in parameters]
    if not given:
        raise ConfigError("nothing to sweep: expected at least one --param KEY=VALUES")
    axes = [_axis(keys, values, portfolio) for keys, values in given]
    for one, other in combinations([key for axis in axes for key in axis.targets], 2):
        if one.book == other.book and one.path == other.path:
            raise ConfigError(f"--param {other.name}: swept twice; expected each key once")
        if overlap(one, other):
            raise ConfigError(
                f"--param {other.name}: {one.name} decides it too; sweep one of the two"
            )
    if len(axes) > MOST_AXES:
        raise ConfigError(f"expected at most {MOST_AXES} parameters; found {len(axes)}")
    return Space(tuple(sorted(axes, key=lambda axis: _SLOW_FIRST.index(axis.kind))))


def _axis(keys: tuple[str, ...], values: Any, portfolio: LoadedPortfolio) -> Axis:
    where = f"--param {'+'.join(keys)}"
    targets = tuple(
        _exact(find_key(name, portfolio, where), position, values)
        for position, name in enumerate(keys)
    )
    if isinstance(values, Span):
        if takes_whole_numbers(targets[0], portfolio):
            return Axis(targets, values.whole_numbers(where))
        if any(key.kind == STRUCTURE for key in targets):
            raise ConfigError(f"{where}: cannot take any number of a span; list its values")
        return Axis(targets, None, values)
    return Axis(targets, values)


def _exact(key: Key, position: int, values: Any) -> Key:
    """A rule's number is one only where its values are; `null` builds the books anew."""
    if key.kind != NUMBER or isinstance(values, Span):
        return key
    if all(is_number(row[position]) for row in values):
        return key
    return Key(key.name, key.book, key.path, STRUCTURE)
