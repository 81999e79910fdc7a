"""The tables of research hold what can be, whoever writes it, and nothing else."""

from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import insert, text

from infrastructure.database.engine import Database
from infrastructure.database.models import (
    run_strategy_code,
    strategy_audits,
    sweep_series,
    sweeps,
    trials,
    walk_forward_folds,
)
from infrastructure.database.research_tables import METRIC_FIGURES, TRIAL_FIGURES, TRIAL_VALUES
from infrastructure.errors import StorageError
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from infrastructure.trade_metrics.trade_metrics import TradeMetrics
from tests.database.ledger_samples import rows, run_record

START, END = 1_704_205_800, 1_704_292_200
"""Two moments, seconds since 1970 UTC."""

SWEEP: dict[str, Any] = {
    "plan_hash": "a" * 64,
    "status": "running",
    "purpose": "sweep",
    "started_at": START,
    "portfolio_name": "single_qqq",
    "portfolio_json": {"portfolio_name": "single_qqq"},
    "strategies_json": [{"class_name": "TightCandleStrategy"}],
    "axes": [{"keys": ["stop_loss.value"], "values": [0.0, 0.1]}],
    "constraints": ["trades>=30"],
    "objective": "sqn",
    "sampler": "grid",
    "warm_up": 0,
    "n_trials": 10,
    "trials_done": 0,
    "kairos_version": "0.1.0",
    "code_digest": "c" * 64,
    "bars_fingerprint": "f" * 64,
    "bars_start": START,
    "bars_end": END,
    "fill_policy": "stop_first",
    "synthetic": False,
}
SERIES = {"sweep_id": 1, "symbol": "QQQ", "interval": "30m", "bars_start": START, "bars_end": END}
TRIAL = {"sweep_id": 1, "trial": 0, "config_hash": -(2**63), "invalid": False, "sqn": 1.5}
FOLD: dict[str, Any] = {
    "run_id": 1,
    "fold": 1,
    "sweep_id": 1,
    "trial": 0,
    "train_start": 19_000,
    "train_end": 19_400,
    "test_start": 19_401,
    "test_end": 19_500,
    "parameters": {"stop_loss.value": 0.1},
    "in_sample": {"sqn": 1.5},
    "out_of_sample": {"sqn": 0.5},
}
AUDIT: dict[str, Any] = {
    "class_name": "TightCandleStrategy",
    "code_digest": "c" * 64,
    "audited_at": START,
    "passed": True,
    "truncations": 20,
    "checks": {"prefix": True},
    "findings": [],
    "kairos_version": "0.1.0",
}
CODE = {"run_id": 1, "position": 1, "code_digest": "c" * 64, "audit_id": 1, "audit": "passed"}


@pytest.fixture
def filled(database: Database) -> Database:
    """A ledger with one row in each table of research."""
    StrategyCreation(database).save_run(run_record())
    with database.write() as connection:
        for table, row in (
            (sweeps, SWEEP),
            (sweep_series, SERIES),
            (trials, TRIAL),
            (walk_forward_folds, FOLD),
            (strategy_audits, AUDIT),
            (run_strategy_code, CODE),
        ):
            connection.execute(insert(table), [row])
    return database


def test_a_trial_has_every_figure_of_trade_metrics() -> None:
    """By its own name and in order; a new figure is a new column."""
    assert tuple(each.name for each in fields(TradeMetrics)) == METRIC_FIGURES
    assert trials.c.keys()[4:] == [*TRIAL_VALUES, *METRIC_FIGURES, "refused"]
    assert len(TRIAL_VALUES) == 12


