"""`kairos walk-forward`: from its options to its report."""

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from infrastructure.cli.trial_progress import TrialProgress
from infrastructure.research.sweeps.engines import make_engine
from infrastructure.research.walk_forward import walk_forward
from infrastructure.strategy_management.strategy_loader import StrategyLoader


@dataclass(frozen=True)
class WalkOptions:
    """What the command line says."""

    train: str
    test: str
    anchored: bool
    embargo: str
    warm_up: int | None
    parameters: tuple[str, ...]
    constraints: tuple[str, ...]
    objective: str
    sampler: str
    n_trials: int | None
    seed: int
    start: date | None
    end: date | None
    workers: int | None
    engine: str
    address: str | None
    db: str | None


def run_walk(path_or_name: str, options: WalkOptions, html: Path | None, json: bool) -> None:
    """Walk a portfolio forward, print folds and run, write the pictures. Raises KairosError."""
    portfolio = StrategyLoader().load_portfolio(path_or_name)
    engine = make_engine(options.engine, options.workers, options.address)
    try:
        with TrialProgress(portfolio.config.portfolio_name) as progress:
            result = walk_forward(
                portfolio,
                options.parameters,
                train=options.train,
                test=options.test,
                anchored=options.anchored,
                embargo=options.embargo,
                warm_up=options.warm_up,
                constraints=options.constraints,
                objective=options.objective,
                sampler=options.sampler,
                n_trials=options.n_trials,
                seed=options.seed,
                start=options.start,
                end=options.end,
                db_path=options.db,
                engine=engine,
                progress=progress.update,
            )
    finally:
        engine.close()
    from infrastructure.reporting.walk_forward_report import print_walk_forward, walk_forward_json

    if json:
        print(walk_forward_json(result))
    else:
        print_walk_forward(result)
    if html is not None:
        from infrastructure.reporting.research_pictures import walk_forward_page

        html.write_text(walk_forward_page(result), encoding="utf-8")
        print(html, file=sys.stderr if json else sys.stdout)
