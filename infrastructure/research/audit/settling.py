"""Whether the signals of a later start become those of an earlier one, column by column."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infrastructure.research.audit.comparing import DECISIONS, Columns, differing

FADING = 1e-3
"""Levels whose differences have shrunk to this share of the first ones are on their way to none.

An average that forgets exponentially shrinks them so within 3.5 times its span; one over all bars
since the first needs a thousand times the bars it had.
"""


@dataclass(frozen=True, eq=False)
class Settling:
    """What differed in one column when the bars began at row `first`.

    rows: of the whole series, that differ; where it settled, those before it did. settled: whether
    the second half of what is compared agrees. forgiven: signals in it that rounding decides.
    values: of this column on the later start, row t of them being row first + t.
    """

    first: int
    column: str
    rows: NDArray[np.intp]
    settled: bool
    forgiven: int
    values: NDArray[np.float64] | NDArray[np.bool_]

    @property
    def after(self) -> int:
        """Bars from the start to the last difference, that one included."""
        return int(self.rows[-1]) + 1 - self.first if len(self.rows) else 0


def settlings(
    whole: Columns, other: Columns, first: int, undecided: Callable[[], Columns]
) -> list[Settling]:
    """The columns in which signals on bars from row `first` on differ from those on all bars.

    undecided: tells the rows whose decision is rounding's, by column; asked where it matters.
    """
    n_bars = len(whole[DECISIONS[0]])
    must_agree = first + (n_bars - first) // 2
    found = []
    for column, rows in differing(whole, other, first, n_bars, shift=first).items():
        late, forgiven, settled = rows[rows >= must_agree], 0, True
        if len(late) and column in DECISIONS:
            settled = bool(undecided()[column][late].all())
            forgiven = len(late) if settled else 0
            rows = rows[rows < must_agree] if settled else rows
        elif len(late):
            settled = _fades(whole[column][first:], other[column])
        found.append(Settling(first, column, rows, settled, forgiven, other[column]))
    return found


def _fades(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> bool:
    """Whether the differences of the last quarter are next to nothing beside those of the first."""
    with np.errstate(invalid="ignore"):
        apart = np.abs(ours - theirs)
    quarter = len(apart) // 4
    if np.any(np.isnan(ours[-quarter:]) != np.isnan(theirs[-quarter:])):
        return False
    beginning, end = (np.nan_to_num(part, nan=0.0) for part in (apart[:quarter], apart[-quarter:]))
    return bool(np.max(end) <= FADING * np.max(beginning))
