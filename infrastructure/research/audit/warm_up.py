"""Warm-up: signals of a later start must become those of an earlier one, and after how many bars.

A figure of the bars behind it, be it an average or one that forgets slowly, settles; one that is
anchored on the first bar (a sum since then, a rank among all bars, a count of bars) never does, and
the day on which the data begin would decide the trades of years later.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import KairosError
from infrastructure.market_data.bars import Bars
from infrastructure.research.audit.comparing import COLUMNS, DECISIONS, Columns, differing
from infrastructure.research.audit.findings import Check, Finding, place_of
from infrastructure.research.audit.futures import nothing_compared
from infrastructure.research.audit.places import spread
from infrastructure.research.audit.seen import said
from infrastructure.research.audit.subject import Subject

NAME = "warm-up"
STARTS = 8
"""Later starts that are tried."""

ROUNDING = 0.01
"""Share of a column's signals that may go on to differ.

A sum that is carried along bar by bar (the rolling mean of pandas) never quite forgets what it
rounded away, and where two prices are equal that decides; what hangs on the first bar differs in
more places than equal prices do. Levels get no such room.
"""

_FIRST_STARTS = (1, 2, 7)


@dataclass(frozen=True, eq=False)
class _Start:
    """What differed in one column when the bars began at row `first`.

    rows: that differ beyond rounding in the half that must agree, or all that do where they end
    before it. settled: whether they do. rounding: how many were forgiven.
    """

    first: int
    column: str
    rows: NDArray[np.intp]
    settled: bool
    rounding: int
    other: Columns


def check_warm_up(subject: Subject, context_too: bool = False) -> Check:
    """Signals on bars that begin later, compared with those on all bars from there on.

    context_too: coarser bars begin later too; otherwise they begin where they did.
    `figures["settles_after"]` is the largest number of bars from a start to the last difference.
    A difference in the second half of what is compared is a finding: the signals never settle, or
    need more bars than half of those there are.
    """
    differences: list[_Start] = []
    compared, raised = 0, list[tuple[int, str]]()
    for first in later_starts(len(subject.bars), subject.random(NAME)):
        try:
            other = subject.signals_on(_from(subject.bars, first, context_too))
        except KairosError as error:
            raised.append((first, str(error)))
            continue
        compared += 1
        differences += _differences(subject.whole, other, first, len(subject.bars))
    findings = _findings(subject.bars, differences, compared)
    notes = [f"raised on {len(raised)} of them: {why}" for _, why in raised[:1]]
    if raised and not compared:
        findings = (nothing_compared(subject, NAME, raised[0][0], notes[0]),)
    forgiven = sum(each.rounding for each in differences)
    if forgiven:
        notes.append(f"{forgiven:,} signals differ later on: rounding decides between equal prices")
    after = max((int(each.rows[-1]) + 1 - each.first for each in differences), default=0)
    beside = ", context bars as well" if context_too else ""
    return Check(
        NAME,
        subject.bars.symbol,
        f"{compared} later starts{beside}",
        "the signals do not settle" if findings else f"settled after {after:,} bars",
        compared,
        findings,
        tuple(notes),
        {} if findings else {"settles_after": after},
    )


def later_starts(n_bars: int, random: np.random.Generator) -> list[int]:
    """Rows to begin at, none beyond a quarter of the bars: odd and even, one by one and far off."""
    last = n_bars // 4
    drawn = [row for row in spread(np.arange(1, last + 1), random) if row not in _FIRST_STARTS]
    fixed = [row for row in _FIRST_STARTS if row <= last]
    return sorted([*fixed, *drawn[: STARTS - len(fixed)]])


def _from(bars: Bars, first: int, context_too: bool) -> Bars:
    """The bars from row `first` on."""
    later = bars.rows(first, len(bars))
    if not context_too:
        return later
    cut = {}
    for interval, series in later.coarser.items():
        row = int(np.searchsorted(series.timestamp, bars.timestamp[first]))
        cut[interval] = series.rows(row, len(series))
    return later.with_coarser(cut)


def _differences(whole: Columns, other: Columns, first: int, n_bars: int) -> list[_Start]:
    """What differs, a column at a time, but for what rounding may have done."""
    must_agree = first + (n_bars - first) // 2
    found = []
    for column, rows in differing(whole, other, first, n_bars, shift=first).items():
        early, late = rows[rows < must_agree], rows[rows >= must_agree]
        n_signals = int(np.sum(whole[column][must_agree:])) if column in DECISIONS else 0
        is_rounding = len(late) <= ROUNDING * n_signals
        if not is_rounding:
            found.append(_Start(first, column, rows, False, 0, other))
        elif len(early):
            found.append(_Start(first, column, early, True, len(late), other))
    return found


def _findings(bars: Bars, differences: Sequence[_Start], n_starts: int) -> tuple[Finding, ...]:
    """One finding for each column that did not settle."""
    found = []
    for column in COLUMNS:
        those = [each for each in differences if each.column == column and not each.settled]
        if not those:
            continue
        worst = max(those, key=lambda each: int(each.rows[-1]) - each.first)
        place, last = place_of(bars, int(worst.rows[0])), place_of(bars, int(worst.rows[-1]))
        words = (
            f"{said(worst.other[column][place.row - worst.first])} where the bars begin with "
            f"{place_of(bars, worst.first)}, otherwise on all bars, and still so at {last}, "
            f"{last.row - worst.first:,} bars after that start; seen at {len(those)} of {n_starts} "
            "later starts. Either something is anchored on the first bar, or more bars are needed "
            "to tell."
        )
        found.append(Finding(NAME, bars.symbol, column, place, words))
    return tuple(found)
