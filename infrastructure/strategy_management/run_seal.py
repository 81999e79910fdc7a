"""The seal of a run: one digest over its own rows, taken when they are stored."""

from datetime import date
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.engine import Connection

from infrastructure.database.models import (
    backtest_runs,
    backtest_strategy_allocations,
    run_evidence,
    run_series,
    run_strategy_code,
    walk_forward_folds,
)
from infrastructure.strategy_management.digests import content_hash

SEALED = (
    backtest_runs,
    backtest_strategy_allocations,
    run_evidence,
    run_series,
    run_strategy_code,
    walk_forward_folds,
)
"""Tables whose rows of a run never change; results have digests of their own, marks come later."""


def seal_of(connection: Connection, run_id: int) -> str:
    """SHA-256 over every value of the sealed rows as the ledger has them, the seal left out.

    What is NULL does not count: a column that a later schema adds breaks no seal.
    """
    return content_hash({table.name: _rows(connection, table, run_id) for table in SEALED})


def _rows(connection: Connection, table: Table, run_id: int) -> list[dict[str, Any]]:
    wanted = select(table).where(table.c.run_id == run_id).order_by(*table.primary_key)
    return [
        {name: _plain(value) for name, value in row.items() if value is not None and name != "seal"}
        for row in connection.execute(wanted).mappings()
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