IMPOSSIBLE = [
    "UPDATE sweeps SET status = 'half'",
    "UPDATE sweeps SET purpose = 'luck'",
    "UPDATE sweeps SET sampler = 'dice'",
    "UPDATE sweeps SET fill_policy = 'luck'",
    "UPDATE sweeps SET finished_at = '2024-01-02 14:29:59'",
    "UPDATE sweeps SET bars_start = '2024-01-03 14:30:01'",
    "UPDATE sweeps SET axes = 'none'",
    "UPDATE sweeps SET constraints = NULL",
    "UPDATE sweeps SET n_trials = 0",
    "UPDATE sweeps SET trials_done = 11",
    "UPDATE sweeps SET trials_done = -1",
    "UPDATE sweeps SET synthetic = 2",
    "UPDATE sweep_series SET bars_start = '2024-01-03 14:30:01'",
    "UPDATE sweep_series SET sweep_id = 7",
    "UPDATE trials SET config_hash = NULL",
    "UPDATE trials SET invalid = 2",
    "UPDATE trials SET trial = -1",
    "UPDATE trials SET sweep_id = 7",
    "INSERT INTO trials SELECT * FROM trials",
    "UPDATE walk_forward_folds SET fold = 0",
    "UPDATE walk_forward_folds SET trial = 7",
    "UPDATE walk_forward_folds SET sweep_id = 7, trial = NULL",
    "UPDATE walk_forward_folds SET run_id = 7",
    "UPDATE walk_forward_folds SET train_end = '2024-01-01'",
    "UPDATE walk_forward_folds SET test_end = '2023-01-01'",
    "UPDATE walk_forward_folds SET parameters = '{'",
    "DELETE FROM trials",
    "DELETE FROM sweeps",
    "UPDATE strategy_audits SET passed = NULL",
    "UPDATE strategy_audits SET passed = 2",
    "UPDATE strategy_audits SET truncations = -1",
    "UPDATE strategy_audits SET findings = ''",
    "DELETE FROM strategy_audits",
    "UPDATE run_strategy_code SET audit = 'perhaps'",
    "UPDATE run_strategy_code SET audit = 'not_audited'",
    "UPDATE run_strategy_code SET audit_id = NULL",
    "UPDATE run_strategy_code SET audit_id = 7",
    "UPDATE run_strategy_code SET position = 2",
    *(f"UPDATE trials SET {name} = 9e999" for name in (*TRIAL_VALUES, *TRIAL_FIGURES)),
    "UPDATE trials SET sqn = -9e999",
    "UPDATE trials SET sqn = 'high'",
]
IN_A_FILE = [  # what PostgreSQL reads as the moment or the number that was meant
    "UPDATE sweeps SET finished_at = 'yesterday'",
    "UPDATE strategy_audits SET audited_at = 'yesterday'",
    "UPDATE sweeps SET bars_end = '2024-01-03T14:30:00'",
    "UPDATE trials SET config_hash = 1.5",
    "UPDATE walk_forward_folds SET test_start = '2023-2-13'",
]
TABLES = ("sweeps", "sweep_series", "trials", "walk_forward_folds", "strategy_audits")


def test_what_cannot_be_cannot_be_stored(filled: Database) -> None:
    """Each impossible row is refused in one line, and nothing has changed."""
    in_a_file = filled.engine.dialect.name == "sqlite"
    names = (*TABLES, "run_strategy_code")
    before = [rows(filled, f"SELECT * FROM {name}") for name in names]
    assert [len(found) for found in before] == [1] * 6
    for statement in [*IMPOSSIBLE, *(IN_A_FILE if in_a_file else [])]:
        with pytest.raises(StorageError, match="refused a row"), filled.write() as connection:
            connection.execute(text(statement))
    assert [rows(filled, f"SELECT * FROM {name}") for name in names] == before


def test_of_one_plan_one_sweep_is_unfinished(filled: Database) -> None:
    """A second one is refused until the first is completed; completed ones may be many."""
    with pytest.raises(StorageError, match="refused a row"), filled.write() as connection:
        connection.execute(insert(sweeps), [SWEEP])
    with filled.write() as connection:
        connection.execute(text("UPDATE sweeps SET status = 'completed'"))
        connection.execute(insert(sweeps), [SWEEP, SWEEP | {"status": "completed"}])
    assert rows(filled, "SELECT status FROM sweeps ORDER BY sweep_id") == [
        ("completed",),
        ("running",),
        ("completed",),
    ]


def test_what_belongs_to_a_sweep_or_a_run_goes_with_it(filled: Database) -> None:
    """A run takes its folds and its code along; then its sweep can go, with series and trials."""
    with filled.write() as connection:
        connection.execute(text("DELETE FROM backtest_runs"))
        connection.execute(text("DELETE FROM sweeps"))
    left = [rows(filled, f"SELECT count(*) FROM {name}")[0][0] for name in TABLES]
    assert left == [0, 0, 0, 0, 1]
    assert rows(filled, "SELECT * FROM run_strategy_code") == []
