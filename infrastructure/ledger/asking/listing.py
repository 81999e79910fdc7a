"""Runs in a list: which, in what order, and what a line says of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.engine import Connection

from infrastructure.database.engine import Database
from infrastructure.database.models import backtest_runs
from infrastructure.errors import ConfigError
from infrastructure.ledger.asking.columns import COLUMNS, column_called
from infrastructure.ledger.asking.filters import RunFilter, conditions
from infrastructure.ledger.asking.naming import NamedRun, named_runs

NEWEST_FIRST = "-execution_date"
LONGEST_LIST = 1_000_000
MOST_SORTED_BY = 5
_AT_ONCE = 500
"""Runs whose strategies and tags are looked up together."""


@dataclass(frozen=True)
class RunList:
    """runs: those of the list, in order. matching: how many fulfil the filter. stored: of all."""

    runs: tuple[NamedRun, ...]
    matching: int
    stored: int


def list_runs(
    database: Database,
    asked: RunFilter | None = None,
    sort: str = NEWEST_FIRST,
    limit: int | None = 20,
) -> RunList:
    """The runs that fulfil a filter.

    sort: a column, or several with commas; -sharpe is descending. What does not exist comes last,
    and of equals the newest run first. limit: None lists all.
    Raises ConfigError where filter, sort or limit make no sense, StorageError.
    """
    wanted, counted = _statements(asked or RunFilter(), sort, database.engine.dialect.name)
    if limit is not None and not 1 <= limit <= LONGEST_LIST:
        raise ConfigError(f"--limit: expected 1 to {LONGEST_LIST:,}; found {limit}")
    with database.read() as connection:
        found = [dict(row) for row in connection.execute(wanted.limit(limit)).mappings()]
        runs = tuple(_named(connection, found))
        complete = limit is None or len(runs) < limit
        matching = len(runs) if complete else connection.execute(counted).scalar_one()
        everything = select(func.count()).select_from(backtest_runs)
        stored = connection.execute(everything).scalar_one()
    return RunList(runs, matching, stored)


def _statements(asked: RunFilter, sort: str, dialect: str) -> tuple[Select[Any], Select[Any]]:
    """The list, without its limit, and how long it is."""
    filtered = list(conditions(asked, dialect))
    wanted = select(*COLUMNS.values()).where(*filtered).order_by(*_order(sort))
    return wanted, select(func.count()).select_from(backtest_runs).where(*filtered)


def _order(sort: str) -> Iterator[Any]:
    names = sort.split(",")
    if len(names) > MOST_SORTED_BY:
        raise ConfigError(
            f"--sort: expected at most {MOST_SORTED_BY} columns; found {len(names):,}"
        )
    for name in names:
        column = column_called(name.strip().removeprefix("-"), "--sort")
        ordered = column.desc() if name.strip().startswith("-") else column.asc()
        yield ordered.nulls_last() if column.nullable else ordered
    yield backtest_runs.c.run_id.desc()


def _named(connection: Connection, found: Sequence[dict[str, Any]]) -> Iterator[NamedRun]:
    for first in range(0, len(found), _AT_ONCE):
        yield from named_runs(connection, found[first : first + _AT_ONCE])
