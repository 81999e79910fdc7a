"""What came of verifying runs, as lines for people and as JSON for other programs."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infrastructure.ledger.proving.differing import Difference
from infrastructure.ledger.proving.proof import Proof
from infrastructure.reporting.json_text import json_text
from infrastructure.wording import counted, printable

_ONE = {"orders": "order", "trades": "trade", "refusals": "refusal", "equity": "equity mark"}
_WORDS = {"identical": "identical", "differs": "DIFFERS", "cannot_run": "CANNOT BE RUN AGAIN"}


def proof_lines(proof: Proof) -> Iterator[str]:
    """A line for what it came to, and below it what differs and why."""
    head = f"run {proof.run_id} · {printable(proof.name)} · {_WORDS[proof.outcome]}"
    if proof.outcome == "identical":
        head += f": {_compared(proof.counts)}"
    yield head
    if proof.why_not:
        yield f"  {printable(proof.why_not)}"
    for number, difference in enumerate(proof.differences):
        yield f"  {'first' if number == 0 else 'then'}: {_told(difference)}"
    if proof.outcome == "identical":
        for cause in proof.causes:
            yield f"  changed since, and it made no difference: {printable(cause.words)}"
        return
    for number, cause in enumerate(proof.causes):
        likely = "likely cause" if proof.differences else "found"
        yield f"  {likely if number == 0 else 'or'}: {printable(cause.words)}"
    if not proof.has_evidence:
        yield (
            "  the run was stored before Kairos kept evidence: bars, code and libraries of then "
            "are not known"
        )
    elif not proof.causes and proof.differences:
        yield (
            "  no cause found: bars, code, libraries and machine are the same; does the strategy "
            "draw by chance or look at the clock? If not, please report this run"
        )


def proofs_line(proofs: Sequence[Proof]) -> str:
    """How many runs came to what."""
    found = Counter(proof.outcome for proof in proofs)
    parts = [f"{found['identical']:,} identical", f"{found['differs']:,} different"]
    parts.append(f"{found['cannot_run']:,} that cannot be run again")
    return f"{counted(len(proofs), 'run')}: {', '.join(parts)}"


def proofs_json(proofs: Sequence[Proof]) -> str:
    """One document: `{runs: [{run_id, outcome, compared, differences, causes, ...}]}`."""
    document: dict[str, Any] = {"runs": [each.as_dict() for each in proofs]}
    return json_text(document)


def _compared(counts: Mapping[str, int]) -> str:
    names = {**_ONE, "figures": "figure"}
    return ", ".join(counted(number, names[what]) for what, number in counts.items())


def _told(difference: Difference) -> str:
    where = f"{_ONE.get(difference.what, 'figure')} {difference.number}"
    about = f" ({printable(difference.about)})" if difference.about else ""
    if difference.what == "figures":
        values = f"was {difference.then!r}, now it is {difference.now!r}"
        words = f"figure {difference.column}{about} {values}"
    elif difference.column:
        values = f"was {difference.then!r}, now it is {difference.now!r}"
        words = f"{where}{about}: {difference.column} {values}"
    else:
        words = f"{where}{about} is in one of them only"
    others = difference.n_rows - 1
    return words + (f"; and {others:,} more" if others else "")
