"""What the ledger has of a run that is to be proved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from infrastructure.database.engine import Database
from infrastructure.database.models import backtest_runs
from infrastructure.ledger.proving.contradictions import RunRows, read_rows
from infrastructure.strategy_management.evidence_rows import (
    StoredEvidence,
    read_evidence,
)
from infrastructure.strategy_management.result_columns import RESULTS, Columns, stored_columns
from infrastructure.strategy_management.run_seal import seal_of
from infrastructure.strategy_management.run_strategies import stored_configs
from infrastructure.strategy_management.stored_run import StoredRun, load_run
from infrastructure.strategy_management.trial_ledger import TrialLedger


@dataclass(frozen=True, eq=False)
class Kept:
    """What the ledger has of a run: its results in one form, and what made it.

    rows: what it says twice. configs: portfolio and strategies as they are stored, with no key
    that a newer Kairos would add. folds: of a walk forward. seal: of the rows as they are now.
    """

    run: StoredRun
    rows: RunRows
    folds: Sequence[Mapping[str, Any]]
    configs: tuple[Any, list[Any]]
    results: Mapping[str, Columns]
    evidence: StoredEvidence | None
    seal: str

    @property
    def counts(self) -> dict[str, int]:
        return {
            what: len(next(iter(columns.values()))) for what, columns in self.results.items()
        } | {"figures": len(self.run.figures)}


def read_kept(database: Database, run_id: int) -> Kept:
    """All of a run's. Raises ConfigError where it is not there, or is none for this Kairos."""
    run = load_run(database, run_id)
    with database.read() as connection:
        evidence = read_evidence(connection, run_id)
        row = select(backtest_runs).where(backtest_runs.c.run_id == run_id)
        rows = read_rows(connection, dict(connection.execute(row).mappings().one()))
        # Runs of before schema 0004 have no orders.
        compared = [what for what in RESULTS if what != "orders" or evidence or rows.left_over]
        results = {what: stored_columns(connection, what, run_id) for what in compared}
        configs = rows.run["portfolio_json"], stored_configs(connection, [run_id])[run_id]
        seal = seal_of(connection, run_id)
    folds = TrialLedger(database).folds(run_id)
    return Kept(run, rows, folds, configs, results, evidence, seal)
