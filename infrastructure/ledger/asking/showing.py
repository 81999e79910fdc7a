"""All that the ledger has of one run."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Table, func, select
from sqlalchemy.engine import Connection

from infrastructure.database.engine import Database
from infrastructure.database.models import (
    algo_strategies,
    backtest_runs,
    backtest_strategy_allocations,
    environments,
    orders,
    refused_signals,
    run_evidence,
    run_notes,
    run_series,
    run_strategy_code,
    walk_forward_folds,
)
from infrastructure.database.view_tables import v_trades
from infrastructure.ledger.asking.naming import tags_of
from infrastructure.strategy_management.run_numbers import known_runs
from infrastructure.strategy_management.run_strategies import run_strategies

Row = Mapping[str, Any]


@dataclass(frozen=True)
class ShownStrategy:
    """A strategy of a run: config and figures are JSON, code is its digest and what its audit said.

    refused: how many signals by reason, the most frequent first. code: None where nobody kept it.
    """

    position: int
    strategy_id: int
    allocation_percentage: float
    config: Row
    figures: Row
    refused: Mapping[str, int]
    code: Row | None


@dataclass(frozen=True)
class ShownRun:
    """A run: every column of backtest_runs by its name, its strategies, and what belongs to it.

    trades: the last ones, as v_trades has them, in the order of closing. evidence: what made the
    run, or None where that was not kept. series: bars that were read. orders, folds: how many.
    """

    run: Row
    strategies: tuple[ShownStrategy, ...]
    tags: tuple[str, ...]
    notes: tuple[Row, ...]
    evidence: Row | None
    series: tuple[Row, ...]
    orders: int
    folds: int
    trades: tuple[Row, ...]

    @property
    def refused(self) -> Mapping[str, int]:
        """Refused signals of the account by reason, the most frequent first."""
        total: Counter[str] = Counter()
        for each in self.strategies:
            total.update(each.refused)
        return dict(total.most_common())


def shown_run(database: Database, run_id: int, last_trades: int = 0) -> ShownRun:
    """The run of that number. Raises ConfigError where there is none, StorageError."""
    known_runs(database, [run_id])
    with database.read() as connection:
        of_run = backtest_runs.c.run_id == run_id
        run = connection.execute(select(backtest_runs).where(of_run)).mappings().one()
        return ShownRun(
            run=dict(run),
            strategies=tuple(_strategies(connection, run_id)),
            tags=tuple(tags_of(connection, [run_id])[run_id]),
            notes=_rows(connection, _belonging(run_notes, run_id)),
            evidence=_evidence(connection, run_id),
            series=_rows(connection, _belonging(run_series, run_id)),
            orders=_count(connection, orders, run_id),
            folds=_count(connection, walk_forward_folds, run_id),
            trades=_last_trades(connection, run_id, last_trades),
        )


def _strategies(connection: Connection, run_id: int) -> Iterator[ShownStrategy]:
    """The strategies of a run in the portfolio's order."""
    refused = _refused(connection, run_id)
    code = {
        row["position"]: row for row in _rows(connection, _belonging(run_strategy_code, run_id))
    }
    allocated = backtest_strategy_allocations
    wanted = run_strategies(allocated, algo_strategies.c.config)
    for row in connection.execute(wanted.where(allocated.c.run_id == run_id)):
        yield ShownStrategy(
            position=row.position,
            strategy_id=row.strategy_id,
            allocation_percentage=row.allocation_percentage,
            config=row.config,
            figures=row.figures,
            refused=refused.get(row.position, {}),
            code=code.get(row.position),
        )


def _refused(connection: Connection, run_id: int) -> dict[int, dict[str, int]]:
    """Refused signals of each position by reason, the most frequent first."""
    columns = (refused_signals.c.position, refused_signals.c.reason)
    wanted = (
        select(*columns, func.count())
        .where(refused_signals.c.run_id == run_id)
        .group_by(*columns)
        .order_by(func.count().desc(), refused_signals.c.reason)
    )
    found: dict[int, dict[str, int]] = {}
    for position, reason, count in connection.execute(wanted):
        found.setdefault(position, {})[reason] = count
    return found


def _evidence(connection: Connection, run_id: int) -> Row | None:
    wanted = (
        select(run_evidence, *(each for each in environments.c if each.name != "environment_id"))
        .join_from(run_evidence, environments)
        .where(run_evidence.c.run_id == run_id)
    )
    return next(iter(_rows(connection, wanted)), None)


def _last_trades(connection: Connection, run_id: int, count: int) -> tuple[Row, ...]:
    if not count:
        return ()
    wanted = select(v_trades).where(v_trades.c.run_id == run_id)
    newest = wanted.order_by(v_trades.c.exit_timestamp.desc(), v_trades.c.trade_id.desc())
    return _rows(connection, newest.limit(count))[::-1]


def _belonging(table: Table, run_id: int) -> Select[Any]:
    return select(table).where(table.c.run_id == run_id).order_by(*table.primary_key)


def _count(connection: Connection, table: Table, run_id: int) -> int:
    wanted = select(func.count()).select_from(table).where(table.c.run_id == run_id)
    count: int = connection.execute(wanted).scalar_one()
    return count


def _rows(connection: Connection, wanted: Select[Any]) -> tuple[Row, ...]:
    found: Sequence[Any] = connection.execute(wanted).mappings().all()
    return tuple(dict(row) for row in found)
