"""Configurations of a group as columns: nothing of one is an object."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.sweeping.choices import Choices


@dataclass(frozen=True, eq=False)
class Configurations:
    """n configurations of a group.

    rules: (n, n_lanes) RULES_DTYPE. terms: (n_terms,) TERMS_DTYPE; term: (n,) which of them.
    choices: of each book, its parameter choices; choice: (n, n_books) which of them.
    """

    rules: NDArray[Any]
    terms: NDArray[Any]
    term: NDArray[np.int64]
    choices: Sequence[Choices]
    choice: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.term)
