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
