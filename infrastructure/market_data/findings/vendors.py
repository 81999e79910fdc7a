"""Two vendors on the same bars: where their prices differ, and by how much their volumes."""

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.columns import ROUNDING, BarColumns, utc_text
from infrastructure.market_data.findings.finding import NOTE, WARNING, Finding
from infrastructure.wording import counted

TOO_FAR = 1.0
"""Prices that differ by more than a usual bar's range lead to other trades; less is small change
between one feed and another (a cent in the median between IBKR and the consolidated tape)."""

SAME_VOLUME = 0.05
"""Median volumes within this share of each other are the same."""

_PRICES = ("open", "high", "low", "close")


def compare_vendors(
    symbol: str, interval: str, ours: BarColumns, theirs: BarColumns, names: tuple[str, str]
) -> Finding | None:
    """What two vendors say of the same stamps; None where they agree.

    ours, theirs: sound rows, strictly ascending. names: of the two, for the report. Counted, and
    in `stamps`, are bars whose prices are TOO_FAR apart (a warning); where there are none, bars
    whose prices differ at all (a note); where only volumes do, all that both have (a note). Without
    a stamp in common nothing can be compared: a warning that says so.
    """
    _, mine, other = np.intersect1d(
        ours.timestamp, theirs.timestamp, assume_unique=True, return_indices=True
    )
    if not len(mine):
        told = f"no bar of {names[0]} and {names[1]} has the same time; nothing was compared"
        return Finding("vendors_differ", WARNING, 0, told, "", ours.timestamp[:0])
    ours, theirs = ours.take(mine), theirs.take(other)
    apart = np.maximum.reduce(
        [np.abs(getattr(ours, name) - getattr(theirs, name)) for name in _PRICES]
    )
    differ = apart > ROUNDING * ours.high
    ratio = _volume_ratio(ours, theirs)
    if not differ.any() and abs(ratio - 1) <= SAME_VOLUME:
        return None
    usual = float(np.median(ours.high - ours.low))
    far = differ & (apart > TOO_FAR * usual)
    shown = next(mask for mask in (far, differ, ours.high > 0) if mask.any())
    worst = _worst(ours, theirs, apart, names)
    told = (
        f"{counted(len(mine), 'bar')} of {names[0]} and {names[1]} have the same time, "
        f"{int(differ.sum()):,} other prices, {int(far.sum()):,} of them by more than a usual "
        f"range; {worst}; volumes of {names[0]} are {ratio:.3g} times those of {names[1]}"
    )
    severity = WARNING if far.any() else NOTE
    return Finding("vendors_differ", severity, int(shown.sum()), told, "", ours.timestamp[shown])


def _worst(
    ours: BarColumns, theirs: BarColumns, apart: NDArray[np.float64], names: tuple[str, str]
) -> str:
    row = int(np.argmax(apart))
    pairs = [
        (name, float(getattr(ours, name)[row]), float(getattr(theirs, name)[row]))
        for name in _PRICES
    ]
    name, mine, other = max(pairs, key=lambda pair: abs(pair[1] - pair[2]))
    median = float(np.median(np.abs(ours.close - theirs.close)))
    return (
        f"the worst is {utc_text(int(ours.timestamp[row]))}: {name} {mine:g} and {other:g}; closes "
        f"differ by {median:.4g} in the median"
    )


def _volume_ratio(ours: BarColumns, theirs: BarColumns) -> float:
    """Median of our volumes in theirs, of bars where both have one; 1 where there are none."""
    both = (ours.volume > 0) & (theirs.volume > 0)
    return float(np.median(ours.volume[both] / theirs.volume[both])) if both.any() else 1.0
