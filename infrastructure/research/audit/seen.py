"""Differences that comparisons came upon, gathered into one finding a column."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.bars import Bars
from infrastructure.research.audit.comparing import COLUMNS, Columns, differing
from infrastructure.research.audit.findings import Finding, place_of
from infrastructure.research.audit.places import month_of
from infrastructure.wording import counted

_SOME_DAYS = 3
"""A look ahead over fewer stays within a month by chance."""


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
    """One finding a column: its first differing bar, how often it was seen, how far it looks."""
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
            f"{wording.trials}. {_reach(bars, those)}"
        )
        place = place_of(bars, first.row)
        found.append(Finding(wording.check, bars.symbol, column, place, words))
    return tuple(found)


def said(value: Any) -> str:
    """A value of a column: True, False, a price, or that there is none."""
    if isinstance(value, np.bool_ | bool):
        return str(bool(value))
    return "no level" if np.isnan(value) else f"{value:.12g}"


def _reach(bars: Bars, seen: Sequence[Seen]) -> str:
    """How far ahead it looks, and the period that it never looks out of."""
    far = max(seen, key=lambda each: each.known - each.row)
    ahead, days = far.known - far.row, bars.session[far.known - 1] - bars.session[far.row]
    bound = ""
    if ahead > len(bars) / 4:
        bound = ", as a figure of the whole sample does (a mean, a quantile, a trend, an order)"
    elif ahead > 1 and _all_within(bars.session, seen):
        bound = ", never out of the session"
    elif days >= _SOME_DAYS and _all_within(month_of(bars), seen):
        bound = ", never out of the calendar month"
    return f"It looks at least {counted(ahead, 'bar')} ahead{bound}."


def _all_within(period: NDArray[np.int64], seen: Sequence[Seen]) -> bool:
    """Whether every first difference lies in the same period as the last bar known."""
    return all(period[each.row] == period[each.known - 1] for each in seen)
