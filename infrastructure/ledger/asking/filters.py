"""Which runs are asked for, in SQL, so that the database reads an index and not the runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, func, literal, select
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from infrastructure.database.models import (
    algo_strategies,
    backtest_runs,
    backtest_strategy_allocations,
    run_tags,
)
from infrastructure.errors import ConfigError
from infrastructure.ledger.asking.columns import check_words
from infrastructure.ledger.asking.where import condition_of


@dataclass(frozen=True)
class RunFilter:
    """All of these hold of a run; of one field's values any; an empty field asks nothing.

    where: see `where.condition_of`. symbols, strategies (names) and classes: of one and the same
    strategy of the run. since, until: UTC dates of execution, both included.
    """

    where: str | None = None
    symbols: tuple[str, ...] = ()
    strategies: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    portfolios: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    @property
    def of_strategies(self) -> bool:
        """Whether anything is asked of the run's strategies."""
        return bool(self.symbols or self.strategies or self.classes)

    def check(self) -> None:
        """Raise ConfigError for words that can be no names, and for an end before the start."""
        check_words("--symbol", self.symbols)
        check_words("--strategy", self.strategies)
        check_words("--class", self.classes)
        check_words("--portfolio", self.portfolios)
        check_words("--tag", self.tags)
        if self.since and self.until and self.until < self.since:
            raise ConfigError(f"--until: expected a date from {self.since} on; found {self.until}")


def conditions(asked: RunFilter, dialect: str) -> Iterator[ColumnElement[bool]]:
    """What a run must fulfil. Raises ConfigError where the filter makes no sense."""
    asked.check()
    if asked.where is not None:
        yield condition_of(asked.where)
    if asked.portfolios:
        yield backtest_runs.c.portfolio_name.in_(asked.portfolios)
    if asked.since is not None:
        yield backtest_runs.c.execution_date >= _midnight(asked.since)
    if asked.until is not None and asked.until < date.max:
        yield backtest_runs.c.execution_date < _midnight(asked.until + timedelta(days=1))
    of_strategy = list(_of_strategy(asked, dialect))
    if of_strategy:
        allocated = backtest_strategy_allocations.c
        wanted = select(algo_strategies.c.strategy_id).where(*of_strategy)
        yield _run().in_(select(allocated.run_id).where(allocated.strategy_id.in_(wanted)))
    if asked.tags:
        yield _run().in_(select(run_tags.c.run_id).where(run_tags.c.tag.in_(asked.tags)))


def _of_strategy(asked: RunFilter, dialect: str) -> Iterator[ColumnElement[bool]]:
    strategies = algo_strategies.c
    if asked.strategies:
        yield strategies.strategy_name.in_(asked.strategies)
    if asked.classes:
        yield strategies.class_name.in_(asked.classes)
    if asked.symbols:
        symbol = _symbols(dialect)
        yield select(1).select_from(symbol).where(symbol.c.value.in_(asked.symbols)).exists()


def _symbols(dialect: str) -> Any:
    """A row for each symbol of a strategy's config: runs of every schema have it there."""
    config = algo_strategies.c.config
    if dialect == "sqlite":
        return func.json_each(config, "$.symbols").table_valued("value")
    listed = config.op("->")(literal("symbols", Text()))
    return func.json_array_elements_text(listed).table_valued("value")


def _run() -> Any:
    """The run's number as a plain value: SQLite would look up each run by it, in its wide row."""
    return UnaryExpression(
        backtest_runs.c.run_id, operator=custom_op("+"), type_=backtest_runs.c.run_id.type
    )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
