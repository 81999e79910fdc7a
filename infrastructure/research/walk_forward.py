"""A walk forward: each fold optimises on its training and trades its test, on one account."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from infrastructure import log
from infrastructure.core.given_bars import as_date
from infrastructure.database.engine import open_database
from infrastructure.errors import ConfigError
from infrastructure.research.folds import Fold, cut_folds, left_out
from infrastructure.research.sweeps.configs import build_configs, spelt_out
from infrastructure.research.sweeps.constraints import parse_constraint, parse_objective
from infrastructure.research.sweeps.engines import Engine, LocalEngine
from infrastructure.research.sweeps.finishing import Progress, silent
from infrastructure.research.sweeps.space import Space, make_space
from infrastructure.research.walking.choosing import Choice, Trainer, check_walked
from infrastructure.research.walking.drift import drifts
from infrastructure.research.walking.result import Asked, WalkForward, fold_result
from infrastructure.research.walking.storing import store_walk
from infrastructure.research.walking.testing import Account, Unseen
from infrastructure.strategy_management.evidence import RunStart
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio, StrategyLoader

Choose = Callable[[Fold, int, Progress], Choice]
"""What a fold's training chooses; told how many folds there are, and whom to tell its progress."""


def walk_forward(
    portfolio: str | Path | LoadedPortfolio,
    parameters: Mapping[Any, Any] | Sequence[str],
    *,
    train: str,
    test: str,
    anchored: bool = False,
    embargo: str = "0d",
    warm_up: int | None = None,
    constraints: Sequence[str] = (),
    objective: str = "sqn",
    sampler: str = "grid",
    n_trials: int | None = None,
    seed: int = 0,
    start: date | str | None = None,
    end: date | str | None = None,
    db_path: str | Path | None = None,
    workers: int | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> WalkForward:
    """Optimise on each training, trade what it chose on the test after it, join all tests.

        walk_forward("single_qqq.json", {"stop_loss.value": "0:1:0.1"}, train="1y", test="3m")

    parameters, constraints, objective, sampler, n_trials, seed, workers, engine: as in `sweep`; a
    sweep of each training is stored. train, test, anchored, embargo: as in `cut_folds`.
    warm_up: how many bars before a training or a test strategies see, and do not trade; None: all
    that are stored. start, end: exchange dates, else the portfolio's.

    One account trades all tests, and the run of it is stored with its folds. A training in which
    no trial meets the constraints lets its test enter nothing. Raises KairosError; ConfigError too
    where that is so in every fold.
    """
    began = RunStart(seed=None if sampler == "grid" else seed)
    loaded = _dated(portfolio, as_date("start", start), as_date("end", end))
    whole = replace(spelt_out(loaded), strategy_paths=loaded.strategy_paths)
    space = make_space(whole, parameters)
    check_walked(space)
    asked = Asked(
        train, test, anchored, embargo, warm_up, parse_objective(objective).figure,
        tuple(str(parse_constraint(each)) for each in constraints),
    )  # fmt: skip
    database = open_database(db_path)
    with closing(database), log.bound(run=began.key):
        log.event("walk forward begun", portfolio=whole.config.portfolio_name)
        account = Account(database, whole, build_configs(whole, ()).strategies, warm_up)
        sessions = account.sessions()
        folds = cut_folds(sessions, train, test, anchored, embargo)
        settings = {
            "constraints": constraints, "objective": objective, "sampler": sampler,
            "n_trials": n_trials, "seed": seed, "db_path": db_path,
            "engine": engine or LocalEngine(workers),
        }  # fmt: skip
        trainer = Trainer(whole, parameters, settings, account.bars_before)
        choices = _chosen(folds, trainer.choose, progress or silent)
        backtest = account.trade(
            [
                Unseen(fold.test_start, fold.test_end, choice.strategies)
                for fold, choice in zip(folds, choices, strict=True)
            ]
        )
        results = tuple(
            fold_result(backtest, fold, choice) for fold, choice in zip(folds, choices, strict=True)
        )
        run = store_walk(database, account, backtest, results, asked, began)
    chosen = [choice.parameters for choice in choices if choice.strategies]
    return WalkForward(
        run, results, drifts(chosen, _tried(space)), asked, left_out(sessions, folds)
    )


def _dated(
    portfolio: str | Path | LoadedPortfolio, start: date | None, end: date | None
) -> LoadedPortfolio:
    """The portfolio with other dates, where there are any."""
    if not isinstance(portfolio, LoadedPortfolio):
        portfolio = StrategyLoader().load_portfolio(portfolio)
    dates = {"start": start or portfolio.config.start, "end": end or portfolio.config.end}
    return replace(portfolio, config=portfolio.config.model_copy(update=dates))


def _chosen(folds: Sequence[Fold], choose: Choose, progress: Progress) -> list[Choice]:
    """Every fold's choice. Raises ConfigError where none chose anything."""
    choices = [choose(fold, len(folds), progress) for fold in folds]
    if not any(choice.strategies for choice in choices):
        tried = sum(choice.n_trials for choice in choices)
        raise ConfigError(
            f"walk forward: in none of the {len(folds)} folds has any of the {tried:,} trials a "
            "defined objective and meets the constraints; loosen them, or train for longer"
        )
    return choices


def _tried(space: Space) -> dict[str, Sequence[Any] | None]:
    """The values of each swept key; None for a span."""
    return {
        key.name: None if axis.choices is None else [row[place] for row in axis.choices]
        for axis in space.axes
        for place, key in enumerate(axis.targets)
    }
