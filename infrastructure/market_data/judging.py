"""Which rows of a file are fit to trade: every row is judged, in file order, by one reason."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.columns import FAULTS, BarColumns

UNREADABLE, NO_SUCH_HOUR = "time not readable", "time that the clock skips or shows twice"
REPEATED, DIFFERING = "row repeated word for word", "one time with different values"
UNSORTED = "time earlier than in a row before"

REASONS = (*FAULTS[:7], UNREADABLE, NO_SUCH_HOUR, REPEATED, DIFFERING, UNSORTED)
"""Code 0 is a sound row."""

_SHOWN = 5
_VALUES = ("open", "high", "low", "close", "volume")


@dataclass(frozen=True, eq=False)
class Verdict:
    """What becomes of each row of a file.

    codes: position in REASONS, uint8 of shape (n_rows,); 0 where the row is sound.
    kept: row numbers of the sound rows in time order, each time once.
    """

    codes: NDArray[np.uint8]
    kept: NDArray[np.intp]

    def counts(self) -> dict[str, int]:
        """How many rows have which fault; faults that no row has are left out."""
        codes, numbers = np.unique(self.codes[self.codes > 0], return_counts=True)
        return {REASONS[code]: int(n) for code, n in zip(codes, numbers, strict=True)}

    def described(self, place: NDArray[np.int64], place_name: str) -> str:
        """The faults with their numbers and first places: `2 with high below low (lines 5, 9)`."""
        parts = []
        for reason, count in self.counts().items():
            places = place[self.codes == REASONS.index(reason)]
            listed = ", ".join(map(str, places[:_SHOWN])) + (", ..." if count > _SHOWN else "")
            plural = "s" if count > 1 else ""
            parts.append(f"{count:,} with {reason} ({place_name}{plural} {listed})")
        return "; ".join(parts)


def judged(
    columns: BarColumns, unreadable: NDArray[np.bool_], no_such_hour: NDArray[np.bool_]
) -> Verdict:
    """The verdict on rows in file order; `unreadable` and `no_such_hour` have shape (n_rows,).

    Of rows that say the same of one time the first is kept; of rows that differ, none. A row out of
    order has a code and is kept in its right place all the same: the caller decides.
    """
    codes = columns.price_faults()
    codes[no_such_hour] = REASONS.index(NO_SUCH_HOUR)
    codes[unreadable] = REASONS.index(UNREADABLE)
    sound = np.flatnonzero(codes == 0)
    if not len(sound):
        return Verdict(codes, sound)
    repeated, differing = _doubles(columns.take(sound))
    stamps = columns.timestamp[sound]
    unsorted = stamps < np.maximum.accumulate(stamps)
    single = ~(repeated | differing)
    codes[sound[unsorted]] = REASONS.index(UNSORTED)
    codes[sound[repeated]] = REASONS.index(REPEATED)
    codes[sound[differing]] = REASONS.index(DIFFERING)
    kept = sound[single]
    return Verdict(codes, kept[np.argsort(columns.timestamp[kept], kind="stable")])


def _doubles(columns: BarColumns) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Rows that repeat an earlier row of their time; all rows of a time with several values."""
    order = np.argsort(columns.timestamp, kind="stable")
    stamps = columns.timestamp[order]
    begins = np.append(True, stamps[1:] != stamps[:-1])
    group = np.cumsum(begins) - 1
    first = order[begins][group]  # the first row of each row's time
    other = np.logical_or.reduce(
        [getattr(columns, name)[order] != getattr(columns, name)[first] for name in _VALUES]
    )
    disputed = np.bincount(group, weights=other)[group] > 0
    repeated = np.zeros(len(columns), dtype=np.bool_)
    differing = repeated.copy()
    differing[order] = disputed
    repeated[order] = ~begins & ~disputed
    return repeated, differing
