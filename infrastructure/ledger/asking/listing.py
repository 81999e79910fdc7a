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
from infrastructure.strategy_management.run_numbers import parts

NEWEST_FIRST = "-execution_date"
LONGEST_LIST = 1_000_000
MOST_SORTED_BY = 5
_MATCHING = "matching"


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
    asked = asked or RunFilter()
    filtered = list(conditions(asked, database.engine.dialect.name))
    names = list(_sorted_by(sort))
    if limit is not None and not 1 <= limit <= LONGEST_LIST:
        raise ConfigError(f"--limit: expected 1 to {LONGEST_LIST:,}; found {limit}")
    at_once = asked.of_strategies and limit is not None
    wanted = (_counted if at_once else _simple)(filtered, names, limit)
    with database.read() as connection:
        found = [dict(row) for row in connection.execute(wanted).mappings()]
        counts = [run.pop(_MATCHING, None) for run in found]
        runs = tuple(_named(connection, found))
        stored = _count(connection, [])
        if limit is None or len(runs) < limit:
            matching = len(runs)
        else:
            matching = counts[0] or (_count(connection, filtered) if filtered else stored)
    return RunList(runs, matching, stored)


def _simple(filtered: Sequence[Any], names: Sequence[str], limit: int | None) -> Select[Any]:
    """The list; how many match, another statement counts."""
    wanted = select(*COLUMNS.values()).where(*filtered)
    return wanted.order_by(*_order(names, COLUMNS)).limit(limit)


def _counted(filtered: Sequence[Any], names: Sequence[str], limit: int | None) -> Select[Any]:
    """The list, and in each row how many match.

    Where the config of every strategy must be looked at, one look is cheaper than two.
    """
    columns = {name.removeprefix("-"): COLUMNS[name.removeprefix("-")] for name in names}
    run_id = COLUMNS["run_id"]
    matching = select(*{**columns, "run_id": run_id}.values()).where(*filtered).cte(_MATCHING)
    first = select(matching.c.run_id).order_by(*_order(names, matching.c)).limit(limit)
    count = select(func.count()).select_from(matching).scalar_subquery().label(_MATCHING)
    wanted = select(*COLUMNS.values(), count).where(run_id.in_(first))
    return wanted.order_by(*_order(names, COLUMNS))


def _sorted_by(sort: str) -> Iterator[str]:
    """Names of columns, those that go down with a minus. Raises ConfigError."""
    words = sort.split(",")
    if len(words) > MOST_SORTED_BY:
        raise ConfigError(
            f"--sort: expected at most {MOST_SORTED_BY} columns; found {len(words):,}"
        )
    for word in words:
        name = word.strip()
        column = column_called(name.removeprefix("-"), "--sort")
        yield f"-{column.name}" if name.startswith("-") else column.name


def _order(names: Sequence[str], columns: Any) -> Iterator[Any]:
    for name in names:
        column = columns[name.removeprefix("-")]
        ordered = column.desc() if name.startswith("-") else column.asc()
        yield ordered.nulls_last() if COLUMNS[name.removeprefix("-")].nullable else ordered
    yield columns["run_id"].desc()


def _count(connection: Connection, filtered: Sequence[Any]) -> int:
    wanted = select(func.count()).select_from(backtest_runs).where(*filtered)
    count: int = connection.execute(wanted).scalar_one()
    return count


def _named(connection: Connection, found: Sequence[dict[str, Any]]) -> Iterator[NamedRun]:
    for some in parts(found):
        yield from named_runs(connection, some)
