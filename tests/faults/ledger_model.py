"""What a ledger must hold, as plain dicts; and what a database does hold, in the same form."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from infrastructure.core.config import StrategyConfig
from infrastructure.database.engine import Database
from infrastructure.strategy_management.ledger_record import AllocationRecord, RunRecord
from tests.database.ledger_samples import refusal, rows, run_record, strategy, trade


@dataclass(frozen=True)
class Shape:
    """A run by its numbers of trades, refused signals and marks, and its strategies' names."""

    trades: int
    refused: int
    marks: int
    names: tuple[str, ...]
    has_profit: bool = True

    @property
    def net_profit(self) -> float | None:
        """A figure that tells shapes apart, where it has one."""
        return None if not self.has_profit else self.trades + self.refused / 8 + self.marks / 64

    def record(self) -> RunRecord:
        """The run; its trades and refusals are of its strategies in turn."""
        n_books = len(self.names)
        return RunRecord(
            run=dict(run_record().run)
            | {"trades": self.trades, "refused": self.refused, "net_profit": self.net_profit},
            allocations=[AllocationRecord(named(name), 100 / n_books, {}) for name in self.names],
            trades=[trade(1 + each % n_books) for each in range(self.trades)],
            refusals=[refusal(1 + each % n_books) for each in range(self.refused)],
            equity={
                "book": 0,
                "session": np.arange(19_724, 19_724 + self.marks),
                "equity": np.arange(self.marks) + 1.0,
            },
        )


def named(name: str) -> StrategyConfig:
    """The strategy of this name: the same content each time."""
    return strategy(name)


@dataclass
class Sweep:
    """A sweep by its plan, whether it is completed, and its stored trials."""

    plan: str
    completed: bool = False
    trials: set[int] = field(default_factory=set)


@dataclass
class Model:
    """Strategies by name, runs and sweeps by number; `last`: the highest numbers ever given."""

    strategies: dict[str, int] = field(default_factory=dict)
    runs: dict[int, Shape] = field(default_factory=dict)
    sweeps: dict[int, Sweep] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=lambda: {"strategy": 0, "run": 0, "sweep": 0})

    def given(self, kind: str, number: int) -> int:
        """Note a new number: higher than every one before, also of what was deleted."""
        assert number > self.last[kind], f"the number {number} of a {kind} was given before"
        self.last[kind] = number
        return number

    def running(self, plan: str) -> int | None:
        """The unfinished sweep of a plan."""
        found = [n for n, each in self.sweeps.items() if each.plan == plan and not each.completed]
        return found[0] if found else None

    def expected(self) -> dict[str, Any]:
        """In the form of `held`."""
        return {
            "strategies": dict(sorted(self.strategies.items())),
            "runs": {
                number: (each.trades, each.refused, each.net_profit, *_parts(each))
                for number, each in sorted(self.runs.items())
            },
            "sweeps": {
                number: (each.plan, "completed" if each.completed else "running", len(each.trials))
                for number, each in sorted(self.sweeps.items())
            },
            "trials": sorted(
                (n, trial) for n, each in self.sweeps.items() for trial in each.trials
            ),
            "rows in all": (
                sum(each.trades for each in self.runs.values()),
                sum(each.refused for each in self.runs.values()),
                sum(each.marks for each in self.runs.values()),
                sum(len(each.names) for each in self.runs.values()),
            ),
        }


def _parts(shape: Shape) -> tuple[int, ...]:
    return (shape.trades, shape.refused, shape.marks, len(shape.names))


PARTS = ("algo_trades", "refused_signals", "equity", "backtest_strategy_allocations")


def held(database: Database) -> dict[str, Any]:
    """What a database holds, asked in plain SQL."""
    each = ", ".join(f"(SELECT count(*) FROM {part} WHERE run_id = run.run_id)" for part in PARTS)
    runs = f"SELECT run_id, trades, refused, net_profit, {each} FROM backtest_runs AS run"
    in_all = ", ".join(f"(SELECT count(*) FROM {part})" for part in PARTS)
    return {
        "strategies": dict(
            rows(database, "SELECT strategy_name, strategy_id FROM algo_strategies ORDER BY 1")
        ),
        "runs": {number: tuple(rest) for number, *rest in rows(database, f"{runs} ORDER BY 1")},
        "sweeps": {
            number: tuple(rest)
            for number, *rest in rows(
                database, "SELECT sweep_id, plan_hash, status, trials_done FROM sweeps ORDER BY 1"
            )
        },
        "trials": rows(database, "SELECT sweep_id, trial FROM trials ORDER BY 1, 2"),
        "rows in all": rows(database, f"SELECT {in_all}")[0],
    }
