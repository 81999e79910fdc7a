"""StrategyCreation: what the ledger is written with."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from time import perf_counter
from typing import Any

import numpy as np
from sqlalchemy import Table, insert, select
from sqlalchemy.engine import Connection

from infrastructure import log
from infrastructure.core.config import StrategyConfig
from infrastructure.database.bulk import insert_columns, insert_new
from infrastructure.database.engine import Database
from infrastructure.database.models import (
    algo_strategies,
    algo_trades,
    backtest_runs,
    backtest_strategy_allocations,
    equity,
    orders,
    refused_signals,
    run_series,
)
from infrastructure.kept import keep
from infrastructure.strategy_management.evidence_rows import insert_evidence
from infrastructure.strategy_management.ledger_record import Columns, Rows, RunRecord
from infrastructure.strategy_management.research_rows import insert_folds, insert_run_code
from infrastructure.strategy_management.strategy_row import strategy_row


class StrategyCreation:
    """Writes strategies and runs to one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create_strategy(self, config: StrategyConfig) -> int:
        """The strategy_id of this config: the same content always has the same one.

        Raises StorageError.
        """
        row = strategy_row(config)
        with self._database.read() as connection:
            known = _known_id(connection, row)
        if known is not None:
            return known
        with self._database.write() as connection:
            return _strategy_id(connection, row)

    def save_run(self, run: RunRecord) -> int:
        """Write a run with all that belongs to it in one transaction; its run_id.

        Strategies that the ledger does not know yet are created with it. Raises StorageError, and
        then nothing was written, unless it says that a failed commit leaves that open.
        """
        began = perf_counter()
        with self._database.write() as connection:
            strategies = _strategy_ids(connection, run)
            run_id = _insert_run(connection, run)
            _insert_allocations(connection, run, run_id, strategies)
            account = run.run.get("account_id")
            trades = _with_strategies(_as_columns(run.trades), strategies)
            refusals = _with_strategies(_as_columns(run.refusals), strategies)
            marks = _as_columns(run.equity)
            _insert(connection, orders, _as_columns(run.orders), run_id=run_id)
            _insert(connection, algo_trades, trades, run_id=run_id, account_id=account)
            _insert(connection, refused_signals, refusals, run_id=run_id)
            _insert(connection, equity, marks, run_id=run_id)
            _insert(connection, run_series, _as_columns(run.series), run_id=run_id)
            insert_run_code(connection, run_id, run.code)
            insert_folds(connection, run_id, run.folds)
            if run.evidence is not None:
                insert_evidence(connection, run_id, run.evidence, run.run["figures"])
        log.bind(run_id=run_id)
        keep(f"run {run_id}", f"run {run_id} is stored in {self._database.name}")
        written = {"trades": trades, "refusals": refusals, "equity": marks}
        log.event(
            "run stored",
            rows={name: _n_rows(columns) for name, columns in written.items()},
            seconds=round(perf_counter() - began, 3),
        )
        return run_id


def _n_rows(columns: Mapping[str, Any]) -> int:
    """Of columns, some of which may be one value for all rows."""
    many = (each for each in columns.values() if hasattr(each, "__len__"))
    return max((len(each) for each in many if not isinstance(each, str)), default=0)


def _strategy_ids(connection: Connection, run: RunRecord) -> list[int]:
    """The id of each allocation's strategy, in order."""
    rows = [strategy_row(each.strategy) for each in run.allocations]
    # In one order for all writers: two that wait for each other's rows would wait for ever.
    by_hash = sorted({row["content_hash"]: row for row in rows}.items())
    ids = {content: _strategy_id(connection, row) for content, row in by_hash}
    return [ids[row["content_hash"]] for row in rows]


def _strategy_id(connection: Connection, row: Mapping[str, Any]) -> int:
    known = _known_id(connection, row)
    if known is None:
        insert_new(connection, algo_strategies, row)
        known = _known_id(connection, row)
    assert known is not None
    return known


def _known_id(connection: Connection, row: Mapping[str, Any]) -> int | None:
    same = algo_strategies.c.content_hash == row["content_hash"]
    return connection.execute(select(algo_strategies.c.strategy_id).where(same)).scalar()


def _insert_run(connection: Connection, run: RunRecord) -> int:
    values = {"execution_date": datetime.now(UTC), "status": "completed", **run.run}
    created = connection.execute(insert(backtest_runs).values(values)).inserted_primary_key
    assert created is not None
    run_id: int = created[0]
    return run_id


def _insert_allocations(
    connection: Connection, run: RunRecord, run_id: int, strategies: Sequence[int]
) -> None:
    rows = [
        {
            "run_id": run_id,
            "position": position,
            "strategy_id": strategy_id,
            "allocation_percentage": each.allocation_percentage,
            "figures": dict(each.figures),
        }
        for position, (each, strategy_id) in enumerate(
            zip(run.allocations, strategies, strict=True), start=1
        )
    ]
    if rows:
        connection.execute(insert(backtest_strategy_allocations), rows)


def _as_columns(given: Columns | Rows) -> dict[str, Any]:
    if isinstance(given, Mapping):
        return dict(given)
    names = list(given[0]) if given else []
    return {name: list(map(itemgetter(name), given)) for name in names}


def _with_strategies(columns: dict[str, Any], strategies: Sequence[int]) -> dict[str, Any]:
    """The columns and the strategy_id of each row's position."""
    if not columns:
        return {}
    ids = dict(enumerate(strategies, start=1))
    positions = np.asarray(columns["position"]).tolist()
    return {**columns, "strategy_id": [ids[position] for position in positions]}


def _insert(
    connection: Connection, table: Table, columns: Mapping[str, Any], **for_all_rows: Any
) -> None:
    if columns:
        insert_columns(connection, table, {**columns, **for_all_rows})
