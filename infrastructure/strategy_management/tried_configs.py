"""How much was tried on given bars: what a verdict must know before it calls a result good."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
from sqlalchemy import Table, or_, select
from sqlalchemy.engine import Connection

from infrastructure.database.models import (
    algo_strategies,
    backtest_runs,
    backtest_strategy_allocations,
    deleted_runs,
    sweep_series,
    trials,
)
from infrastructure.database.numbers import Fields, fetch_numbers
from infrastructure.strategy_management.config_identity import stored_identity
from infrastructure.strategy_management.sweep_record import Moment

Series = Collection[tuple[str, str]]
"""Symbols with their intervals, such as [("QQQ", "30m")]."""


def sweeps_that_traded(
    connection: Connection, series: Series, start: Moment, end: Moment
) -> list[int]:
    """Numbers of the sweeps, finished or not, that traded any of these from start to end."""
    wanted = select(sweep_series.c.sweep_id, sweep_series.c.symbol, sweep_series.c.interval)
    wanted = wanted.where(sweep_series.c.symbol.in_({symbol for symbol, _ in series}))
    found = connection.execute(wanted.where(_overlaps(sweep_series, start, end)))
    return sorted({row.sweep_id for row in found if (row.symbol, row.interval) in series})


def configurations_tried(connection: Connection, series: Series, start: Moment, end: Moment) -> int:
    """How many distinct configurations traded any of these from start to end, once each.

    Trials of sweeps and of walks forward count, and so do runs, deleted ones too.
    """
    runs = [
        *_identities_of_runs(connection, series, start, end),
        *_identities_of_deleted(connection, series, start, end),
    ]
    parts = [np.array(runs, np.int64)]
    for sweep_id in sweeps_that_traded(connection, series, start, end):
        wanted = select(trials.c.config_hash).where(trials.c.sweep_id == sweep_id)
        found = fetch_numbers(connection, wanted, Fields(("config_hash",)))
        parts = [np.unique(np.concatenate([*parts, found["config_hash"]]))]
    return len(np.unique(parts[0]))


def _identities_of_runs(
    connection: Connection, series: Series, start: Moment, end: Moment
) -> Iterator[int]:
    allocated, strategies = backtest_strategy_allocations, algo_strategies
    wanted = (
        select(backtest_runs.c.run_id, backtest_runs.c.portfolio_json, strategies.c.config)
        .join(allocated, allocated.c.run_id == backtest_runs.c.run_id)
        .join(strategies, strategies.c.strategy_id == allocated.c.strategy_id)
        .where(_overlaps(backtest_runs, start, end))
        .order_by(backtest_runs.c.run_id, allocated.c.position)
    )
    portfolios: dict[int, Any] = {}
    configs: dict[int, list[Any]] = defaultdict(list)
    for run_id, portfolio, config in connection.execute(wanted):
        portfolios[run_id] = portfolio
        configs[run_id].append(config)
    for run_id, portfolio in portfolios.items():
        if any(_trades(config, series) for config in configs[run_id]):
            yield stored_identity(portfolio, configs[run_id])


def _identities_of_deleted(
    connection: Connection, series: Series, start: Moment, end: Moment
) -> Iterator[int]:
    wanted = select(deleted_runs.c.config_identity, deleted_runs.c.series)
    for identity, traded in connection.execute(wanted.where(_overlaps(deleted_runs, start, end))):
        if any((symbol, interval) in series for symbol, interval in traded):
            yield identity


def _overlaps(table: Table, start: Moment, end: Moment) -> Any:
    """Rows whose bars share a moment with [start, end]; unknown bars may."""
    first, last = table.c.bars_start, table.c.bars_end
    return or_(first.is_(None), first <= end) & or_(last.is_(None), last >= start)


def _trades(config: Any, series: Series) -> bool:
    return any((symbol, config["interval"]) in series for symbol in config["symbols"])
