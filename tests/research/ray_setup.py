"""Sweeps for a cluster, and evaluators whose process dies or whose strategy fails.

Workers import this file: it is on their path.
"""

import json
import os
import signal
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from infrastructure.database.engine import open_database
from infrastructure.errors import StrategyError
from infrastructure.market_data.synthetic import make_demo_bars
from infrastructure.research.sweeps.chunks import Chunk, Task
from infrastructure.research.sweeps.engines import Engine, LocalEngine
from infrastructure.research.sweeps.evaluated import Evaluated
from infrastructure.research.sweeps.evaluator import Evaluator
from infrastructure.research.sweeps.plan import SweepPlan, SweepTerms, make_plan
from infrastructure.research.sweeps.series import Period
from infrastructure.strategy_management.strategy_loader import StrategyLoader

CHUNK = 8


def write_shop(folder: Path) -> Path:
    """A folder with half a year of bars in kairos.db and three portfolios; its database."""
    database = open_database(folder / "kairos.db")
    make_demo_bars("QQQ", "30m", start=date(2024, 1, 2), end=date(2024, 6, 28), database=database)
    database.close()
    market = {"symbols": ["QQQ"], "interval": "30m"}
    strategies = {
        "candle": {**market, "class_name": "TightCandleStrategy", "risk_reward": 2.0},
        "cross": {**market, "class_name": "MovingAverageCross", "exit_at_session_end": False},
    }
    portfolios = {"lone": ["candle"], "refusing": ["cross"], "shared": ["candle", "cross"]}
    for kind in ("strategies", "portfolios"):
        (folder / "config" / kind).mkdir(parents=True)
    for name, config in strategies.items():
        path = folder / "config" / "strategies" / f"{name}.json"
        path.write_text(json.dumps({"strategy_name": name, **config}))
    for name, books in portfolios.items():
        shares = [{"strategy": book, "allocation_percentage": 50} for book in books]
        config = {"portfolio_name": name, "total_capital": 100_000, "strategies": shares}
        risk = {"risk_per_trade": 0.5, "max_daily_risk": -2.0}
        path = folder / "config" / "portfolios" / f"{name}.json"
        path.write_text(json.dumps({**config, "risk": risk}))
    return folder / "kairos.db"


PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "lone": {"tightness_threshold": "0.05:0.3:0.05", "risk_reward": "1:4:0.5"},
    "refusing": {"fast": "5:30:5", "slow": "10:40:5"},
    "shared": {"candle:risk_reward": [1, 2, 3], "portfolio:risk.max_daily_risk": "-2:-0.5:0.25"},
}
"""What is swept of each portfolio: `fast` above `slow` is refused by the strategy."""


def plan_of(shop: Path, name: str) -> SweepPlan:
    """The sweep of one of the portfolios."""
    database = open_database(shop / "kairos.db")
    try:
        portfolio = StrategyLoader(shop / "config").load_portfolio(name)
        return make_plan(database, portfolio, PARAMETERS[name], SweepTerms.of(), Period())
    finally:
        database.close()


def tasks_of(plan: SweepPlan) -> list[Task]:
    """Its grid in small chunks; the last is smaller."""
    size = plan.space.size or 0
    return [
        (first, plan.space.grid(first, min(first + CHUNK, size))) for first in range(0, size, CHUNK)
    ]


def local_chunks(plan: SweepPlan) -> list[Chunk]:
    """The chunks as this process makes them."""
    return list(LocalEngine(1).run(plan.evaluator, tasks_of(plan)))


def assert_equal(found: list[Chunk], expected: list[Chunk]) -> None:
    """The same chunks in the same order, equal to the last bit."""
    assert [chunk.first for chunk in found] == [chunk.first for chunk in expected]
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.cells.tobytes() == theirs.cells.tobytes()
        assert ours.evaluated.invalid.tolist() == theirs.evaluated.invalid.tolist()
        assert ours.evaluated.reasons == theirs.evaluated.reasons
        assert ours.evaluated.figures.keys() == theirs.evaluated.figures.keys()
        for name, column in theirs.evaluated.figures.items():
            assert ours.evaluated.figures[name].tobytes() == column.tobytes(), name


class Troubled(Evaluator):
    """An evaluator in trouble with the chunk that holds the last configuration of the grid.

    dies: how many times its process is killed there, without a word. fails: the strategy raises.
    log: gets a line `loaded PID` when a process loads it, `tried PID` at each try of that chunk.
    """

    log: Path
    dies = 0
    fails = False

    @classmethod
    def of(cls, plan: SweepPlan, log: Path, *, dies: int = 0, fails: bool = False) -> "Troubled":
        """The plan's evaluator in trouble."""
        made = cls(plan.portfolio, plan.space, plan.series)
        made.log, made.dies, made.fails = log, dies, fails
        return made

    def __getstate__(self) -> dict[str, Any]:
        trouble = {"log": self.log, "dies": self.dies, "fails": self.fails}
        return {"evaluator": super().__getstate__(), **trouble}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        super().__setstate__(state["evaluator"])
        self.log, self.dies, self.fails = state["log"], state["dies"], state["fails"]
        self._note("loaded")

    def run(self, cells: Any, *, keep_returns: bool = False) -> Evaluated:
        """As ever, or not."""
        size = self.space.size or 0
        if (cells == self.space.grid(size - 1, size)).all(axis=1).any():
            self._note("tried")
            if len(noted(self.log, "tried")) <= self.dies:
                os.kill(os.getpid(), signal.SIGKILL)
            if self.fails:
                raise StrategyError("Troubled: expected a signal for each bar; found none")
        return super().run(cells, keep_returns=keep_returns)

    def _note(self, what: str) -> None:
        with self.log.open("a") as file:
            file.write(f"{what} {os.getpid()}\n")


def noted(log: Path, what: str) -> list[int]:
    """The processes that noted this, in order."""
    parts = [line.split() for line in log.read_text().splitlines()]
    return [int(process) for noted, process in parts if noted == what]


class Killing:
    """An engine of which a worker dies."""

    def __init__(self, engine: Engine, plan: SweepPlan, log: Path) -> None:
        self.engine, self.workers = engine, engine.workers
        self.troubled = Troubled.of(plan, log, dies=1)

    def run(self, evaluator: Evaluator, tasks: Iterable[Task]) -> Iterator[Chunk]:
        """See Engine."""
        return self.engine.run(self.troubled, tasks)

    def close(self) -> None:
        """See Engine."""
