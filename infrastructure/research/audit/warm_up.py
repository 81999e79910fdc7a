"""Warm-up: signals of a later start must become those of an earlier one, and after how many bars.

A figure of the bars behind it, be it an average or one that forgets slowly, settles; one that is
anchored on the first bar (a sum since then, a rank among all bars, a count of bars) never does, and
the day on which the data begin would decide the trades of years later.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

from infrastructure.errors import KairosError
from infrastructure.market_data.bars import Bars
from infrastructure.research.audit.comparing import COLUMNS
from infrastructure.research.audit.findings import Check, Finding, place_of
from infrastructure.research.audit.futures import nothing_compared
from infrastructure.research.audit.places import spread
from infrastructure.research.audit.rounding import undecided
from infrastructure.research.audit.seen import said
from infrastructure.research.audit.settling import Settling, settlings
from infrastructure.research.audit.subject import Subject
from infrastructure.wording import counted

NAME, WITH_CONTEXT = "warm-up", "context warm-up"
STARTS = 8
"""Later starts that are tried."""

_FIRST_STARTS = (1, 2, 7)


def check_warm_up(subject: Subject, context_too: bool = False) -> Check:
    """Signals on bars that begin later, compared with those on all bars from there on.

    context_too: coarser bars begin later too; otherwise they begin where they did.
    `figures["settles_after"]` is the largest number of bars from a start to the last difference.
    A difference in the second half of what is compared is a finding: the signals never settle, or
    need more bars than half of those there are. Levels that fade (see `FADING`) and decisions that
    rounding takes (see `undecided`) are none.
    """
    name = WITH_CONTEXT if context_too else NAME
    differences: list[Settling] = []
    compared, raised = 0, list[tuple[int, str]]()
    ties = cache(lambda: undecided(subject))
    for first in later_starts(len(subject.bars), subject.random(name)):
        try:
            other = subject.signals_on(_from(subject.bars, first, context_too))
        except KairosError as error:
            raised.append((first, str(error)))
            continue
        compared += 1
        differences += settlings(subject.whole, other, first, ties)
    notes = [f"raised on {len(raised)} of them: {why}" for _, why in raised[:1]]
    findings = _findings(name, subject.bars, differences, compared)
    if raised and not compared:
        findings = (nothing_compared(subject, name, raised[0][0], notes[0]),)
    after = max((each.after for each in differences), default=0)
    return Check(
        name,
        subject.bars.symbol,
        f"{compared} later starts{', context bars too' if context_too else ''}",
        "the signals do not settle" if findings else _settled(after),
        compared,
        findings,
        tuple(notes if findings else notes + _cautions(differences, after, len(subject.bars))),
        {} if findings else {"settles_after": after},
    )


def _settled(after: int) -> str:
    return f"settled after {counted(after, 'bar')}"


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


def _findings(
    name: str, bars: Bars, differences: Sequence[Settling], n_starts: int
) -> tuple[Finding, ...]:
    """One finding for each column that did not settle."""
    found = []
    for column in COLUMNS:
        those = [each for each in differences if each.column == column and not each.settled]
        if not those:
            continue
        worst = max(those, key=lambda each: each.after)
        place, last = place_of(bars, worst.rows[0]), place_of(bars, worst.rows[-1])
        words = (
            f"{said(worst.values[place.row - worst.first])} where the bars begin with "
            f"{place_of(bars, worst.first)}, otherwise on all bars, and still so at {last}, "
            f"{worst.after - 1:,} bars after that start; seen at {len(those)} of {n_starts} later "
            "starts. Either something is anchored on the first bar, or it takes more bars than "
            "these to tell."
        )
        found.append(Finding(name, bars.symbol, column, place, words))
    return tuple(found)


def _cautions(differences: Sequence[Settling], after: int, n_bars: int) -> list[str]:
    """What is not quite a finding."""
    forgiven = sum(each.forgiven for each in differences)
    cautions = []
    if forgiven:
        cautions.append(
            f"{forgiven:,} signals differ later on, where two prices are equal and rounding decides"
        )
    if after > n_bars / 4:
        cautions.append(
            "that is long beside the bars there are: an anchor on the first bar is not ruled out"
        )
    return cautions
