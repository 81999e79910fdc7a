"""`kairos walk-forward`: from its options to its report."""

from dataclasses import asdict, dataclass
from pathlib import Path

from infrastructure.cli.pages import check_page, write_page
from infrastructure.cli.sweep_options import SweepOptions
from infrastructure.cli.sweeping import opened_engine, trial_progress
from infrastructure.research.walk_forward import walk_forward
from infrastructure.research.walking.result import WalkForward
from infrastructure.strategy_management.strategy_loader import StrategyLoader


@dataclass(frozen=True)
class WalkOptions:
    """What the command line says of the folds."""

    train: str
    test: str
    anchored: bool
    embargo: str
    warm_up: int | None


def run_walk(
    path_or_name: str, folds: WalkOptions, options: SweepOptions, html: Path | None, json: bool
) -> None:
    """Walk a portfolio forward, print folds and run, write the pictures. Raises KairosError."""
    check_page(html)
    portfolio = StrategyLoader().load_portfolio(path_or_name)
    with opened_engine(options) as engine, trial_progress(portfolio) as progress:
        result = walk_forward(
            portfolio,
            **asdict(folds),
            **options.as_arguments(),
            engine=engine,
            progress=progress.update,
        )
    _print(result, json)
    if html is not None:
        from infrastructure.reporting.research_pictures import walk_forward_page

        write_page(walk_forward_page(result), html, json)


def _print(result: WalkForward, json: bool) -> None:
    from infrastructure.reporting.walk_forward_report import print_walk_forward, walk_forward_json

    if json:
        print(walk_forward_json(result), flush=True)
    else:
        print_walk_forward(result)
