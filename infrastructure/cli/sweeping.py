"""`kairos sweep`: from its options to its report."""

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from infrastructure.cli.trial_progress import TrialProgress
from infrastructure.research.sweeping import sweep
from infrastructure.research.sweeps.engines import make_engine
from infrastructure.strategy_management.strategy_loader import StrategyLoader


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
    """Sweep a portfolio, print the best, write the pictures. Raises KairosError."""
    portfolio = StrategyLoader().load_portfolio(path_or_name)
    engine = make_engine(options.engine, options.workers, options.address)
    try:
        with TrialProgress(portfolio.config.portfolio_name) as progress:
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
    finally:
        engine.close()
    from infrastructure.reporting.sweep_report import print_sweep, sweep_json

    if json:
        print(sweep_json(result, top))
    else:
        print_sweep(result, top)
    if html is not None:
        from infrastructure.reporting.research_pictures import sweep_page

        html.write_text(sweep_page(result), encoding="utf-8")
        print(html, file=sys.stderr if json else sys.stdout)
