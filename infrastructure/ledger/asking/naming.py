"""A run's line: its columns, with the strategies, symbols and tags that belong to it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from infrastructure.database.models import (
    algo_strategies,
    backtest_strategy_allocations,
    run_tags,
)


@dataclass(frozen=True)
class NamedRun:
    """values: each column of columns.COLUMNS by name; strategies: names in the portfolio's order.

    symbols: each once, in the order of the strategies; tags: by the alphabet.
    """

    values: Mapping[str, Any]
    strategies: tuple[str, ...]
    symbols: tuple[str, ...]
    tags: tuple[str, ...]

    @property
    def run_id(self) -> int:
        """The run's number."""
        number: int = self.values["run_id"]
        return number

    def as_dict(self) -> dict[str, Any]:
        """All of it by name."""
        lists = {"strategies": self.strategies, "symbols": self.symbols, "tags": self.tags}
        return {**self.values, **{name: list(each) for name, each in lists.items()}}


def named_runs(connection: Connection, found: Sequence[Mapping[str, Any]]) -> Iterator[NamedRun]:
    """Runs with their names. found: the columns of each, `run_id` among them."""
    numbers = [run["run_id"] for run in found]
    positions = _strategies_of(connection, numbers)
    names = _names_of(connection, {each for ids in positions.values() for each in ids})
    tags = tags_of(connection, numbers)
    for run in found:
        strategies = [names[each] for each in positions[run["run_id"]]]
        symbols = dict.fromkeys(symbol for _, traded in strategies for symbol in traded)
        called = tuple(name for name, _ in strategies)
        yield NamedRun(run, called, tuple(symbols), tuple(tags[run["run_id"]]))


def tags_of(connection: Connection, numbers: Sequence[int]) -> Mapping[int, list[str]]:
    """Tags of runs by their numbers; of one without tags, none."""
    wanted = select(run_tags.c.run_id, run_tags.c.tag).where(run_tags.c.run_id.in_(numbers))
    found: dict[int, list[str]] = defaultdict(list)
    for run_id, tag in connection.execute(wanted):
        found[run_id].append(tag)
    for tags in found.values():
        tags.sort()  # not by the database: each sorts in its own way
    return found


def _strategies_of(connection: Connection, numbers: Sequence[int]) -> Mapping[int, list[int]]:
    allocated = backtest_strategy_allocations.c
    wanted = (
        select(allocated.run_id, allocated.strategy_id)
        .where(allocated.run_id.in_(numbers))
        .order_by(allocated.run_id, allocated.position)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for run_id, strategy_id in connection.execute(wanted):
        found[run_id].append(strategy_id)
    return found


def _names_of(
    connection: Connection, strategy_ids: Iterable[int]
) -> dict[int, tuple[str, Sequence[str]]]:
    """(name, symbols) of each strategy."""
    strategies = algo_strategies.c
    wanted = select(strategies.strategy_id, strategies.strategy_name, strategies.config)
    found = connection.execute(wanted.where(strategies.strategy_id.in_(list(strategy_ids))))
    return {each.strategy_id: (each.strategy_name, each.config["symbols"]) for each in found}
