"""Signals of many parameter choices at once: what a sweep asks of a strategy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Columns = Mapping[str, NDArray[Any]]
"""Every parameter of a strategy by name, one value a choice: (n_choices,) each."""


@dataclass(frozen=True, eq=False)
class ManySignals:
    """Entry signals of many choices of a strategy's parameters, row after row.

    Choice c's signals are rows first[c] up to first[c + 1]. first: (n_choices + 1,).
    bar: (n_signals,) rows of the bars, rising within a choice. side: (n_signals,) 1 long, 2 short.
    For strategies that decide entries at market and nothing else.
    """

    first: NDArray[np.int64]
    bar: NDArray[np.int32]
    side: NDArray[np.uint8]

    def fault(self, n_choices: int, n_bars: int) -> str:
        """What keeps these rows from being traded on so many bars, or ``.

        Compiled code reads them without a look: a row beyond the bars would be somebody's memory.
        """
        first, bar, side = self.first, self.bar, self.side
        for name, column, kinds in (("first", first, "i"), ("bar", bar, "i"), ("side", side, "u")):
            if not isinstance(column, np.ndarray) or column.ndim != 1:
                return f"{name} must be a column"
            if column.dtype.kind not in kinds:
                return f"{name} must hold whole numbers; found dtype {column.dtype}"
        if len(first) != n_choices + 1 or first[0] != 0 or (np.diff(first) < 0).any():
            return f"first must rise from 0 over {n_choices + 1} rows, one a choice and one more"
        if not first[-1] == len(bar) == len(side):
            return f"first must end with the number of rows; bar has {len(bar)}, side {len(side)}"
        if len(bar) and (bar.min() < 0 or bar.max() >= n_bars or side.min() < 1 or side.max() > 2):
            return f"bar must be a row of the {n_bars} bars, and side 1 or 2"
        falls = np.flatnonzero(np.diff(bar) <= 0) + 1
        if not np.isin(falls, first).all():
            return "bar must rise within a choice"
        return ""
