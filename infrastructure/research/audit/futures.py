"""Shuffled futures: what a strategy decided must not hang on which bars came later."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import KairosError
from infrastructure.market_data.bars import Bars
from infrastructure.research.audit.findings import Check, Finding, place_of
from infrastructure.research.audit.places import cut_places
from infrastructure.research.audit.seen import Seen, Wording, findings_of, seen_in
from infrastructure.research.audit.subject import Subject

NAME = "futures"
PLACES = 8
"""Bars after which the future is made another one, in two ways each."""

_WORDING = Wording(NAME, "where others follow", "other futures")


def check_futures(subject: Subject) -> Check:
    """Signals on bars that go on otherwise after a bar, compared up to and including it.

    Context bars that had not closed by that bar's close go on otherwise too.
    """
    return compared_with(
        subject, changed_after(subject, subject.random(NAME)), _WORDING, "other futures of a bar"
    )


def compared_with(
    subject: Subject, others: Iterator[tuple[int, Bars]], wording: Wording, tried: str
) -> Check:
    """The check that signals on other bars are the same in the rows that both have in common.

    others: how many bars are in common, and the bars.
    """
    seen: list[Seen] = []
    compared, raised = 0, list[tuple[int, str]]()
    for known, bars in others:
        try:
            seen += seen_in(subject.whole, subject.signals_on(bars), known)
            compared += 1
        except KairosError as error:
            raised.append((known, str(error)))
    findings = findings_of(subject.bars, seen, compared, wording)
    notes = [f"raised on {len(raised)} of them: {why}" for _, why in raised[:1]]
    if raised and not compared:
        findings = (nothing_compared(subject, wording.check, raised[0][0] - 1, notes[0]),)
    changed, same = "something changed with them", "the same as on the bars as they are"
    return Check(
        wording.check,
        subject.bars.symbol,
        f"{compared} {tried}",
        changed if findings else same,
        compared,
        findings,
        tuple(notes),
    )


def nothing_compared(subject: Subject, check: str, row: int, why: str) -> Finding:
    """A check that had nothing to compare has not passed."""
    words = f"nothing could be compared: {why}"
    return Finding(check, subject.bars.symbol, "", place_of(subject.bars, row), words)


def changed_after(subject: Subject, random: np.random.Generator) -> Iterator[tuple[int, Bars]]:
    """Places, and the bars with another future after each: one drawn, and its mirror image."""
    bars = subject.bars
    for known in islice(cut_places(bars, subject.whole, random), PLACES):
        seed = int(random.integers(2**32))
        for mirrored in (False, True):
            coarser = {
                interval: other_future(series, closed_by(bars, known, series), seed, mirrored)
                for interval, series in bars.coarser.items()
            }
            yield known, replace(other_future(bars, known, seed, mirrored), coarser=coarser)


def closed_by(bars: Bars, known: int, coarser: Bars) -> int:
    """How many coarser bars had closed when the first `known` bars had."""
    return int(np.searchsorted(coarser.closes_at, bars.closes_at[known - 1], side="right"))


def other_future(bars: Bars, known: int, seed: int, mirrored: bool) -> Bars:
    """The bars with other prices and volumes after the first `known`, at the same times.

    Each later bar makes the moves of one drawn from the series (its gap, its range, its body), from
    the close before it on; mirrored: every move the other way.
    """
    n_new = len(bars) - known
    if len(bars) < 2 or n_new < 1:
        return bars
    drawn = np.random.default_rng(seed).integers(1, len(bars), n_new)
    gap = np.log(bars.open[drawn] / bars.close[drawn - 1])
    up, down, body = (
        np.log(column[drawn] / bars.open[drawn]) for column in (bars.high, bars.low, bars.close)
    )
    if mirrored:
        gap, up, down, body = -gap, -down, -up, -body
    start = bars.close[known - 1] if known else bars.open[0]
    path = np.log(start) + np.cumsum(gap + body)
    open_ = path - body
    return replace(
        bars,
        open=_joined(bars.open, known, np.exp(open_)),
        high=_joined(bars.high, known, np.exp(np.maximum(open_ + up, np.maximum(open_, path)))),
        low=_joined(bars.low, known, np.exp(np.minimum(open_ + down, np.minimum(open_, path)))),
        close=_joined(bars.close, known, np.exp(path)),
        volume=_joined(bars.volume, known, bars.volume[drawn]),
    )


def _joined(
    column: NDArray[np.float64], known: int, later: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.concatenate((column[:known], later))
