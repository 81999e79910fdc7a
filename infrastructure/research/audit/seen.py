"""Differences that comparisons came upon, gathered into one finding a column."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from infrastructure.market_data.bars import Bars
from infrastructure.research.audit.comparing import COLUMNS, Columns, differing
from infrastructure.research.audit.findings import Finding, place_of
from infrastructure.research.audit.places import month_of

_FEW = 3
"""Bars ahead that are told as such even where they lie in one session."""


class Seen(NamedTuple):
    """One column of one comparison: the first row that differs, and its value here and there.

    known: how many bars both runs had in common.
    """

    known: int
    column: str
    row: int
    with_all: Any
    otherwise: Any


@dataclass(frozen=True)
class Wording:
    """How a check tells what it saw: `otherwise` follows the value, `trials` the count."""

    check: str
    otherwise: str
    trials: str


def seen_in(whole: Columns, other: Columns, known: int) -> list[Seen]:
    """What differs in the first `known` rows of two runs, a column at a time."""
    return [
        Seen(known, name, int(rows[0]), whole[name][rows[0]], other[name][rows[0]])
        for name, rows in differing(whole, other, 0, known).items()
    ]


def findings_of(
    bars: Bars, seen: Sequence[Seen], n_trials: int, wording: Wording
) -> tuple[Finding, ...]:
    """One finding a column: its first differing bar, how often it was seen, what it looks like."""
    found = []
    for column in COLUMNS:
        those = [each for each in seen if each.column == column]
        if not those:
            continue
        first = min(those, key=lambda each: each.row)
        last_known = place_of(bars, first.known - 1)
        words = (
            f"{said(first.with_all)} on the bars as they are, {said(first.otherwise)} "
            f"{wording.otherwise} {last_known}; seen in {len(those)} of {n_trials} "
            f"{wording.trials}. {_looks_like(bars, those)}"
        )
        place = place_of(bars, first.row)
        found.append(Finding(wording.check, bars.symbol, column, place, words))
    return tuple(found)


def said(value: Any) -> str:
    """A value of a column: True, False, a price, or that there is none."""
    if isinstance(value, np.bool_ | bool):
        return str(bool(value))
    return "no level" if np.isnan(value) else f"{value:.12g}"


def _looks_like(bars: Bars, seen: Sequence[Seen]) -> str:
    """What kind of look ahead would leave these traces."""
    ahead = max(each.known - each.row for each in seen)
    if ahead <= _FEW:
        return f"It looks {ahead} bar{'s' if ahead > 1 else ''} ahead."
    if _all_within(bars.session, seen):
        return "Only bars of the session that was cut differ: it knows how the day went on."
    if _all_within(month_of(bars), seen):
        return "Only bars of the month that was cut differ: it knows how the month went on."
    if ahead > len(bars) / 4:
        return (
            "Bars far before the cut differ: a figure of the whole sample, such as a mean, a "
            "quantile, a trend or an order."
        )
    return f"It looks up to {ahead:,} bars ahead."


def _all_within(period: Any, seen: Sequence[Seen]) -> bool:
    """Whether every first difference lies in the same period as the last bar known."""
    return all(period[each.row] == period[each.known - 1] for each in seen)
