"""What came of running a stored run again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from infrastructure.ledger.proving.causes import Cause
from infrastructure.ledger.proving.differing import Difference

Outcome = Literal["identical", "differs", "cannot_run"]


@dataclass(frozen=True)
class Proof:
    """A run of the ledger, held against itself simulated again.

    outcome: "identical" to the last bit, "differs", or "cannot_run". counts: rows compared, by
    what they are. differences: the first of each kind of rows that has any. causes: what is no
    longer as it was, the likeliest first; of an identical run what has changed without changing
    it. why_not: why it cannot be run again. has_evidence: whether the ledger knows what made it;
    without, orders and causes cannot be told.
    """

    run_id: int
    name: str
    outcome: Outcome
    counts: Mapping[str, int]
    differences: tuple[Difference, ...] = ()
    causes: tuple[Cause, ...] = ()
    why_not: str = ""
    has_evidence: bool = True

    def as_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        return {
            "run_id": self.run_id,
            "portfolio_name": self.name,
            "outcome": self.outcome,
            "compared": dict(self.counts),
            "differences": [vars(each) for each in self.differences],
            "causes": [vars(each) for each in self.causes],
            "why_not": self.why_not or None,
            "has_evidence": self.has_evidence,
        }
