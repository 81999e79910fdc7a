"""Runs and sweeps that lack a part of what they say they have."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, Table, func, inspect, or_, select
from sqlalchemy.engine import Connection

from infrastructure.database.models import (
    algo_trades,
    backtest_runs,
    backtest_strategy_allocations,
    orders,
    refused_signals,
    run_evidence,
    sweeps,
    trials,
)
from infrastructure.database.upkeep.finding import Finding

_NAMED = 5
"""Numbers named in a line."""


def half_rows(connection: Connection) -> Iterator[Finding]:
    """Runs without all their trades and refusals, sweeps without all their trials."""
    yield from _fewer(connection, "run", backtest_runs, "run_id", "trades", algo_trades)
    yield from _fewer(connection, "run", backtest_runs, "run_id", "refused", refused_signals)
    yield from _without_strategies(connection)
    has = set(inspect(connection).get_table_names())
    if orders.name in has:
        yield from _without_orders(connection)
    if sweeps.name in has:
        yield from _fewer(connection, "sweep", sweeps, "sweep_id", "trials_done", trials)
        yield from _unfinished(connection)


def _fewer(
    connection: Connection, what: str, table: Table, key: str, said: str, parts: Table
) -> Iterator[Finding]:
    """Rows of a table that say another number of parts than there are."""
    there = select(parts.c[key], func.count().label("n")).group_by(parts.c[key]).subquery()
    found = func.coalesce(there.c.n, 0)
    wanted = (
        select(table.c[key], table.c[said], found)
        .outerjoin(there, there.c[key] == table.c[key])
        .where(table.c[said] != found)
        .order_by(table.c[key])
    )
    for number, expected, n in connection.execute(wanted):
        yield Finding(
            f"half {what}",
            f"{what} {number} says {said} {expected:,}; {parts.name} has {n:,} of it",
        )


def _without_strategies(connection: Connection) -> Iterator[Finding]:
    has = select(backtest_strategy_allocations.c.run_id)
    empty = select(backtest_runs.c.run_id).where(backtest_runs.c.run_id.not_in(has))
    yield from _listed(connection, empty, "half run", "without strategies: run")


def _without_orders(connection: Connection) -> Iterator[Finding]:
    """Runs with evidence have their orders too, two for each trade."""
    there = select(orders.c.run_id, func.count().label("n")).group_by(orders.c.run_id).subquery()
    found = func.coalesce(there.c.n, 0)
    short = (
        select(backtest_runs.c.run_id)
        .join(run_evidence, run_evidence.c.run_id == backtest_runs.c.run_id)
        .outerjoin(there, there.c.run_id == backtest_runs.c.run_id)
        .where(found < 2 * backtest_runs.c.trades)
    )
    yield from _listed(connection, short, "half run", "without all orders: run")


def _unfinished(connection: Connection) -> Iterator[Finding]:
    done = sweeps.c.status == "completed"
    short = select(sweeps.c.sweep_id).where(
        done, or_(sweeps.c.trials_done != sweeps.c.n_trials, sweeps.c.finished_at.is_(None))
    )
    yield from _listed(connection, short, "half sweep", "completed without all trials: sweep")


def _listed(
    connection: Connection, wanted: Select[Any], kind: str, words: str
) -> Iterator[Finding]:
    numbers = [str(number) for (number,) in connection.execute(wanted)]
    if numbers:
        more = ", ..." if len(numbers) > _NAMED else ""
        yield Finding(kind, f"{words} {', '.join(numbers[:_NAMED])}{more}")
