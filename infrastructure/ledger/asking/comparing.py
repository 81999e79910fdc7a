"""Runs side by side: what was asked of each, what came of it, and which trades differ."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infrastructure.database.engine import Database
from infrastructure.database.research_tables import METRIC_FIGURES
from infrastructure.errors import ConfigError
from infrastructure.ledger.asking.leaves import leaves
from infrastructure.ledger.asking.paired import Called, paired
from infrastructure.ledger.asking.showing import ShownRun, shown_run
from infrastructure.ledger.asking.trade_differences import (
    TradeDifferences,
    trade_differences,
    trades_of,
)
from infrastructure.strategy_management.run_numbers import known_runs

MOST_RUNS = 50
"""More columns nobody reads."""

_MARK = "class_name"
"""The key that every strategy has."""

_MADE_BY = ("bars_start", "bars_end", "bars_fingerprint", "kairos_version", "vectorbt_version")


@dataclass(frozen=True)
class KeyInRuns:
    """A key, and its value in each run that has it, by the run's number; JSON values."""

    key: str
    values: Mapping[int, Any]


@dataclass(frozen=True)
class Comparison:
    """Runs in the order given; the others are compared with the first.

    configs: keys whose values are not all the same: `portfolio:risk.risk_per_trade`,
    `NAME:stop_loss.value` of a strategy, `run:bars_end` of what else made the run.
    figures: every figure of TradeMetrics that any run has, and `refused`.
    """

    runs: tuple[ShownRun, ...]
    configs: tuple[KeyInRuns, ...]
    figures: tuple[KeyInRuns, ...]
    trades: tuple[TradeDifferences, ...]


def compare_runs(database: Database, given: Sequence[int]) -> Comparison:
    """What tells these runs apart.

    Raises ConfigError for fewer than two different runs, too many, and one that is not there.
    """
    numbers = tuple(dict.fromkeys(given))
    if not 2 <= len(numbers) <= MOST_RUNS:
        raise ConfigError(
            f"kairos runs compare: expected 2 to {MOST_RUNS} different runs; found {len(numbers):,}"
        )
    runs = tuple(shown_run(database, number) for number in known_runs(database, numbers))
    names = [
        [Called(each.config["strategy_name"], each.config["class_name"]) for each in run.strategies]
        for run in runs
    ]
    labels, places = paired(names)
    of_positions = [
        {each.position: labels[slot] for each, slot in zip(run.strategies, slots, strict=True)}
        for run, slots in zip(runs, places, strict=True)
    ]
    settings = [
        dict(_settings(run, called)) for run, called in zip(runs, of_positions, strict=True)
    ]
    figures = [dict(_figures(run)) for run in runs]
    return Comparison(
        runs=runs,
        configs=tuple(each for each in _by_key(numbers, settings) if _differs(each, settings)),
        figures=tuple(_by_key(numbers, figures)),
        trades=tuple(_trades(database, numbers, of_positions)),
    )


def _settings(run: ShownRun, labels: Mapping[int, str]) -> Iterator[tuple[str, Any]]:
    """Every key of the run and its value: the portfolio's, each strategy's, what else made it."""
    portfolio = dict(run.run["portfolio_json"])
    portfolio.pop("strategies", None)  # each share stands with its strategy
    for path, value in leaves(portfolio):
        yield f"portfolio:{path}", value
    for strategy in run.strategies:
        label = labels[strategy.position]
        yield f"{label}:allocation_percentage", strategy.allocation_percentage
        for path, value in leaves(strategy.config):
            yield f"{label}:{path}", value
        if strategy.code is not None:
            yield f"{label}:code_digest", strategy.code["code_digest"]
    for name in _MADE_BY:
        yield f"run:{name}", run.run[name]
    if run.evidence is not None:
        for path, value in leaves(run.evidence["libraries"]):
            yield f"run:{path}", value
        for name in ("kairos_code", "python", "machine"):
            yield f"run:{name}", run.evidence[name]


def _figures(run: ShownRun) -> Iterator[tuple[str, Any]]:
    stored = {**run.run["figures"], "refused": run.run["refused"]}
    for name in (*METRIC_FIGURES, "refused"):
        if stored.get(name) is not None:
            yield name, stored[name]


def _by_key(numbers: Sequence[int], found: Sequence[Mapping[str, Any]]) -> Iterator[KeyInRuns]:
    """Every key that a run has, each once: the portfolio's, each strategy's, and `run:` last."""
    keys = dict.fromkeys(key for each in found for key in each)
    owners = list(dict.fromkeys(_owner(key) for key in keys))
    places = {owner: (owner == "run", place) for place, owner in enumerate(owners)}
    for key in sorted(keys, key=lambda key: places[_owner(key)]):
        pairs = zip(numbers, found, strict=True)
        yield KeyInRuns(key, {number: each[key] for number, each in pairs if key in each})


def _owner(key: str) -> str:
    return key.rpartition(":")[0]


def _differs(found: KeyInRuns, settings: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the runs tell different things; a strategy that a run lacks is told by its class."""
    values = list(found.values.values())
    mark = f"{_owner(found.key)}:{_MARK}"
    having = sum(mark in each for each in settings)
    expected = having if having and found.key != mark else len(settings)
    if len(values) < expected:
        return True
    return any(
        value != values[0] or isinstance(value, bool) != isinstance(values[0], bool)
        for value in values
    )


def _trades(
    database: Database, numbers: Sequence[int], labels: Sequence[Mapping[int, str]]
) -> Iterator[TradeDifferences]:
    with database.read() as connection:
        first = trades_of(connection, numbers[0], labels[0])
        for number, called in zip(numbers[1:], labels[1:], strict=True):
            other = trades_of(connection, number, called)
            yield trade_differences(numbers[0], number, first, other)
