"""Truncation: what a strategy decided must not change when later bars arrive."""

from dataclasses import dataclass, field

from infrastructure.errors import KairosError
from infrastructure.research.audit.findings import Check, Finding, place_of
from infrastructure.research.audit.places import cut_places
from infrastructure.research.audit.seen import Seen, Wording, findings_of, seen_in
from infrastructure.research.audit.subject import Subject

NAME = "truncation"
_WORDING = Wording(NAME, "where the bars end with", "truncations")


@dataclass
class _Runs:
    """How the runs on truncated bars went; keys and entries are numbers of bars.

    refused: what was wrong with the signals returned. raised: what generate_signals raised.
    """

    compared: list[int] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    raised: dict[int, str] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)

    def can_be_short(self, n_bars: int) -> bool:
        """Whether so few bars are too few, for all that is known."""
        return n_bars < min(self.compared, default=n_bars + 1)


def check_truncations(subject: Subject, count: int) -> Check:
    """Signals on `count` beginnings of the bars, compared in every row with those on all bars.

    Context bars are cut to what had closed by then. Beginnings on which the strategy raises are
    replaced by longer ones: where it raises on short ones only, it needs so many bars, which is
    measured and told (`figures["needs_bars"]`); where it raises on a longer one than it works on,
    that is a finding.
    """
    runs = _Runs()
    too_few = 0
    for n_bars in cut_places(subject.bars, subject.whole, subject.random(NAME)):
        if len(runs.compared) == count or len(runs.raised) + len(runs.refused) > count:
            break
        if n_bars > too_few and not _try(subject, n_bars, runs) and runs.can_be_short(n_bars):
            too_few = max(too_few, n_bars)
    needs = _least_bars(subject, runs)
    findings = findings_of(subject.bars, runs.seen, len(runs.compared), _WORDING)
    findings += _failures(subject, runs, needs)
    return Check(
        NAME,
        subject.bars.symbol,
        f"{len(runs.compared)} truncations, every column of every bar before each",
        "something changed when later bars arrived" if findings else "the same as on all bars",
        len(runs.compared),
        findings,
        _notes(runs, needs),
        {"needs_bars": needs} if needs else {},
    )


def _try(subject: Subject, n_bars: int, runs: _Runs) -> bool:
    """Compare the signals on the first bars; whether there were any."""
    try:
        part = subject.signals_on(subject.bars.rows(0, n_bars))
    except KairosError as error:
        # Without a cause it is the returned signals that are wrong, not the strategy that raised.
        kind = runs.refused if error.__cause__ is None else runs.raised
        kind[n_bars] = str(error)
        return False
    runs.compared.append(n_bars)
    runs.seen += seen_in(subject.whole, part, n_bars)
    return True


def _least_bars(subject: Subject, runs: _Runs) -> int:
    """The least number of bars the strategy works on, by halving; 0: it is not known to need any.

    Raising is taken for a lack of bars where all that raised are shorter than all that did not.
    """
    if not runs.raised or not runs.compared or max(runs.raised) > min(runs.compared):
        return 0
    too_few, enough = max(runs.raised), min(runs.compared)
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if _try(subject, middle, runs):
            enough = middle
        else:
            too_few = middle
    return enough


def _failures(subject: Subject, runs: _Runs, needs: int) -> tuple[Finding, ...]:
    """Beginnings on which there were no signals, though their being short does not explain it."""
    raised = {} if needs else runs.raised
    found = []
    for failed, how in ((runs.refused, "returns what cannot be used"), (raised, "raises")):
        if not failed:
            continue
        n_bars = max(failed)
        words = f"it {how} where the bars end here, though it works on all of them: "
        place = place_of(subject.bars, n_bars - 1)
        found.append(Finding(NAME, subject.bars.symbol, "", place, words + failed[n_bars]))
    return tuple(found)


def _notes(runs: _Runs, needs: int) -> tuple[str, ...]:
    if not needs:
        return ()
    why = runs.raised[max(n_bars for n_bars in runs.raised if n_bars < needs)]
    return (f"needs at least {needs:,} bars and raises on fewer: {why}",)
