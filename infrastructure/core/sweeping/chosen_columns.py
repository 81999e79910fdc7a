"""Whole columns of decisions and levels of many choices, end to end."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.execution.account_state import LONG, SHORT
from infrastructure.core.execution.market_columns import decisions_of, end_to_end
from infrastructure.core.signals import Signals


class ChosenColumns:
    """Collects the columns of lane after lane; every choice of a lane has its own."""

    def __init__(self) -> None:
        self._decisions: list[NDArray[np.uint8]] = []
        self._levels: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
        self._rows, self._level_rows = 0, 0
        self.most_entries = 0

    def add_lane(
        self, found: Sequence[Signals | str], n_bars: int, at_level: bool
    ) -> NDArray[np.int64]:
        """(n_choices, 2): where each choice's decisions and levels begin; -1: no levels.

        A choice that the strategy refused (its reason, a text) decides nothing.
        """
        begin = np.full((len(found), 2), -1)
        most = 0
        for choice, given in enumerate(found):
            signals = Signals() if isinstance(given, str) else given
            decision = decisions_of(signals, n_bars)
            entries = np.count_nonzero(decision & LONG) + np.count_nonzero(decision & SHORT)
            most = max(most, int(entries))
            self._decisions.append(decision)
            begin[choice, 0] = self._rows
            self._rows += n_bars
            if at_level:
                self._levels.append(
                    (_level(signals.long_level, n_bars), _level(signals.short_level, n_bars))
                )
                begin[choice, 1] = self._level_rows
                self._level_rows += n_bars
        self.most_entries += most
        return begin

    def joined(self) -> tuple[NDArray[np.uint8], NDArray[np.float64], NDArray[np.float64]]:
        """(decisions, long levels, short levels), as the market's columns are."""
        return (
            end_to_end(self._decisions, np.uint8),
            end_to_end([long for long, _ in self._levels], np.float64),
            end_to_end([short for _, short in self._levels], np.float64),
        )


def _level(column: NDArray[np.float64] | None, n_bars: int) -> NDArray[np.float64]:
    return np.full(n_bars, np.nan) if column is None else column
