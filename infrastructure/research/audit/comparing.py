"""Signals as plain columns, and the rows in which two runs of a strategy differ."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.signals import Signals

COLUMNS = tuple(field.name for field in fields(Signals))
"""long, short, exit_long, exit_short, long_level, short_level."""

DECISIONS = COLUMNS[:4]
"""The columns of True and False."""

TOLERANCE = 1e-9
"""Levels this close, relative to the larger, are equal; decisions are equal or are not."""

Columns = Mapping[str, NDArray[Any]]
"""Every column by its name, shape (n_bars,): bool for decisions, float64 for levels."""


def columns_of(signals: Signals, n_bars: int) -> Columns:
    """The signals with every column spelt out: "never" is False, and a level that is none NaN."""
    spelt_out = {}
    for name in COLUMNS:
        given = getattr(signals, name)
        if given is None:
            given = np.zeros(n_bars, np.bool_) if name in DECISIONS else np.full(n_bars, np.nan)
        spelt_out[name] = given
    return spelt_out


def differing(
    whole: Columns, other: Columns, first: int, last: int, shift: int = 0
) -> dict[str, NDArray[np.intp]]:
    """Rows of `whole` from `first` up to but not including `last` that are not those of `other`.

    shift: row t of `whole` is compared with row t - shift of `other`. Columns that agree are left
    out. Two NaN are equal.
    """
    found = {}
    for name in COLUMNS:
        ours, theirs = whole[name][first:last], other[name][first - shift : last - shift]
        rows = np.flatnonzero(ours != theirs if name in DECISIONS else _apart(ours, theirs))
        if len(rows):
            found[name] = rows + first
    return found


def _apart(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where two columns of levels differ by more than the tolerance."""
    with np.errstate(invalid="ignore"):  # infinity less infinity
        room = TOLERANCE * np.maximum(np.abs(ours), np.abs(theirs))
        near = (np.abs(ours - theirs) <= room) & np.isfinite(room)
    return ~(near | (ours == theirs) | (np.isnan(ours) & np.isnan(theirs)))
