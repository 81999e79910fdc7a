"""`kairos run` and `python main.py`: portfolios from their configs to their reports."""

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from infrastructure.cli.opening import opened_database
from infrastructure.cli.outcome import DONE, USER_ERROR, print_error
from infrastructure.cli.progress import Progress
from infrastructure.database.engine import Database
from infrastructure.errors import ConfigError, KairosError
from infrastructure.market_data.providers import sample
from infrastructure.market_data.synthetic import ensure_demo_bars
from infrastructure.strategy_management.run_result import RunResult
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio, StrategyLoader
from infrastructure.strategy_management.strategy_manager import StrategyManager

DEMO_SYMBOL = "QQQ"
"""The one symbol that synthetic bars are made for."""


@dataclass(frozen=True)
class RunOptions:
    """What the command line may say; None leaves it to the portfolio's config."""

    db: str | None = None
    start: date | None = None
    end: date | None = None
    fill_policy: str | None = None
    json: bool = False

    @property
    def settings(self) -> dict[str, Any]:
        """Keys of a portfolio config that the command line replaces."""
        given = {"start": self.start, "end": self.end, "fill_policy": self.fill_policy}
        return {name: str(value) for name, value in given.items() if value is not None}


def run_portfolio(path_or_name: str, options: RunOptions) -> None:
    """Run one portfolio and print its report. Raises KairosError."""
    run_loaded(StrategyLoader().load_portfolio(path_or_name), options)


def run_loaded(portfolio: LoadedPortfolio, options: RunOptions) -> None:
    """The same of a portfolio that is there already."""
    _print(_run(portfolio, options), options, indent=2)


def run_portfolios(config_dir: Path, options: RunOptions, verbose: bool = False) -> int:
    """Run every portfolio of a folder, on bars to begin with where there are none; the exit code.

    One that cannot run prints its error, and the others run all the same.
    """
    loader = StrategyLoader(config_dir)
    paths = loader.portfolio_paths()
    if not paths:
        raise ConfigError(
            f"{config_dir / 'portfolios'}: expected a portfolio config, found no .json file; "
            "`kairos schema portfolio` tells what goes into one"
        )
    code = DONE
    with opened_database(options.db) as database:
        for number, path in enumerate(paths):
            try:
                portfolio = loader.load_portfolio(path)
                _make_demo_bars(database, portfolio)
                _store_sample_bars(database, portfolio)
                result = _run(portfolio, options)
            except KairosError as error:
                sys.stdout.flush()  # in the order of events, where both go to one place
                print_error(error, verbose)
                code = USER_ERROR
                continue
            if number and not options.json:
                print()
            _print(result, options, indent=None)
    return code


def _run(portfolio: LoadedPortfolio, options: RunOptions) -> RunResult:
    manager = StrategyManager(portfolio, db_path=options.db, **options.settings)
    steps = len(portfolio.strategies) + 2  # each reads its bars; then simulating, storing
    with Progress(portfolio.config.portfolio_name, steps) as progress:
        return manager.run_all(progress.step)


def _make_demo_bars(database: Database, portfolio: LoadedPortfolio) -> None:
    """Synthetic bars for the series of QQQ that the portfolio asks for and the store lacks."""
    wanted = {
        (config.interval, config.calendar)
        for config in portfolio.strategies
        if DEMO_SYMBOL in config.symbols
    }
    for interval, calendar in sorted(wanted):
        for line in ensure_demo_bars(database, [DEMO_SYMBOL], interval, calendar):
            print(line, file=sys.stderr)


def _store_sample_bars(database: Database, portfolio: LoadedPortfolio) -> None:
    """The real series that arch ships, where the portfolio asks for it and the store lacks it."""
    if any(
        sample.SYMBOL in config.symbols and config.interval == sample.INTERVAL
        for config in portfolio.strategies
    ):
        for line in sample.ensure_sample_bars(database):
            print(line, file=sys.stderr)


def _print(result: RunResult, options: RunOptions, indent: int | None) -> None:
    if options.json:
        from infrastructure.reporting.json_report import as_json

        print(as_json(result, indent), flush=True)
        return
    from infrastructure.reporting.console import print_report

    print_report(result)
