"""Every value of a space is checked before anything runs, like a value in a config's file."""

from itertools import product
from typing import Any

from infrastructure.errors import ConfigError
from infrastructure.research.sweeps.configs import build_configs
from infrastructure.research.sweeps.keys import STRUCTURE
from infrastructure.research.sweeps.space import Axis, Space
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio

MOST_MARKETS = 1_000
"""Combinations of keys that build the books anew."""

_ONE_BY_ONE = 500
"""Longer lists of numbers are checked at both ends: what configs allow are ranges. So is every list
of numbers under other books than the first ones.
"""


def structures(space: Space) -> list[list[tuple[Any, Any]]]:
    """Every combination of the keys that build the books anew, as (key, value) pairs.

    Raises ConfigError for too many.
    """
    axes = [axis for axis in space.axes if axis.kind == STRUCTURE]
    count = 1
    for axis in axes:
        count *= len(axis.choices or ())
    if count > MOST_MARKETS:
        keys = ", ".join(axis.name for axis in axes)
        raise ConfigError(
            f"--param {keys}: {count:,} combinations of keys that change the books; expected at "
            f"most {MOST_MARKETS:,}"
        )
    rows = [
        [list(zip(axis.targets, row, strict=True)) for row in axis.choices or ()] for axis in axes
    ]
    return [[pair for part in parts for pair in part] for parts in product(*rows)]


def first_values(space: Space, but: Axis | None = None) -> list[tuple[Any, Any]]:
    """The first value of every key that does not build the books anew, but for one axis's keys.

    Keys are checked beside each other's values: a stop of 0 may be the file's, and never swept.
    """
    return [
        pair
        for axis in space.axes
        if axis.kind != STRUCTURE and axis is not but
        for pair in zip(axis.targets, _to_check(axis)[0], strict=True)
    ]


def check_space(portfolio: LoadedPortfolio, space: Space) -> None:
    """Build the configs of every value once. Raises ConfigError naming the parameter."""
    for number, fixed in enumerate(structures(space)):
        one_by_one = _ONE_BY_ONE if number == 0 else 2
        where = ", ".join(f"{key.name}={value}" for key, value in fixed)
        if fixed:
            build_configs(portfolio, [*first_values(space), *fixed], f"--param {where}")
        for axis in space.axes:
            if axis.kind == STRUCTURE:
                continue
            for row in _to_check(axis, one_by_one):
                pairs = list(zip(axis.targets, row, strict=True))
                shown = ", ".join(f"{key.name}={value}" for key, value in pairs)
                others = first_values(space, but=axis)
                build_configs(portfolio, [*others, *fixed, *pairs], f"--param {shown}")


def _to_check(axis: Axis, one_by_one: int = _ONE_BY_ONE) -> list[tuple[Any, ...]]:
    if axis.span is not None:
        return [(axis.span.low,), (axis.span.high,)]
    rows = list(axis.choices or ())
    if len(rows) > one_by_one and axis.numeric and len({type(row[0]) for row in rows}) == 1:
        return [min(rows), max(rows)]
    return rows
