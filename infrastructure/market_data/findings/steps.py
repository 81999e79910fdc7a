"""Levels that change for good from one session to the next: splits, and volumes in other units."""

from collections.abc import Collection, Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.findings.finding import Finding
from infrastructure.market_data.findings.looked_at import LookedAt

_RATIOS = [Fraction(n) for n in (2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 50)]
_RATIOS += [Fraction(3, 2), Fraction(5, 2)]
SPLIT_RATIOS = tuple(_RATIOS + [1 / ratio for ratio in _RATIOS])
_NEAR = 0.06
"""Of a split's ratio, as a difference of logarithms: what a stock moves overnight besides."""
_STAYS = 0.25
"""How far the first session's close may be from the ratio: a bad opening tick is back by then."""
_SAME_MONEY = 1.25
"""log of the factor within which the money traded stays from the sessions before a split to the
first one after. A crash multiplies it: Apple's, of September 29, 2000, by twenty."""
_BEFORE = 10
_UNIT_SESSIONS = 10
_UNIT_NEAR = 0.12
"""Of a power of ten, in decades."""


def steps(looked: LookedAt, known_splits: Collection[int] = ()) -> Iterator[Finding]:
    """Jumps that look like splits, and changes of the volume's unit.

    known_splits: the calendar's rows of sessions before which a split is on record.
    """
    if len(looked.sessions) < 3:
        return
    volume = looked.session_sums(looked.regular.volume)
    splits = _splits(looked, volume, known_splits)
    yield from splits
    at_splits = {int(stamp) for finding in splits for stamp in finding.stamps}
    yield from _units(looked, volume, at_splits)


def _splits(looked: LookedAt, volume: NDArray[np.float64], known: Collection[int]) -> list[Finding]:
    bars = looked.regular
    opened, closed = bars.open[looked.begins], bars.close[looked.ends - 1]
    jump = np.log(closed[:-1] / opened[1:])  # above 0: the price falls, as at 2:1
    ratios = np.log([float(ratio) for ratio in SPLIT_RATIOS])
    nearest = np.abs(jump[:, None] - ratios[None, :]).argmin(axis=1)
    far = np.abs(jump - ratios[nearest])
    found = []
    stays = np.abs(np.log(closed[:-1] / closed[1:]) - ratios[nearest]) < _STAYS
    for place in np.flatnonzero((far < _NEAR) & stays & (np.abs(jump) > 0.3)) + 1:
        if int(looked.sessions[place]) in known:
            continue
        if not _money_agrees(volume * _typical(looked), int(place)):
            continue
        found.append(int(place))
    return [
        _split(looked, place, SPLIT_RATIOS[nearest[place - 1]], opened, closed) for place in found
    ]


def _typical(looked: LookedAt) -> NDArray[np.float64]:
    """A price of each session."""
    return looked.regular.close[looked.ends - 1]


def _money_agrees(money: NDArray[np.float64], place: int) -> bool:
    """Whether the money traded in the first session after a jump is what it was before."""
    before = money[max(0, place - _BEFORE) : place]
    usual = float(np.median(before)) if len(before) else 0.0
    if usual <= 0 or money[place] <= 0:
        return True  # no volumes: nothing speaks against a split
    return bool(abs(np.log(money[place] / usual)) < _SAME_MONEY)


def _split(
    looked: LookedAt,
    place: int,
    ratio: Fraction,
    opened: NDArray[np.float64],
    closed: NDArray[np.float64],
) -> Finding:
    day = looked.day(int(looked.sessions[place]))
    text = str(ratio) if ratio.denominator == 1 else f"{ratio.numerator}/{ratio.denominator}"
    return Finding(
        "split", "error", 1, "jumps that look like splits, with the volume agreeing",
        f"{day}: {closed[place - 1]:.10g} to {opened[place]:.10g}, {ratio.numerator}:"
        f"{ratio.denominator}",
        f"kairos data adjust {looked.symbol} --split {day}:{text}",
        looked.regular.timestamp[looked.begins[place : place + 1]],
        abs(float(np.log(float(ratio)))),
    )  # fmt: skip


def _units(
    looked: LookedAt, volume: NDArray[np.float64], at_splits: Collection[int]
) -> Iterator[Finding]:
    """From one session on, volumes ten, a hundred or a thousand times what they were."""
    n = _UNIT_SESSIONS
    if len(volume) < 2 * n or not (volume > 0).all():
        return
    decades = np.log10(volume)
    windows = np.sort(np.lib.stride_tricks.sliding_window_view(decades, n), axis=1)
    before, after = windows[:-n], windows[n:]
    change = np.median(after, axis=1) - np.median(before, axis=1)
    whole = np.round(change)
    apart = (after[:, 0] > before[:, -1]) | (after[:, -1] < before[:, 0])
    places = np.flatnonzero((whole != 0) & (np.abs(change - whole) < _UNIT_NEAR) & apart)
    if not len(places):
        return
    place = int(places[np.argmax(np.abs(decades[places + n] - decades[places + n - 1]))]) + n
    stamp = int(looked.regular.timestamp[looked.begins[place]])
    if stamp in at_splits:
        return
    times = 10.0 ** float(whole[place - n])
    yield Finding(
        "volume_unit", "warning", 1, "changes of the volume's unit",
        f"from {looked.day(int(looked.sessions[place]))} on volumes are some {times:g} times those "
        "before", "", np.array([stamp]), abs(float(whole[place - n])),
    )  # fmt: skip
