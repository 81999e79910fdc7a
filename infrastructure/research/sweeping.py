"""A sweep from its portfolio to its best configuration."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from infrastructure.core.given_bars import as_date
from infrastructure.database.engine import open_database
from infrastructure.errors import ConfigError
from infrastructure.research.sweeps.chunks import chunk_size, missing_ranges
from infrastructure.research.sweeps.engines import Engine, LocalEngine
from infrastructure.research.sweeps.finishing import Progress, keep_all, make_keeper
from infrastructure.research.sweeps.keeping import Keeper
from infrastructure.research.sweeps.plan import SweepPlan, SweepTerms, make_plan
from infrastructure.research.sweeps.result import SweepResult
from infrastructure.research.sweeps.samplers import Points, make_points
from infrastructure.research.sweeps.series import Period
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio, StrategyLoader


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
    terms = SweepTerms.of(
        constraints,
        objective,
        sampler=sampler,
        n_trials=n_trials,
        seed=seed,
        purpose=purpose,
        folds=folds,
    )
    if warm_up < 0:
        raise ConfigError(f"warm_up: expected a number of bars, 0 or more; found {warm_up}")
    engine = engine or LocalEngine(workers)
    if sampler == "tpe" and not isinstance(engine, LocalEngine):
        raise ConfigError(
            "--sampler tpe learns from one batch to the next, and computes here: leave --engine out"
        )
    if not isinstance(portfolio, LoadedPortfolio):
        portfolio = StrategyLoader().load_portfolio(portfolio)
    first, last = as_date("start", start), as_date("end", end)
    config = portfolio.config
    period = Period(first or config.start, last or config.end, warm_up)
    database = open_database(db_path)
    try:
        plan = make_plan(database, portfolio, parameters, terms, period)
        keep_in = database if store else None
        if sampler == "tpe":
            from infrastructure.research.sweeps.tpe import run_tpe

            return run_tpe(plan, keep_in, progress)
        points = make_points(plan.space, sampler, n_trials, seed)
        keeper = make_keeper(keep_in, plan, points.n_trials)
        return run_plan(plan, points, keeper, engine, progress)
    finally:
        database.close()


def run_plan(
    plan: SweepPlan,
    points: Points,
    keeper: Keeper,
    engine: Engine,
    progress: Progress | None = None,
) -> SweepResult:
    """Try the points that `keeper` has not yet, in chunks, wherever `engine` evaluates them."""
    size = chunk_size(points.n_trials, engine.workers)
    ranges = missing_ranges(points.n_trials, keeper.stored, size)
    tasks = ((first, points.cells(first, last)) for first, last in ranges)
    return keep_all(plan, keeper, engine.run(plan.evaluator, tasks), points.n_trials, progress)
