"""Which rows of a file are fit to trade: every row is judged, in file order, by one reason."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.columns import ROW_FAULTS, VALUES, BarColumns

UNREADABLE, NO_SUCH_HOUR = "time not readable", "time that the clock skips or shows twice"
REPEATED, DIFFERING = "row repeated word for word", "one time with different values"
UNSORTED = "time earlier than in a row before"

REASONS = (*ROW_FAULTS, UNREADABLE, NO_SUCH_HOUR, REPEATED, DIFFERING, UNSORTED)
"""Code 0 is a sound row."""

HARMLESS = (REPEATED, UNSORTED)
"""What an import puts right by itself, and counts: the bars that result are the same."""

KEPT = ("first", "last")

_SHOWN = 5


@dataclass
class Tally:
    """How many rows have which fault, with the first places of each; parts of a file add up."""

    n_rows: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    places: dict[str, list[int]] = field(default_factory=dict)

    def add(self, codes: NDArray[np.uint8], place: NDArray[np.int64]) -> None:
        """More rows: their positions in REASONS and their places in the file, shape (n_rows,)."""
        self.n_rows += len(codes)
        for code in np.unique(codes[codes > 0]):
            rows, reason = np.flatnonzero(codes == code), REASONS[code]
            self.counts[reason] = self.counts.get(reason, 0) + len(rows)
            self.places.setdefault(reason, []).extend(place[rows[:_SHOWN]].tolist())

    @property
    def refused(self) -> dict[str, int]:
        """Faults that make a row unfit, in the order of REASONS."""
        return {
            reason: self.counts[reason]
            for reason in REASONS
            if reason in self.counts and reason not in HARMLESS
        }

    def described(self, place_name: str) -> str:
        """The unfit rows and their first places: `2 with high below low (lines 5, 9)`."""
        parts = []
        for reason, count in self.refused.items():
            listed = ", ".join(map(str, sorted(self.places[reason])[:_SHOWN]))
            listed += ", ..." if count > _SHOWN else ""
            plural = "s" if count > 1 else ""
            parts.append(f"{count:,} with {reason} ({place_name}{plural} {listed})")
        return "; ".join(parts)


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
        tally = Tally()
        tally.add(self.codes, np.arange(len(self.codes)))
        return tally.counts


def judged(
    columns: BarColumns,
    unreadable: NDArray[np.bool_],
    no_such_hour: NDArray[np.bool_],
    keep: str | None = None,
) -> Verdict:
    """The verdict on rows in file order; `unreadable` and `no_such_hour` have shape (n_rows,).

    Of rows that say the same of one time the first is kept; of rows that differ, the `first` or the
    `last` where `keep` says so, else none. A row out of order has a code and is kept in its place.
    """
    codes = columns.price_faults()
    codes[no_such_hour] = REASONS.index(NO_SUCH_HOUR)
    codes[unreadable] = REASONS.index(UNREADABLE)
    sound = np.flatnonzero(codes == 0)
    stamps = columns.timestamp[sound]
    if len(sound) == len(codes) and bool((np.diff(stamps) > 0).all()):
        return Verdict(codes, sound)
    repeated, differing = _doubles(columns.take(sound), keep)
    unsorted = stamps < np.maximum.accumulate(stamps) if len(stamps) else repeated
    single = ~(repeated | differing)
    codes[sound[unsorted]] = REASONS.index(UNSORTED)
    codes[sound[repeated]] = REASONS.index(REPEATED)
    codes[sound[differing]] = REASONS.index(DIFFERING)
    kept = sound[single]
    return Verdict(codes, kept[np.argsort(columns.timestamp[kept], kind="stable")])


def _doubles(columns: BarColumns, keep: str | None) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Rows that repeat an earlier row of their time; rows of a time with several values.

    Of the latter all, or all but the one to `keep`.
    """
    repeated = np.zeros(len(columns), dtype=np.bool_)
    differing = repeated.copy()
    if not len(columns):
        return repeated, differing
    order = np.argsort(columns.timestamp, kind="stable")
    stamps = columns.timestamp[order]
    begins = np.append(True, stamps[1:] != stamps[:-1])
    group = np.cumsum(begins) - 1
    first = order[begins][group]  # the first row of each row's time
    other = np.logical_or.reduce(
        [getattr(columns, name)[order] != getattr(columns, name)[first] for name in VALUES]
    )
    disputed = np.bincount(group, weights=other)[group] > 0
    spared = np.zeros(len(columns), dtype=np.bool_)
    if keep == "first":
        spared = begins
    elif keep == "last":
        spared = np.append(begins[1:], True)
    differing[order] = disputed & ~spared
    repeated[order] = ~begins & ~disputed
    return repeated, differing
