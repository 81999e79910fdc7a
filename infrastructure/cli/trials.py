"""`kairos trial`: from a sweep's trial to a run, or to config files."""

from pathlib import Path

from infrastructure.cli.opening import opened_database
from infrastructure.cli.running import RunOptions, run_loaded
from infrastructure.research.recorded_trial import recorded_trial, write_configs


def run_trial(sweep: int, number: int, write: Path | None, db: str | None, json: bool) -> None:
    """Run a trial and report it, or write its configs and say where. Raises KairosError."""
    with opened_database(db) as database:
        portfolio = recorded_trial(database, sweep, number)
    if write is None:
        run_loaded(portfolio, RunOptions(db=db, json=json))
        return
    for path in write_configs(portfolio, write):
        print(path)
