"""A disk that fails at each call of a work: one line, data as before, and the next one clean."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import time_machine

from infrastructure.cli.app import main
from infrastructure.database.engine import open_database
from infrastructure.errors import StorageError
from infrastructure.market_data.intake.importing import import_bars
from infrastructure.market_data.synthetic import make_demo_bars
from tests.faults.attempts import Attempts, message_of
from tests.faults.conftest import Told
from tests.faults.faulty_vfs import DISK, FAULTS, can_be_faulty, faulty_url
from tests.faults.file_works import write_csv
from tests.faults.old_files import make_old_file
from tests.faults.small_run import THEN, make_start, on, save_small_run
from tests.faults.sound_files import address_of, bring_to_head
from tests.faults.works import FIRST_DAY, PORTFOLIO

pytestmark = pytest.mark.skipif(not can_be_faulty(), reason="SQLite's library cannot be reached")

Work = Callable[[Path, bool], None]
"""Opens the file, writes, closes; True: on the faulty disk. Raises StorageError."""


def fail_everywhere(name: str, start: Path, work: Work, told: Told, every: int = 1) -> None:
    """Each kind of fault at each of its calls (or every so-manyth), once and from there on."""
    with time_machine.travel(THEN, tick=False):
        attempts = Attempts(start, start.parent, lambda file: work(file, False))
        for kind in FAULTS:
            for lasting in (False, True):
                at = 1
                while fails(attempts, lambda file: work(file, True), kind, at, lasting):
                    at += every
    told(f"disk errors in {name}", attempts.counts)
    assert attempts.problems == []
    assert min(attempts.counts[kind] for kind in ("read", "write", "full", "sync")) > 0
    if every == 1:  # a commit that the disk was not known to keep: after a kill it was there
        assert attempts.counts["stored all the same"] > 0
    assert attempts.counts["refused"] > attempts.counts["absorbed"]


def fails(
    attempts: Attempts, work: Callable[[Path], None], kind: str, at: int, lasting: bool
) -> bool:
    """One attempt, looked at; whether there was such a call."""
    file = attempts.copy()
    with DISK.failing(kind, at, lasting):
        message = message_of(work, file)
        if not DISK.failed:
            return False
    attempts.counts[kind] += 1
    attempts.look_at(f"{kind} {at}{' and on' if lasting else ''}", file, message)
    return True


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A file with two runs in it, closed."""
    return make_start(tmp_path / "start.db")


def with_bars(file: Path) -> None:
    """Two months of them."""
    database = open_database(file)
    make_demo_bars(database=database, start=FIRST_DAY)
    database.close()


def test_a_disk_that_fails_at_any_call_of_a_run(stored: Path, counted: Told) -> None:
    """A run is stored whole or not at all, and the line says which."""
    fail_everywhere("a run", stored, save_small_run, counted)


def test_a_disk_that_fails_at_any_call_of_a_new_file(tmp_path: Path, counted: Told) -> None:
    """The schema is there or not; a file that it did not get into is begun again."""
    start = tmp_path / "start.db"
    start.touch()

    def create(file: Path, faulty: bool) -> None:
        open_database(faulty_url(file) if faulty else file).close()

    fail_everywhere("making a file", start, create, counted, every=31)


@pytest.mark.parametrize("every", [23, pytest.param(1, marks=pytest.mark.nightly)])
def test_a_disk_that_fails_at_any_call_of_an_import(
    stored: Path, counted: Told, every: int
) -> None:
    """So is a file of bars."""
    with_bars(stored)
    csv = stored.with_name("bars.csv")
    write_csv(csv, make_demo_bars("SPY", start=date(2025, 6, 27)))

    def take(file: Path, faulty: bool) -> None:
        on(file, faulty, lambda database: import_bars(database, csv, "SPY"))

    fail_everywhere("an import", stored, take, counted, every)


@pytest.mark.nightly
def test_a_disk_that_fails_at_any_call_of_an_upgrade(tmp_path: Path, counted: Told) -> None:
    """The schema is the old one or the new one."""
    start = tmp_path / "start.db"
    make_old_file(start, "0001", n_trades=10)

    def upgrade(file: Path, faulty: bool) -> None:
        bring_to_head(faulty_url(file) if faulty else address_of(file))

    fail_everywhere("an upgrade", start, upgrade, counted, every=11)


@pytest.mark.nightly
def test_a_disk_that_fails_at_any_call_of_the_command(
    stored: Path, counted: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    """`kairos run` ends with code 2 and the line, or well."""
    with_bars(stored)

    def run(file: Path, faulty: bool) -> None:
        address = faulty_url(file).render_as_string() if faulty else file
        code = main(["run", PORTFOLIO, "--db", str(address), "--json"])
        printed = capsys.readouterr()
        if code:
            raise StorageError(printed.err.removeprefix("error: ").removesuffix("\n"))

    fail_everywhere("`kairos run`", stored, run, counted, every=3)
