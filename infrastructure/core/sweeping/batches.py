"""Configurations in an order in which few choices of signals are needed at a time."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

MOST_CHOICES = 512
_ROOM = 32_000_000
"""Bytes that whole columns of decisions may take at a time."""


def choices_at_once(n_bars: int, *, whole_columns: bool) -> int:
    """How many parameter choices may be held at a time."""
    return max(1, min(MOST_CHOICES, _ROOM // max(n_bars, 1))) if whole_columns else MOST_CHOICES


def batches(choice: NDArray[np.int64], at_once: int) -> Iterator[NDArray[np.int64]]:
    """Rows of `choice`, (n, n_books), in batches that hold at most `at_once` different rows."""
    if not len(choice):
        return
    order = np.lexsort(choice.T[::-1])
    changes = (choice[order][1:] != choice[order][:-1]).any(axis=1)
    number = np.concatenate(([0], np.cumsum(changes)))
    edges = np.searchsorted(number, np.arange(at_once, number[-1] + 1, at_once))
    yield from np.split(order, edges)
