"""A sweep from its portfolio to its best configuration."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.backtest import Backtest, run_backtest
from infrastructure.core.execution.plan import Book
from infrastructure.core.given_bars import as_date
from infrastructure.core.sweeping.figures import FIGURES
from infrastructure.database.engine import open_database
from infrastructure.errors import ConfigError
from infrastructure.research.sweeps.checking import check_against_machine
from infrastructure.research.sweeps.chunks import (
    TrialIdentities,
    chunk_size,
    missing_ranges,
    trial_columns,
)
from infrastructure.research.sweeps.engines import Engine, LocalEngine
from infrastructure.research.sweeps.evaluator import make_group
from infrastructure.research.sweeps.keeping import Keeper, LedgerKeeper, MemoryKeeper
from infrastructure.research.sweeps.plan import SweepPlan, SweepTerms, make_plan, sweep_record
from infrastructure.research.sweeps.result import SweepResult
from infrastructure.research.sweeps.samplers import SAMPLERS, Points, checked_seed, make_points
from infrastructure.research.sweeps.series import Period
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio, StrategyLoader
from infrastructure.wording import nearest

Progress = Callable[[int, int], None]
"""Told (trials done, trials in all) after each chunk."""


def sweep(
    portfolio: str | Path | LoadedPortfolio,
    parameters: Mapping[Any, Any] | Sequence[str],
    *,
    constraints: Sequence[str] = (),
    objective: str = "sqn",
    sampler: str = "grid",
    n_trials: int | None = None,
    seed: int = 0,
    folds: int = 4,
    db_path: str | Path | None = None,
    start: date | str | None = None,
    end: date | str | None = None,
    warm_up: int = 0,
    workers: int | None = None,
    engine: Engine | None = None,
    store: bool = True,
    purpose: str = "sweep",
    progress: Progress | None = None,
) -> SweepResult:
    """Try every configuration of a space, or as many as a sampler draws, on one account each.

        sweep("single_qqq.json", {"stop_loss.value": "0:1:0.1", "risk_reward": [1, 2, 3]}).top(5)

    parameters: values by key (see docs/sweeps.md), or texts as on the command line.
    constraints: such as "trades>=30". objective: a figure of TradeMetrics. sampler: grid, random,
    sobol or tpe, which draw `n_trials` from `seed`; tpe prunes on `folds` parts of the bars.
    start, end: exchange dates, else the portfolio's. warm_up: bars before `start` that strategies
    see. workers: threads, None: every core; engine: elsewhere. store: keep trials in the ledger.
    Raises KairosError.
    """
    if sampler not in SAMPLERS:
        meant = nearest(sampler, SAMPLERS)
        hint = f' (did you mean "{meant}"?)' if meant else ""
        raise ConfigError(f"--sampler: expected {', '.join(SAMPLERS)}; found {sampler!r}{hint}")
    if warm_up < 0:
        raise ConfigError(f"warm_up: expected a number of bars, 0 or more; found {warm_up}")
    if sampler == "tpe" and not isinstance(engine, LocalEngine | None):
        raise ConfigError(
            "--sampler tpe learns from one batch to the next, and computes here: leave --engine out"
        )
    if not isinstance(portfolio, LoadedPortfolio):
        portfolio = StrategyLoader().load_portfolio(portfolio)
    terms = SweepTerms.of(
        constraints,
        objective,
        sampler=sampler,
        n_trials=n_trials,
        seed=checked_seed(seed),
        purpose=purpose,
        folds=folds,
    )
    if sampler == "tpe" and not isinstance(engine or LocalEngine(workers), LocalEngine):
        raise ConfigError("--sampler tpe learns from trial to trial: it runs here, on no cluster")
    first, last = as_date("start", start), as_date("end", end)
    config = portfolio.config
    period = Period(first or config.start, last or config.end, warm_up)
    database = open_database(db_path)
    try:
        plan = make_plan(database, portfolio, parameters, terms, period)
        if sampler == "tpe":
            from infrastructure.research.sweeps.tpe import run_tpe

            return run_tpe(plan, database if store else None, progress or _silent)
        points = make_points(plan.space, sampler, n_trials, seed)
        keeper: Keeper = MemoryKeeper()
        if store:
            keeper = LedgerKeeper(database, sweep_record(plan, points.n_trials))
        return run_plan(plan, points, keeper, engine or LocalEngine(workers), progress or _silent)
    finally:
        database.close()


def run_plan(
    plan: SweepPlan, points: Points, keeper: Keeper, engine: Engine, progress: Progress
) -> SweepResult:
    """Try what is not stored yet, keep it chunk by chunk, and run the best one again."""
    began = time.perf_counter()
    evaluator = plan.evaluator
    identities = TrialIdentities(plan.space, plan.portfolio.config, plan.portfolio.strategies)
    done = n_resumed = sum(last - first for first, last in keeper.stored)
    progress(done, points.n_trials)
    reasons: dict[str, None] = {}
    size = chunk_size(points.n_trials, engine.workers)
    tasks = _tasks(points, missing_ranges(points.n_trials, keeper.stored, size))
    for chunk in engine.run(evaluator, tasks):
        keeper.save(trial_columns(chunk, plan.space, identities))
        reasons |= dict.fromkeys(chunk.evaluated.reasons)
        done += len(chunk.cells)
        progress(done, points.n_trials)
    keeper.finish()
    return finished(plan, keeper, n_resumed, tuple(reasons)[:3], time.perf_counter() - began)


def finished(
    plan: SweepPlan,
    keeper: Keeper,
    n_resumed: int,
    reasons: tuple[str, ...],
    seconds: float,
) -> SweepResult:
    """Score the trials; the best one must come out the same from the account machine."""
    terms = plan.terms
    asked = [terms.objective.figure, *(each.figure for each in terms.constraints)]
    found = keeper.read(list(dict.fromkeys(["invalid", "trades", *asked])))
    scores = terms.objective.score(found, terms.constraints)
    n_invalid = int(np.count_nonzero(found["invalid"]))
    pruned = int(np.count_nonzero(np.isnan(found["trades"]))) - n_invalid  # no figure, no fault
    result = SweepResult(
        plan, keeper, len(scores), n_invalid, n_resumed, reasons, seconds, pruned, scores
    )
    if result.n_met:
        best = result.best_trial
        swept = keeper.read(FIGURES, [best])
        figures = {name: float(swept[name][0]) for name in FIGURES}
        again = backtest_of(result, best)
        check_against_machine(figures, again.metrics.as_dict(), f"trial {best}")
    return result


def backtest_of(result: SweepResult, trial: int) -> Backtest:
    """A trial run again, alone, as `kairos run` would: signals by generate_signals."""
    built = result.build(trial)
    group = make_group(built, result.plan.series)
    books = []
    for book in group.books:
        lanes = tuple(
            book.lane(place, book.strategy.signals(seen.bars).rows(seen.warm_up))
            for place, seen in enumerate(book.seen)
        )
        books.append(Book(book.config, book.allocation_percentage, lanes))
    return run_backtest(books, group.terms, group.sessions_per_year)


def _tasks(
    points: Points, ranges: Iterable[tuple[int, int]]
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    for first, last in ranges:
        yield first, points.cells(first, last)


def _silent(done: int, in_all: int) -> None:
    pass
