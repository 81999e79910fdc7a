"""Folds, audits and the code of runs: stored with their run or beside it, and read again."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from infrastructure.database.engine import Database
from infrastructure.errors import StorageError
from infrastructure.strategy_management.ledger_record import RunRecord
from infrastructure.strategy_management.research_rows import AuditRecord
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from infrastructure.strategy_management.trial_ledger import TrialLedger
from tests.database.ledger_samples import RUN_TABLES, counts, run_record
from tests.database.sweep_samples import START, sweep_record, trial_columns

DIGEST = "d" * 64


@pytest.fixture
def database(database: Database) -> Database:
    """A ledger with a sweep of ten trials."""
    ledger = TrialLedger(database)
    ledger.save(ledger.begin(sweep_record()).sweep_id, trial_columns(range(10)))
    return database


def audit(**changes: Any) -> AuditRecord:
    """An audit that passed, with these changes."""
    values: dict[str, Any] = {
        "class_name": "TightCandleStrategy",
        "code_digest": DIGEST,
        "passed": True,
        "truncations": 20,
        "checks": {"prefix": True},
        "findings": [],
        "kairos_version": "0.1.0",
        "audited_at": START,
    }
    return AuditRecord(**(values | changes))


def fold(number: int, **changes: Any) -> dict[str, Any]:
    """A fold's row with these changes."""
    row: dict[str, Any] = {
        "fold": number,
        "sweep_id": 1,
        "trial": number,
        "train_start": date(2022, 1, 3),
        "train_end": date(2022, 12, 30),
        "test_start": date(2023, 1, 3),
        "test_end": date(2023, 6, 30),
        "parameters": {"stop_loss.value": 0.1, "risk_reward": None},
        "in_sample": {"sqn": 1.5},
        "out_of_sample": {"sqn": None},
    }
    return row | changes


def code(position: int = 1, **changes: Any) -> dict[str, Any]:
    """A row of run_strategy_code with these changes."""
    row = {"position": position, "code_digest": DIGEST, "audit_id": None, "audit": "not_audited"}
    return row | changes


def with_research(**changes: Any) -> RunRecord:
    """A run with these rows of research."""
    return RunRecord(**(vars(run_record()) | changes))


def test_folds_come_back_in_order(database: Database) -> None:
    """As they were saved; a fold in which nothing was chosen has no trial."""
    ledger = TrialLedger(database)
    run_id = StrategyCreation(database).save_run(run_record())
    rows = [fold(2), fold(1, trial=None, parameters={})]
    ledger.save_folds(run_id, rows)
    assert ledger.folds(run_id) == [{"run_id": run_id, **row} for row in reversed(rows)]
    assert ledger.folds(run_id + 1) == []


def test_the_last_audit_of_the_same_code_counts(database: Database) -> None:
    """Neither another class's nor that of other code; None where there was none."""
    ledger = TrialLedger(database)
    assert ledger.latest_audit("TightCandleStrategy", DIGEST) is None
    first = ledger.save_audit(audit())
    second = ledger.save_audit(audit(passed=False, findings=[{"bar": 7, "column": "entries"}]))
    ledger.save_audit(audit(class_name="Another"))
    ledger.save_audit(audit(code_digest="e" * 64))
    found = ledger.latest_audit("TightCandleStrategy", DIGEST)
    assert found is not None and second > first
    assert (found.audit_id, found.passed, found.truncations) == (second, False, 20)
    assert found.findings == [{"bar": 7, "column": "entries"}]
    assert found.audited_at == datetime.fromtimestamp(START, UTC)


def test_a_run_is_stored_with_its_code_and_folds(database: Database) -> None:
    """In its own transaction; a run without them has none."""
    ledger, creation = TrialLedger(database), StrategyCreation(database)
    audit_id = ledger.save_audit(audit())
    audited = code(audit_id=audit_id, audit="passed")
    run_id = creation.save_run(with_research(code=[audited], folds=[fold(1), fold(2)]))
    assert ledger.run_code(run_id) == [{"run_id": run_id, **audited}]
    assert [row["fold"] for row in ledger.folds(run_id)] == [1, 2]
    plain = creation.save_run(run_record())
    assert (ledger.run_code(plain), ledger.folds(plain)) == ([], [])
    ledger.save_run_code(plain, [code()])
    assert ledger.run_code(plain) == [{"run_id": plain, **code()}]


@pytest.mark.parametrize(
    "broken",
    [
        {"folds": [fold(1), fold(2, trial=99)]},
        {"folds": [fold(1), fold(1)]},
        {"code": [code(2)]},
        {"code": [code(audit="passed")]},
        {"code": [code(audit_id=99, audit="failed")]},
    ],
)
def test_what_cannot_belong_to_a_run_refuses_it_whole(
    database: Database, broken: dict[str, Any]
) -> None:
    """A fold of an unknown trial, code at no position, an audit that never was."""
    with pytest.raises(StorageError, match="refused a row"):
        StrategyCreation(database).save_run(with_research(**broken))
    assert counts(database) == dict.fromkeys(RUN_TABLES, 0)
