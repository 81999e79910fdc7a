"""Sweeps on a local Ray cluster: what a second worker brings, and what a chunk costs beside it."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.market import random_bars
from benchmarks.sweeps import Row, tight_candle_plan
from infrastructure.core.sweeping.figures import FIGURES
from infrastructure.research.sweeping import run_plan
from infrastructure.research.sweeps.chunks import Chunk
from infrastructure.research.sweeps.engines import Engine, LocalEngine
from infrastructure.research.sweeps.keeping import MemoryKeeper
from infrastructure.research.sweeps.plan import SweepPlan
from infrastructure.research.sweeps.ray_engine import RayEngine
from infrastructure.research.sweeps.samplers import make_points

N_CHUNKS = 300
GRID = {
    "tightness_threshold": "0.02:0.2:0.02",
    "wick_ratio_threshold": "1.5:6:0.5",
    "stop_loss.value": "0:0.49:0.01",
    "risk_reward": "1:5.9:0.1",
}
"""10 x 10 x 50 x 50 configurations."""


def ray_rows(measured: Callable[..., list[float]]) -> Iterator[Row]:
    """Threads and Ray's workers in turn, one and two of each; then chunks of one configuration."""
    plan = tight_candle_plan(random_bars(33_000), GRID)
    job = f"{plan.space.size:,} configurations, 33,000 bars"
    alone: dict[str, float] = {}
    for workers in (1, 2):
        began = time.perf_counter()
        engine = RayEngine(None, workers)
        started = time.perf_counter() - began
        try:
            if workers == 1:
                check_equality(plan, engine)
                yield from overhead(plan, engine, measured)
            jobs = [lambda engine=e: tried(plan, engine) for e in (LocalEngine(workers), engine)]
            times = measured(jobs, repeats=(3, 3))
        finally:
            engine.close()
        if workers == 1:
            yield "start of a local cluster", "Ray", started, ""
        for name, seconds in zip(("threads", "Ray's workers"), times, strict=True):
            rate = f"{(plan.space.size or 0) / seconds:,.0f} a second"
            gain = f"; {alone[name] / seconds:.2f} x one" if workers == 2 else ""
            yield job, f"Kairos, {workers} of {name}", seconds, rate + gain
            alone[name] = seconds


def overhead(
    plan: SweepPlan, engine: Engine, measured: Callable[..., list[float]]
) -> Iterator[Row]:
    """Chunks of one configuration each: there is little else to pay for."""
    here, there = measured(
        [lambda: single(plan, LocalEngine(1)), lambda: single(plan, engine)], (3, 3)
    )
    text = f"{(there - here) / N_CHUNKS * 1e3:.1f} ms a chunk more than a thread takes"
    yield f"{N_CHUNKS} chunks of one configuration", "Ray, 1 worker", there, text


def single(plan: SweepPlan, engine: Engine) -> list[Chunk]:
    """The first configurations of the grid, a chunk each."""
    tasks = [(number, plan.space.grid(number, number + 1)) for number in range(N_CHUNKS)]
    return list(engine.run(plan.evaluator, tasks))


def tried(plan: SweepPlan, engine: Engine) -> Any:
    """The whole grid, kept in memory."""
    points = make_points(plan.space, "grid", None, 0)
    return run_plan(plan, points, MemoryKeeper(), engine, lambda done, of: None)


def check_equality(plan: SweepPlan, engine: Engine) -> None:
    """Every figure of every trial, to the last bit, or nothing is timed."""
    here, there = (tried(plan, each).keeper.read(FIGURES) for each in (LocalEngine(), engine))
    for name in FIGURES:
        if here[name].tobytes() != there[name].tobytes():
            raise SystemExit(f"Ray and threads differ in {name}: nothing timed")
