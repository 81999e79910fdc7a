"""Bars that say nothing: no range, no volume, or the same bar again and again."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.findings.finding import Finding
from infrastructure.market_data.findings.looked_at import LookedAt

_LONG_RUN = 5
_STALE = 3
"""The same open, high, low, close and volume three times in a row are no market."""


def runs(looked: LookedAt) -> Iterator[Finding]:
    """Zero ranges, zero volumes, stale bars; inside sessions only."""
    bars = looked.regular
    if not len(bars):
        return
    flat = bars.high == bars.low
    if flat.any():
        yield _run(looked, "zero_range", flat, "bars with high = low")
    empty = bars.volume == 0
    if empty.all():
        yield Finding(
            "no_volume", "note", len(bars), "bars, all of them, have volume 0",
            looked.moment(int(bars.timestamp[0])), "", np.empty(0, np.int64),
        )  # fmt: skip
    elif empty.any():
        yield _run(looked, "zero_volume", empty, "bars with volume 0")
    yield from _stale(looked)


def _run(looked: LookedAt, kind: str, those: NDArray[np.bool_], of: str) -> Finding:
    """Single ones are a note; many in a row a warning."""
    first, length = _longest(those)
    stamps = looked.regular.timestamp
    at = looked.moment(int(stamps[first]))
    worst = at if length == 1 else f"{at}, {length} in a row"
    severity = "warning" if length >= _LONG_RUN else "note"
    mend = f"kairos data mend {looked.series} --remove {kind}" if length >= _LONG_RUN else ""
    return Finding(kind, severity, int(those.sum()), of, worst, mend, stamps[those], float(length))


def _stale(looked: LookedAt) -> Iterator[Finding]:
    bars = looked.regular
    columns = (bars.open, bars.high, bars.low, bars.close, bars.volume)
    again = np.append(False, np.logical_and.reduce([c[1:] == c[:-1] for c in columns]))
    again &= (bars.volume > 0) | (bars.high > bars.low)  # nothing traded is another finding
    if not again.any():
        return
    begins = np.flatnonzero(np.diff(np.append(False, again).astype(np.int8)) == 1)
    ends = np.flatnonzero(np.diff(np.append(again, False).astype(np.int8)) == -1) + 1
    lengths = ends - begins + 1  # with the bar that is repeated
    long = lengths >= _STALE
    if not long.any():
        return
    rows = np.concatenate([np.arange(a, b) for a, b in zip(begins[long], ends[long], strict=True)])
    worst = int(np.argmax(np.where(long, lengths, 0)))
    yield Finding(
        "stale", "error", len(rows), "bars repeat the bar before them, volume included",
        f"{looked.moment(int(bars.timestamp[begins[worst] - 1]))}, {int(lengths[worst])} times",
        f"kairos data mend {looked.series} --remove stale", bars.timestamp[rows],
        float(lengths[worst]),
    )  # fmt: skip


def _longest(those: NDArray[np.bool_]) -> tuple[int, int]:
    """(first row, length) of the longest run of True."""
    edges = np.diff(np.concatenate(([0], those.astype(np.int8), [0])))
    begins, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    longest = int(np.argmax(ends - begins))
    return int(begins[longest]), int(ends[longest] - begins[longest])
