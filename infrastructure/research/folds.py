"""Folds of a walk forward: where it trains, what it leaves out, where it tests."""

from dataclasses import dataclass
from datetime import date
from math import ceil

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import DataError
from infrastructure.market_data.sessions.session_calendar import date_of_day, day_text
from infrastructure.research.lengths import Length, day_after, parse_length, row_after

SHORTEST_TEST = 0.5
"""Share of its length that the last test must have, or it is left out."""

_USUAL_RATE = 252 / 365
"""Sessions a day of the calendar, where too few are there to tell."""


@dataclass(frozen=True)
class Fold:
    """One training and the test that follows it; exchange dates of sessions, all included.

    number: from 1. train_sessions, test_sessions: how many of them have bars.
    covered: share of the test's length that there are bars for, above SHORTEST_TEST; below 1 only
    for the last fold.
    """

    number: int
    train_start: date
    train_end: date
    test_start: date
    test_end: date
    train_sessions: int
    test_sessions: int
    covered: float = 1.0


def cut_folds(
    sessions: NDArray[np.int64],
    train: str,
    test: str,
    anchored: bool = False,
    embargo: str = "0d",
) -> tuple[Fold, ...]:
    """Folds of `train`, a gap of `embargo`, then `test`, whose tests follow each other without gap.

    sessions: days since 1970 of the account's calendar that have bars, increasing, (n,).
    train, test, embargo: lengths such as 2y, 6m, 8w, 90d or 250s (sessions). The next fold lies one
    test later. anchored: every training begins with the first session, and they grow.

    A fold begins and ends with a session: all of them are counted from the first session on, and
    each boundary is the first session at or after its date. The last test may be shorter, down to
    SHORTEST_TEST of its length; sessions that no fold tests after it are `left_out`.

    Raises ConfigError for what is no length, DataError for too few sessions or a training without
    any.
    """
    lengths = _Lengths(
        parse_length("train", train),
        parse_length("test", test),
        parse_length("embargo", embargo, zero=True),
    )
    if not len(sessions):
        raise DataError(f"walk forward: {lengths.asked(train, test, embargo)}; there are no bars")
    folds: list[Fold] = []
    number = 0
    while (first := row_after(sessions, lengths.until_test(number))) < len(sessions):
        end = min(row_after(sessions, lengths.until_test(number + 1)), len(sessions))
        covered = _covered(sessions, first, end, lengths, number)
        if first < end and covered >= SHORTEST_TEST:
            begin = 0 if anchored else row_after(sessions, lengths.test.times(number))
            trained = row_after(sessions, lengths.test.times(number) + lengths.train)
            folds.append(_fold(sessions, len(folds) + 1, (begin, trained), (first, end), covered))
        number += 1
    if not folds:
        asked = lengths.asked(train, test, embargo)
        raise DataError(f"walk forward: {asked}; {_shortage(sessions, lengths)}")
    return tuple(folds)


def left_out(sessions: NDArray[np.int64], folds: tuple[Fold, ...]) -> int:
    """How many sessions after the last test are too few for another one, and not traded."""
    last = np.datetime64(folds[-1].test_end, "D").astype(np.int64)
    return int(np.count_nonzero(sessions > last))


@dataclass(frozen=True)
class _Lengths:
    train: Length
    test: Length
    embargo: Length

    def until_test(self, number: int) -> Length:
        """From the first session to the start of test `number`, from 0."""
        return self.test.times(number) + self.train + self.embargo

    def asked(self, train: str, test: str, embargo: str) -> str:
        """What was asked for, in words."""
        gap = "" if self.embargo == Length() else f", a gap of {embargo}"
        return f"train {train}{gap} and test {test} must fit into the sessions that have bars"


def _fold(
    sessions: NDArray[np.int64],
    number: int,
    train: tuple[int, int],
    test: tuple[int, int],
    covered: float,
) -> Fold:
    """The fold of rows [first, last) of training and test."""
    if train[0] >= train[1]:
        begins = day_text(int(sessions[test[0]]))
        raise DataError(
            f"walk forward: no session with bars lies in the training before the test that begins "
            f"{begins}; give a longer train, or import the bars that are missing"
        )
    bounds = [sessions[row] for row in (train[0], train[1] - 1, test[0], test[1] - 1)]
    first, last, test_first, test_last = (date_of_day(int(day)) for day in bounds)
    n_train, n_test = train[1] - train[0], test[1] - test[0]
    return Fold(number, first, last, test_first, test_last, n_train, n_test, covered)


def _covered(
    sessions: NDArray[np.int64], first: int, end: int, lengths: _Lengths, number: int
) -> float:
    """The share of a test's length that rows [first, end) have; 1 where sessions follow them."""
    test, before = lengths.test, lengths.until_test(number)
    if end < len(sessions):
        return 1.0
    if test.counts_sessions:
        return (end - first) / test.sessions
    begins = int(sessions[first] if before.sessions else day_after(int(sessions[0]), before))
    return min(1.0, (int(sessions[-1]) + 1 - begins) / (day_after(begins, test) - begins))


def _shortage(sessions: NDArray[np.int64], lengths: _Lengths) -> str:
    """How many sessions there are, and how many one fold needs."""
    first, last = int(sessions[0]), int(sessions[-1])
    there = f"there are {len(sessions):,} ({day_text(first)} to {day_text(last)})"
    before = lengths.train + lengths.embargo
    span = last + 1 - first
    rate = len(sessions) / span if span > 7 else _USUAL_RATE
    test_days = SHORTEST_TEST * (day_after(first, lengths.test) - first)
    days = day_after(first, before) - first + test_days
    needed = ceil(days * rate) + before.sessions + ceil(SHORTEST_TEST * lengths.test.sessions)
    about = "about " if days else ""
    return f"one fold needs {about}{needed:,} sessions, {there}"
