"""A run that is small enough to fail at every page of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from infrastructure.database.engine import Database, open_database
from infrastructure.errors import StorageError
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from tests.database.ledger_samples import run_record
from tests.faults.attempts import leave_as_killed
from tests.faults.faulty_vfs import faulty_url

THEN = datetime(2024, 1, 2, tzinfo=UTC)
"""Two attempts at the same work store the same: its time stands still."""


def make_start(path: Path) -> Path:
    """A file with two runs in it, closed."""
    database = open_database(path)
    for count in (20, 0):
        StrategyCreation(database).save_run(run_record(count))
    database.close()
    return path


def save_small_run(file: Path, faulty: bool = False) -> None:
    """Open, store a run of a strategy that is known, close. Raises StorageError."""
    record = run_record(10, execution_date=THEN)
    on(file, faulty, lambda database: StrategyCreation(database).save_run(record))


def on(file: Path, faulty: bool, work: Callable[[Database], object]) -> None:
    """Open, work, close; a faulty disk's failure keeps what a kill just then would leave."""
    database = open_database(faulty_url(file) if faulty else file)
    try:
        work(database)
    except StorageError:
        if faulty:
            leave_as_killed(file)
        raise
    finally:
        database.close()
