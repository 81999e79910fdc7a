"""Where rows of a run say something else than the configs and figures that they were made of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.engine import Connection

from infrastructure.core.backtest import Backtest
from infrastructure.database.models import (
    algo_strategies,
    algo_trades,
    backtest_strategy_allocations,
    orders,
    refused_signals,
    run_series,
)
from infrastructure.strategy_management.digests import content_hash
from infrastructure.strategy_management.ledger_rows import RUN_FIGURES, bars_fingerprint
from infrastructure.strategy_management.run_strategies import run_strategies
from infrastructure.strategy_management.stored_run import StoredRun
from infrastructure.strategy_management.strategy_row import strategy_row

_ADDED = frozenset({"content_hash", "config", "creation_date"})
"""Columns of algo_strategies that say nothing else of the config."""


@dataclass(frozen=True, eq=False)
class RunRows:
    """What the ledger says of a run more than once.

    run: its row of backtest_runs. strategies: of each, by position, its row of algo_strategies
    with `position`, `allocation_percentage` and `allocated` (its figures). owners: (strategy_id,
    account_id) of trades, (strategy_id, None) of refusals, by position. left_over: tables of
    evidence that have rows of the run.
    """

    run: Mapping[str, Any]
    strategies: Sequence[Mapping[str, Any]]
    owners: Mapping[str, frozenset[tuple[int, int, str | None]]]
    left_over: tuple[str, ...]


def read_rows(connection: Connection, run: Mapping[str, Any]) -> RunRows:
    """Those of a run, whose row of backtest_runs is given."""
    run_id, allocations = run["run_id"], backtest_strategy_allocations
    strategies = run_strategies(
        algo_strategies,
        allocations.c.position,
        allocations.c.allocation_percentage,
        allocations.c.figures.label("allocated"),
    ).where(allocations.c.run_id == run_id)
    return RunRows(
        run=run,
        strategies=[dict(row) for row in connection.execute(strategies).mappings()],
        owners={
            "trades": _owners(connection, algo_trades, run_id),
            "refusals": _owners(connection, refused_signals, run_id),
        },
        left_over=tuple(
            table.name for table in (orders, run_series) if _has_rows(connection, table, run_id)
        ),
    )


def _owners(
    connection: Connection, table: Table, run_id: int
) -> frozenset[tuple[int, int, str | None]]:
    columns = [table.c.position, table.c.strategy_id]
    if "account_id" in table.c:
        columns.append(table.c.account_id)
    wanted = select(*columns).distinct().where(table.c.run_id == run_id)
    rows = [tuple(row) for row in connection.execute(wanted)]
    return frozenset((row[0], row[1], row[2] if len(row) > 2 else None) for row in rows)


def _has_rows(connection: Connection, table: Table, run_id: int) -> bool:
    wanted = select(table.c.run_id).where(table.c.run_id == run_id).limit(1)
    return connection.execute(wanted).first() is not None


def contradictions(stored: StoredRun, rows: RunRows) -> Iterator[str]:
    """A name for each thing that is told in two ways, such as "sharpe of the run"."""
    run, settings, figures = rows.run, stored.portfolio, stored.figures
    of_config = {
        "portfolio_name": settings.portfolio_name,
        "account_id": settings.account_id,
        "fill_policy": settings.fill_policy,
    }
    of_figures = {
        "refused": sum(figures.get("refused_by_reason", {}).values()),
        **{column: figures.get(name) for column, name in RUN_FIGURES.items()},
    }
    for origin, told in (("config", of_config), ("figures", of_figures)):
        for name, value in told.items():
            if run[name] != value:
                yield f"{name} of the run is not the one of its {origin}"
    if run["status"] != "completed":
        yield f"status of the run is {run['status']!r}, and it was completed"
    yield from _of_strategies(stored, rows)
    yield from _of_owners(rows)


def _of_strategies(stored: StoredRun, rows: RunRows) -> Iterator[str]:
    shares = stored.portfolio.strategies
    if [row["position"] for row in rows.strategies] != list(range(1, len(shares) + 1)):
        yield "strategies of the run are not those of its config"
        return
    for row, share, config in zip(rows.strategies, shares, stored.strategies, strict=True):
        of = f"of strategy {row['position']} is not the one of its config"
        if row["allocation_percentage"] != share.allocation_percentage:
            yield f"allocation_percentage {of}"
        made = strategy_row(config)
        for name in sorted(made.keys() - _ADDED):
            if row[name] != made[name]:
                yield f"{name} {of}"
        if row["content_hash"] != content_hash(row["config"]):
            yield f"content_hash {of}"


def _of_owners(rows: RunRows) -> Iterator[str]:
    account = rows.run["account_id"]
    numbers = {row["position"]: row["strategy_id"] for row in rows.strategies}
    for what, owners in rows.owners.items():
        if any(numbers.get(position) != strategy for position, strategy, _ in owners):
            yield f"strategy_id of {what} is not the one of their position"
        if what == "trades" and any(each != account for _, _, each in owners):
            yield f"account_id of {what} is not the one of the run"


def contradicted_bars(stored: StoredRun, again: Backtest) -> Iterator[str]:
    """The same of what the run's row says of its bars; they must be the ones that it ran on."""
    lanes = [lane for book in again.books for lane in book.lanes]
    starts = [int(lane.bars.timestamp[0]) for lane in lanes]
    ends = [int(lane.bars.timestamp[-1]) for lane in lanes]
    told = {
        "synthetic": (stored.synthetic, again.synthetic),
        "bars_fingerprint": (stored.bars_fingerprint, bars_fingerprint(lanes)),
        "bars_start": (_seconds(stored.bars_start), min(starts)),
        "bars_end": (_seconds(stored.bars_end), max(ends)),
    }
    for name, (then, now) in told.items():
        if then != now:
            yield f"{name} of the run is not the one of its bars"


def _seconds(moment: Any) -> int | None:
    return None if moment is None else int(moment.timestamp())
