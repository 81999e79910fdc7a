"""Raw cells of a file's rows by role: what text and tables have in common before they are read."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

NUMBERS = ("open", "high", "low", "close", "volume", "adj_close")
USED = (*NUMBERS, "time", "clock", "symbol", "period")


@dataclass(frozen=True, eq=False)
class Cells:
    """Some rows of a file. times: pyarrow strings, or Stamps where the file holds moments.

    columns: by role, pyarrow strings or float64; symbol and those of NUMBERS, where the file has
    them. place: line or row number, from 1. n_empty: rows passed over because nothing is in them.
    """

    times: Any
    columns: dict[str, Any]
    place: NDArray[np.int64]
    n_empty: int = 0

    def __len__(self) -> int:
        return len(self.place)

    def parts(self, rows: int) -> "list[Cells]":
        """The same in parts of at most so many rows (views); none where there are no rows."""
        return [self._part(slice(first, first + rows)) for first in range(0, len(self), rows)]

    def _part(self, rows: slice) -> "Cells":
        times = self.times[rows] if hasattr(self.times, "buffers") else self.times.take(rows)
        columns = {role: column[rows] for role, column in self.columns.items()}
        return Cells(times, columns, self.place[rows], 0 if rows.start else self.n_empty)
