"""`kairos sweep`: from its options to its report."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from infrastructure.cli.trial_progress import TrialProgress
from infrastructure.core.execution.machine import run_nb
from infrastructure.core.sweeping.lone_lane import run_variants_nb
from infrastructure.core.sweeping.many_lanes import run_accounts_nb
from infrastructure.errors import ConfigError, StorageError
from infrastructure.research.sweeping import sweep
from infrastructure.research.sweeps.engines import make_engine
from infrastructure.research.sweeps.result import SweepResult
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio, StrategyLoader


@dataclass(frozen=True)
class SweepOptions:
    """What the command line says."""

    parameters: tuple[str, ...]
    constraints: tuple[str, ...]
    objective: str
    sampler: str
    n_trials: int | None
    seed: int
    folds: int
    start: date | None
    end: date | None
    workers: int | None
    engine: str
    address: str | None
    db: str | None


def run_sweep(
    path_or_name: str, options: SweepOptions, top: int, html: Path | None, json: bool
) -> None:
    """Sweep a portfolio, print the best, write the pictures.

    Raises KairosError; ConfigError too where no configuration has what was asked for: its trials
    are stored then.
    """
    if html is not None:
        check_page(html)
    portfolio = StrategyLoader().load_portfolio(path_or_name)
    engine = make_engine(options.engine, options.workers, options.address)
    progress = TrialProgress(portfolio.config.portfolio_name, _kernels(portfolio))
    try:
        with progress:
            result = sweep(
                portfolio,
                options.parameters,
                constraints=options.constraints,
                objective=options.objective,
                sampler=options.sampler,
                n_trials=options.n_trials,
                seed=options.seed,
                folds=options.folds,
                db_path=options.db,
                start=options.start,
                end=options.end,
                engine=engine,
                progress=progress.update,
            )
    except KeyboardInterrupt:
        progress.say_what_is_stored()
        raise
    finally:
        engine.close()
    if not result.n_met:
        raise ConfigError(result.why_none())
    _print(result, top, json)
    if html is not None:
        from infrastructure.reporting.research_pictures import save_page, sweep_page

        print(save_page(sweep_page(result), html), file=sys.stderr if json else sys.stdout)


def check_page(path: Path) -> None:
    """Raise StorageError where a page could not be written: before the work, not after it.

    Folders that are not there are made once there is a page.
    """
    if path.is_dir():
        raise StorageError(f"{path}: is a folder; give the path of a file, such as {path}/a.html")
    there = next(each for each in (path, *path.absolute().parents) if each.exists())
    if there != path and not there.is_dir():
        raise StorageError(f"{path}: the page cannot be written there: {there} is no folder")
    if not os.access(there, os.W_OK):
        raise StorageError(f"{path}: the page cannot be written there: {there} may not be written")


def _kernels(portfolio: LoadedPortfolio) -> tuple[Callable[..., None], ...]:
    """What has to be compiled, once on each computer, before its configurations are traded."""
    lanes = sum(len(strategy.symbols) for strategy in portfolio.strategies)
    return (run_nb, run_variants_nb if lanes == 1 else run_accounts_nb)


def _print(result: SweepResult, top: int, json: bool) -> None:
    from infrastructure.reporting.sweep_report import print_sweep, sweep_json

    if json:
        print(sweep_json(result, top), flush=True)
    else:
        print_sweep(result, top)
