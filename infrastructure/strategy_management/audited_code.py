"""What the ledger knows of the audits of a portfolio's code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from infrastructure.database.engine import Database
from infrastructure.strategy_management.strategy_code import code_digest, code_files
from infrastructure.strategy_management.trial_ledger import TrialLedger

AuditOutcome = Literal["passed", "failed", "not_audited"]


@dataclass(frozen=True)
class AuditedCode:
    """A strategy's code, and what the last audit of exactly this code came to.

    code_digest: see `strategy_code`. audit_id: None where it is not audited. config: what
    `kairos audit` takes for the strategy; "" where it has no file. files: the SHA-256 of each of
    the code's sources.
    """

    class_name: str
    code_digest: str
    audit: AuditOutcome = "not_audited"
    audit_id: int | None = None
    config: str = ""
    files: Mapping[str, str] = field(default_factory=dict)

    def row(self, position: int) -> dict[str, Any]:
        """The row of run_strategy_code but for its run; positions count from 1."""
        return {"position": position, **self.as_dict()}

    def as_dict(self) -> dict[str, Any]:
        """Digest and audit, JSON-safe."""
        known = {"audit": self.audit, "audit_id": self.audit_id}
        return {"code_digest": self.code_digest, **known}


def audited_code(
    database: Database, strategies: Sequence[tuple[type, str]]
) -> tuple[AuditedCode, ...]:
    """The code of each class as it is now, and its last audit. Raises StorageError.

    strategies: each class, and what `kairos audit` takes for it.
    """
    ledger = TrialLedger(database)
    known = {each: _audited(ledger, each) for each, _ in strategies}
    return tuple(replace(known[each], config=config) for each, config in strategies)


def _audited(ledger: TrialLedger, strategy: type) -> AuditedCode:
    name, digest = strategy.__name__, code_digest(strategy)
    code = AuditedCode(name, digest, files=code_files(strategy))
    last = ledger.latest_audit(name, digest)
    if last is None:
        return code
    return replace(code, audit="passed" if last.passed else "failed", audit_id=last.audit_id)
