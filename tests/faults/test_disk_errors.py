"""A disk that fails at each call of a work: one line, data as before, and the next one clean."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from sqlalchemy.engine import URL

from infrastructure.cli.app import main
from infrastructure.database.engine import Database, open_database
from infrastructure.errors import StorageError
from infrastructure.market_data.intake.importing import import_bars
from infrastructure.market_data.synthetic import make_demo_bars
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from tests.database.ledger_samples import run_record
from tests.faults.attempts import Attempts, leave_as_killed
from tests.faults.conftest import Told
from tests.faults.faulty_vfs import can_be_faulty, faulty_url
from tests.faults.file_works import write_csv
from tests.faults.old_files import make_old_file
from tests.faults.sound_files import bring_to_head
from tests.faults.works import FIRST_DAY, PORTFOLIO

pytestmark = pytest.mark.skipif(not can_be_faulty(), reason="SQLite's library cannot be reached")

THEN = datetime(2024, 1, 2, tzinfo=UTC)
"""The time stands still, so that two attempts at the same work store the same."""


def on(file: Path, faulty: bool, work: Callable[[Database], object]) -> None:
    """Open, work, close; where it fails, keep what a kill just then would leave."""
    database = open_database(faulty_url(file) if faulty else file)
    try:
        work(database)
    except StorageError:
        leave_as_killed(file)
        raise
    finally:
        database.close()


def fail_everywhere(
    name: str, start: Path, work: Callable[[Path, bool], None], told: Told, every: int = 1
) -> None:
    """Every write, sync, truncation, read and the rest of a work, one after another."""
    with time_machine.travel(THEN, tick=False):
        attempts = Attempts(start, start.parent, work)
        attempts.all_faults(every)
    told(f"disk errors in {name}", attempts.counts)
    assert attempts.problems == []
    assert min(attempts.counts[kind] for kind in ("read", "write", "full", "sync")) > 0
    assert attempts.counts["refused"] > attempts.counts["absorbed"]


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A file with two runs and two months of bars in it, closed."""
    path = tmp_path / "start.db"
    database = open_database(path)
    make_demo_bars(database=database, start=FIRST_DAY)
    for count in (20, 0):
        StrategyCreation(database).save_run(run_record(count))
    database.close()
    return path


def test_a_disk_that_fails_at_any_call_of_a_run(stored: Path, counted: Told) -> None:
    """A run is stored whole or not at all, and the line says which."""

    def save(file: Path, faulty: bool) -> None:
        on(file, faulty, lambda database: StrategyCreation(database).save_run(run_record(10)))

    fail_everywhere("a run", stored, save, counted)


def test_a_disk_that_fails_at_any_call_of_an_import(stored: Path, counted: Told) -> None:
    """So is a file of bars."""
    csv = stored.with_name("bars.csv")
    write_csv(csv, make_demo_bars("SPY", start=date(2025, 6, 27)))

    def take(file: Path, faulty: bool) -> None:
        on(file, faulty, lambda database: import_bars(database, csv, "SPY"))

    fail_everywhere("an import", stored, take, counted)


@pytest.mark.nightly
def test_a_disk_that_fails_at_any_call_of_an_upgrade(tmp_path: Path, counted: Told) -> None:
    """The schema is the old one or the new one."""
    start = tmp_path / "start.db"
    make_old_file(start, "0001", n_trades=10)

    def upgrade(file: Path, faulty: bool) -> None:
        plain = URL.create("sqlite", database=str(file))
        bring_to_head(faulty_url(file) if faulty else plain, "0001")

    fail_everywhere("an upgrade", start, upgrade, counted, every=7)


@pytest.mark.nightly
def test_a_disk_that_fails_at_any_call_of_the_command(
    stored: Path, counted: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    """`kairos run` ends with code 2 and the line, or well."""

    def run(file: Path, faulty: bool) -> None:
        address = faulty_url(file).render_as_string() if faulty else file
        code = main(["run", PORTFOLIO, "--db", str(address), "--json"])
        printed = capsys.readouterr()
        if code:
            raise StorageError(printed.err.removeprefix("error: ").removesuffix("\n"))

    fail_everywhere("`kairos run`", stored, run, counted)
