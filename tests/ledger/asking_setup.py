"""Small runs to ask about: a portfolio, a strategy, two trades, whatever figures a test says."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from infrastructure.core.config import StrategyConfig
from infrastructure.database.engine import Database
from infrastructure.ledger.asking.filters import RunFilter
from infrastructure.ledger.asking.listing import list_runs
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from tests.database.ledger_samples import run_record

PORTFOLIO = {
    "portfolio_name": "single_qqq",
    "total_capital": 100_000.0,
    "strategies": [{"strategy": "tight", "allocation_percentage": 100.0}],
    "risk": {"risk_per_trade": 0.5, "max_daily_risk": -2.0},
}


def store(
    database: Database,
    strategies: Sequence[StrategyConfig] | None = None,
    changes: dict[str, Any] | None = None,
    **run: Any,
) -> int:
    """A stored run's number. run: columns of backtest_runs; changes: fields of its RunRecord."""
    executed = datetime(2024, 1, 2, 12, 30, tzinfo=UTC)
    columns = {"execution_date": executed, "portfolio_json": PORTFOLIO, **run}
    record = run_record(strategies=strategies, **columns)
    return StrategyCreation(database).save_run(type(record)(**(vars(record) | (changes or {}))))


def listed(database: Database, where: str | None = None, **asked: Any) -> list[int]:
    """Numbers of the runs that fulfil a filter, in the order of their numbers."""
    found = list_runs(database, RunFilter(where, **asked), sort="run_id", limit=None)
    return [run.run_id for run in found.runs]
