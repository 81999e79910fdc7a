"""Context: no decision may hang on a coarser bar that had not closed by then."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from infrastructure.market_data.bars import Bars
from infrastructure.research.audit.findings import Check
from infrastructure.research.audit.futures import PLACES, closed_by, compared_with, other_future
from infrastructure.research.audit.places import cut_places
from infrastructure.research.audit.seen import Wording
from infrastructure.research.audit.subject import Subject

NAME = "context"


def check_context(subject: Subject, interval: str) -> Check:
    """Signals beside other coarser bars of one interval, where those that had closed are the same.

    The strategy's own bars stay as they are: a difference comes from a coarser bar that was still
    unfinished, or yet to come, and stood in `bars.coarser` beside the bars of the past.
    """
    wording = Wording(NAME, f"with other {interval} bars still open at the close of", "trials")
    others = _unfinished_changed(subject, interval)
    return compared_with(subject, others, wording, f"changes of {interval} bars not yet closed")


def _unfinished_changed(subject: Subject, interval: str) -> Iterator[tuple[int, Bars]]:
    """Places, and the bars beside coarser ones that go on otherwise: drawn, and mirrored."""
    bars, random = subject.bars, subject.random(NAME)
    series = bars.coarser[interval]
    for known in islice(cut_places(bars, subject.whole, random), PLACES):
        closed, seed = closed_by(bars, known, series), int(random.integers(2**32))
        for mirrored in (False, True):
            other = other_future(series, closed, seed, mirrored)
            yield known, replace(bars, coarser={**bars.coarser, interval: other})
