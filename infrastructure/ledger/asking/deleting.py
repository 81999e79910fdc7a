"""Runs deleted with all that belongs to them; that they were tried is kept."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, delete, func, insert, select
from sqlalchemy.engine import Connection

from infrastructure.database.engine import Database
from infrastructure.database.models import (
    algo_trades,
    backtest_runs,
    deleted_runs,
    equity,
    orders,
    refused_signals,
    run_notes,
    run_tags,
    walk_forward_folds,
)
from infrastructure.strategy_management.config_identity import stored_identity
from infrastructure.strategy_management.run_numbers import known_runs, parts
from infrastructure.strategy_management.run_strategies import stored_configs

_BELONGING: Mapping[str, Table] = {
    "trades": algo_trades,
    "orders": orders,
    "refusals": refused_signals,
    "equity marks": equity,
    "folds": walk_forward_folds,
    "tags": run_tags,
    "notes": run_notes,
}
"""What is counted, in the words of the report."""


def what_belongs(database: Database, given: Sequence[int]) -> dict[str, int]:
    """How many rows would go with these runs, by what they are, `runs` first; none that are zero.

    Raises ConfigError naming a run that is not there.
    """
    numbers = known_runs(database, given)
    with database.read() as connection:
        return _counts(connection, numbers)


def delete_runs(database: Database, given: Sequence[int]) -> dict[str, int]:
    """Delete these runs in one transaction; how many rows went, as `what_belongs` tells them.

    Of each a row of deleted_runs stays: what was tried, on which bars, and when. Strategies, and
    the sweep of a walk forward, stay too. Raises ConfigError naming a run that is not there.
    """
    numbers = known_runs(database, given)
    with database.write() as connection:
        counted = _counts(connection, numbers)
        for some in parts(numbers):
            kept = list(_tombstones(connection, some))
            if kept:
                connection.execute(insert(deleted_runs), kept)
            connection.execute(delete(backtest_runs).where(backtest_runs.c.run_id.in_(some)))
    return counted


def _counts(connection: Connection, numbers: Sequence[int]) -> dict[str, int]:
    # Runs too: another process may have deleted some of them since they were asked for.
    belonging = {"runs": backtest_runs, **_BELONGING}
    counted = dict.fromkeys(belonging, 0)
    for some in parts(numbers):
        for name, table in belonging.items():
            wanted = select(func.count()).select_from(table).where(table.c.run_id.in_(some))
            counted[name] += connection.execute(wanted).scalar_one()
    return {name: count for name, count in counted.items() if count or name == "runs"}


def _tombstones(connection: Connection, numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
    configs = stored_configs(connection, numbers)
    names = ("run_id", "execution_date", "portfolio_name", "bars_start", "bars_end")
    columns = [backtest_runs.c[name] for name in (*names, "portfolio_json")]
    runs = select(*columns).where(backtest_runs.c.run_id.in_(numbers))
    for row in connection.execute(runs).mappings():
        strategies = configs[row["run_id"]]
        traded = {
            (symbol, config["interval"]) for config in strategies for symbol in config["symbols"]
        }
        yield {
            **{name: row[name] for name in names},
            "deleted_at": datetime.now(UTC),
            "config_identity": stored_identity(row["portfolio_json"], strategies),
            "series": sorted(map(list, traded)),
        }
