"""Repetition: the same bars give the same signals, and are still the same bars afterwards."""

from infrastructure.research.audit.comparing import differing
from infrastructure.research.audit.findings import Check, Finding, place_of
from infrastructure.research.audit.seen import said
from infrastructure.research.audit.subject import Subject, contents_of

NAME = "repetition"


def check_repetition(subject: Subject) -> Check:
    """The signals on all bars twice, and the bars before and after.

    The first thing to ask: where the answer is no, no other check can tell anything.
    Raises StrategyError where the strategy does not run on all bars.
    """
    bars = subject.bars
    before = contents_of(bars)
    _ = subject.whole  # the first run
    touched = contents_of(bars) != before
    findings = (_changed(subject),) if touched else _unlike(subject)
    return Check(
        NAME,
        bars.symbol,
        "2 runs on the same bars",
        "not repeatable" if findings else "the same signals, and the bars untouched",
        1,
        findings,
    )


def _unlike(subject: Subject) -> tuple[Finding, ...]:
    """What a second run on the same bars decides otherwise, one finding a column."""
    bars, whole, again = subject.bars, subject.whole, subject.signals_on(subject.bars)
    found = []
    for column, rows in differing(whole, again, 0, len(bars)).items():
        row = rows[0]
        words = (
            f"{said(whole[column][row])} in one run, {said(again[column][row])} in the next on the "
            f"same bars ({len(rows):,} rows differ). It draws random numbers, or reads something "
            "else than its bars."
        )
        found.append(Finding(NAME, bars.symbol, column, place_of(bars, row), words))
    return tuple(found)


def _changed(subject: Subject) -> Finding:
    words = "generate_signals changes the bars it is given; whoever trades on them next is misled"
    return Finding(NAME, subject.bars.symbol, "", place_of(subject.bars, 0), words)
