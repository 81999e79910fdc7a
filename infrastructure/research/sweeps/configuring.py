"""Cells of a space as the columns that a group trades: rules, terms, and choices of parameters."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.execution.plan import AccountTerms
from infrastructure.core.execution.simulate import account_terms
from infrastructure.core.sweeping.choices import Choices
from infrastructure.core.sweeping.configurations import Configurations
from infrastructure.core.sweeping.group import Group
from infrastructure.research.sweeps.keys import NUMBER, PARAMETER, RULE_NUMBERS, TERM, Key
from infrastructure.research.sweeps.space import Cells, Space
from infrastructure.research.sweeps.values import is_number


def configurations(space: Space, group: Group, cells: Cells) -> Configurations:
    """The configurations of these cells, which all have the group's books."""
    terms, term = _terms(space, group.terms, cells)
    chosen = [_choices(space, group, book, cells) for book in range(len(group.books))]
    return Configurations(
        rules=_rules(space, group, cells),
        terms=terms,
        term=term,
        choices=[choices for choices, _ in chosen],
        choice=np.column_stack([choice for _, choice in chosen]),
    )


def _rules(space: Space, group: Group, cells: Cells) -> NDArray[Any]:
    """(n, n_lanes) the group's rules with the numbers of these cells."""
    rules = np.repeat(group.rules.reshape(1, -1), len(cells), axis=0)
    lane_book = group.rules["book"]
    for key, column in space.values(cells, space.quick):
        if key.kind == NUMBER:
            name = RULE_NUMBERS[key.path]
            rules[name][:, lane_book == key.book] = np.array(column).reshape(-1, 1)
    return rules


def _choices(
    space: Space, group: Group, book: int, cells: Cells
) -> tuple[Choices, NDArray[np.int64]]:
    """The parameter choices of one book among these cells, and each cell's."""
    swept, which = _distinct_values(space, PARAMETER, book, cells)
    held = group.books[book].config.indicator.parameters
    names = tuple(key.path[-1] for key, _ in swept)
    columns = [
        [_as_config(each, isinstance(held[name], float)) for each in column]
        for name, (_, column) in zip(names, swept, strict=True)
    ]
    return Choices(names, list(zip(*columns, strict=True)) if columns else [()]), which


def _as_config(value: Any, as_float: bool) -> Any:
    """A parameter as its config would hold it: lists as tuples, numbers of the field's type."""
    if isinstance(value, list):
        return tuple(value)
    return float(value) if as_float and is_number(value) else value


def _terms(
    space: Space, base: AccountTerms, cells: Cells
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The account's terms among these cells, and each cell's."""
    swept, which = _distinct_values(space, TERM, None, cells)
    paths = [key.path for key, _ in swept]
    rows = zip(*(column for _, column in swept), strict=True) if swept else [()]
    records = [account_terms(_with_terms(base, paths, row)) for row in rows]
    return np.concatenate(records), which


def _distinct_values(
    space: Space, kind: str, book: int | None, cells: Cells
) -> tuple[list[tuple[Key, list[Any]]], NDArray[np.int64]]:
    """Keys of one kind of one book with their values, row by row distinct, and each cell's row."""
    axes = [
        place
        for place in space.quick
        if any(key.kind == kind and key.book == book for key in space.axes[place].targets)
    ]
    rows, which = space.distinct(cells, axes)
    whole = np.zeros((len(rows), len(space.axes)))
    whole[:, axes] = rows
    pairs = space.values(whole, axes)
    return [pair for pair in pairs if pair[0].kind == kind and pair[0].book == book], which


def _with_terms(
    base: AccountTerms, paths: Sequence[tuple[str, ...]], values: Sequence[Any]
) -> AccountTerms:
    """The terms with these keys of a portfolio's config; the values have been checked."""
    terms = base
    for (name, *inner), value in zip(paths, values, strict=True):
        held = getattr(terms, name)
        changed = held.model_copy(update={inner[0]: value}) if inner else value
        terms = replace(terms, **{name: changed})
    return terms
