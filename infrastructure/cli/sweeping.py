"""`kairos sweep`: from its options to its report."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stdout
from pathlib import Path

from infrastructure.cli.pages import check_page, write_page
from infrastructure.cli.sweep_options import SweepOptions
from infrastructure.cli.trial_progress import TrialProgress
from infrastructure.core.execution.machine import run_nb
from infrastructure.core.sweeping.lone_lane import run_variants_nb
from infrastructure.core.sweeping.many_lanes import run_accounts_nb
from infrastructure.errors import ConfigError
from infrastructure.research.sweeping import sweep
from infrastructure.research.sweeps.engines import Engine, make_engine
from infrastructure.research.sweeps.result import SweepResult
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio, StrategyLoader


def run_sweep(
    path_or_name: str,
    options: SweepOptions,
    *,
    folds: int,
    top: int,
    html: Path | None,
    json: bool,
) -> None:
    """Sweep a portfolio, print the best, write the pictures.

    Raises KairosError; ConfigError too where no configuration has what was asked for: its trials
    are stored then.
    """
    check_page(html)
    portfolio = StrategyLoader().load_portfolio(path_or_name)
    progress = trial_progress(portfolio)
    try:
        with opened_engine(options) as engine, progress:
            result = sweep(
                portfolio,
                **options.as_arguments(),
                folds=folds,
                engine=engine,
                progress=progress.update,
            )
    except KeyboardInterrupt:
        progress.say_what_is_stored()
        raise
    if not result.n_met:
        raise ConfigError(result.why_none())
    _print(result, top, json)
    if html is not None:
        from infrastructure.reporting.research_pictures import sweep_page

        write_page(sweep_page(result), html, json)


@contextmanager
def opened_engine(options: SweepOptions) -> Iterator[Engine]:
    """Where to compute, until the block ends. Raises ConfigError, ClusterError.

    Ray prints what it has to say of dead workers and nodes; that is no part of a command's output.
    """
    with (
        redirect_stdout(sys.stderr),
        closing(make_engine(options.engine, options.workers, options.address)) as engine,
    ):
        yield engine


def trial_progress(portfolio: LoadedPortfolio) -> TrialProgress:
    """Its trials' bar; what trades them has to be compiled once on each computer."""
    lanes = sum(len(strategy.symbols) for strategy in portfolio.strategies)
    kernels = (run_nb, run_variants_nb if lanes == 1 else run_accounts_nb)
    return TrialProgress(portfolio.config.portfolio_name, kernels)


def _print(result: SweepResult, top: int, json: bool) -> None:
    from infrastructure.reporting.sweep_report import print_sweep, sweep_json

    if json:
        print(sweep_json(result, top), flush=True)
    else:
        print_sweep(result, top)
