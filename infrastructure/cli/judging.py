"""`kairos verdict`: from a run of the ledger to what is to be thought of it."""

from dataclasses import dataclass
from pathlib import Path

from infrastructure.cli.opening import opened_database
from infrastructure.cli.pages import check_page, write_page
from infrastructure.cli.progress import Progress
from infrastructure.errors import ConfigError
from infrastructure.research.judging.figures import Settings
from infrastructure.research.judging.gathering import STEPS
from infrastructure.research.verdict import verdict
from infrastructure.strategy_management.stored_run import load_run


@dataclass(frozen=True)
class VerdictOptions:
    """What the command line says."""

    db: str | None
    json: bool
    html: Path | None
    ruin_pct: float
    seed: int


def print_verdict_of(run_id: int, options: VerdictOptions) -> None:
    """Print the verdict on a run; draw it where a page is asked for. Raises KairosError."""
    if not 0.0 < options.ruin_pct <= 100.0:
        found = f"found {options.ruin_pct:g}"
        raise ConfigError(f"--ruin: expected a percentage above 0, up to 100; {found}")
    check_page(options.html)
    settings = Settings(seed=options.seed, ruin_pct=options.ruin_pct)
    with opened_database(options.db) as database:
        stored = load_run(database, run_id)
        with Progress(stored.where, len(STEPS)) as progress:
            judged = verdict(database, stored, settings, progress.step)
    if options.json:
        from infrastructure.reporting.verdict_json import as_json

        print(as_json(judged), flush=True)
    else:
        from infrastructure.reporting.verdict_report import print_verdict

        print_verdict(judged)
    if options.html is not None:
        from infrastructure.reporting.research_pictures import verdict_page

        limit = stored.portfolio.total_capital * (1.0 - options.ruin_pct / 100.0)
        write_page(verdict_page(judged, limit), options.html, options.json)
