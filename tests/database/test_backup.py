"""A backup is the database as it was at one moment, whole, under a name that nothing had."""

import sqlite3
import subprocess
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from infrastructure.database.engine import Database, open_database
from infrastructure.database.models import metadata
from infrastructure.database.upkeep.backup import back_up
from infrastructure.database.upkeep.checking import check_database
from infrastructure.database.upkeep.files import beside
from infrastructure.errors import StorageError
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from tests.database.ledger_programs import needs_fork, program
from tests.database.ledger_samples import half_runs, rows, run_record
from tests.database.private_server import PrivateServer, server_program
from tests.database.upkeep_samples import filled


def content(database: Database) -> dict[str, list[str]]:
    """Every row of every table."""
    return {name: sorted(map(repr, rows(database, f"SELECT * FROM {name}"))) for name in tables()}


def tables() -> list[str]:
    """All of them."""
    return [*metadata.tables, "alembic_version"]


@pytest.fixture
def restored(
    database: Database, address: URL, tmp_path: Path, request: pytest.FixtureRequest
) -> Database:
    """A filled ledger, backed up, and brought back somewhere else."""
    taken = back_up(filled(database), tmp_path / "kept")
    assert taken.bytes == taken.path.stat().st_size > 10_000
    if database.engine.dialect.name == "sqlite":
        return open_database(taken.path)
    server: PrivateServer = request.getfixturevalue("private_server")
    there = [
        "--host",
        str(server.folder),
        "--username",
        "kairos",
        "--dbname",
        str(address.database),
    ]
    subprocess.run([server_program("pg_restore"), *there, str(taken.path)], check=True)
    return open_database(address)


def test_a_name_that_grows_too_long_is_one_line(tmp_path: Path) -> None:
    """The database's own name fits into a folder, and schema and time behind it do not."""
    database = open_database(tmp_path / f"{'k' * 240}.db")
    with pytest.raises(StorageError, match=r"no backup can be written there .* name a file"):
        back_up(database)
    assert back_up(database, tmp_path / "kept.db").bytes > 10_000
    database.close()


def test_what_was_backed_up_comes_back(database: Database, restored: Database) -> None:
    """Every row, and a schema that a check finds sound; it can be written to."""
    assert content(restored) == content(database)
    assert check_database(restored).findings == ()
    StrategyCreation(restored).save_run(run_record())
    restored.close()


def test_a_name_is_found_that_nothing_has(database: Database, tmp_path: Path) -> None:
    """Of the database, its schema and the time, in the folder that was named; one after another."""
    taken = [back_up(database, tmp_path).path for _ in range(3)]
    assert len(set(taken)) == 3
    stem = "kairos" if database.engine.dialect.name == "sqlite" else str(database.url.database)
    assert all(path.name.startswith(f"{stem}.schema-0004.2") for path in taken)


def test_without_a_name_it_lies_beside_the_file(file_database: Database, tmp_path: Path) -> None:
    """Wherever the command was given."""
    assert back_up(file_database).path.parent == tmp_path


def test_nothing_is_replaced_unless_it_is_asked_for(database: Database, tmp_path: Path) -> None:
    """Not a backup, not any other file; and nothing unfinished is left."""
    kept = tmp_path / "kept"
    kept.write_text("something else")
    with pytest.raises(StorageError, match=r"kept: exists already; .* --force"):
        back_up(database, kept)
    assert kept.read_text() == "something else"
    back_up(database, kept, replace=True)
    assert kept.stat().st_size > 10_000
    assert [path.name for path in tmp_path.iterdir() if "unfinished" in path.name] == []


def test_a_backup_never_takes_the_place_of_a_database_in_use(file_database: Database) -> None:
    """Neither its own, by whatever path, nor another one: its log would be taken for the copy's."""
    file = Path(str(file_database.url.database))
    link = file.with_name("link.db")
    link.symlink_to(file)
    for target in (file, link):
        with pytest.raises(StorageError, match="is the database itself"):
            back_up(file_database, target, replace=True)
    other = open_database(file.with_name("other.db"))
    StrategyCreation(other).save_run(run_record())
    with pytest.raises(StorageError, match="is a database that is in use"):
        back_up(file_database, file.with_name("other.db"), replace=True)
    other.close()


def test_a_backup_while_others_write_is_whole(file_database: Database, tmp_path: Path) -> None:
    """Runs that were stored before it are in it, whole; writers neither wait nor are kept out."""
    ledger, record = StrategyCreation(file_database), run_record(2_000)
    for _ in range(10):
        ledger.save_run(record)
    enough = Event()

    def write() -> None:
        while not enough.is_set():
            ledger.save_run(record)

    writer = Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            before = rows(file_database, "SELECT max(run_id) FROM backtest_runs")[0][0]
            copy = open_database(back_up(file_database, tmp_path / f"{number}.copy").path)
            after = rows(file_database, "SELECT max(run_id) FROM backtest_runs")[0][0]
            (last,) = rows(copy, "SELECT max(run_id) FROM backtest_runs")[0]
            assert before <= last <= after
            assert half_runs(copy) == []
            copy.close()
    finally:
        enough.set()
        writer.join()
    assert after > 11


def test_pages_are_of_one_moment(file_database: Database, tmp_path: Path) -> None:
    """A run that is stored when half of the pages are copied has no part in the copy."""
    ledger = StrategyCreation(file_database)
    ledger.save_run(run_record(100_000))  # more pages than are copied at a time
    told: list[int] = []

    def write(done: int, in_all: int) -> None:
        told.append(done)
        if len(told) <= 2:
            ledger.save_run(run_record(1_000))

    copy = open_database(back_up(file_database, tmp_path / "copy", progress=write).path)
    assert 0 < told[0] < told[-1]
    assert rows(copy, "SELECT run_id FROM backtest_runs") == [(1,)]
    assert half_runs(copy) == []
    copy.close()
    assert rows(file_database, "SELECT max(run_id) FROM backtest_runs") == [(3,)]


def test_an_interrupted_backup_leaves_nothing(file_database: Database, tmp_path: Path) -> None:
    """Ctrl-C between two pages: no file under its name, nor under another."""

    def interrupt(done: int, in_all: int) -> None:
        raise KeyboardInterrupt

    before = sorted(tmp_path.iterdir())
    with pytest.raises(KeyboardInterrupt):
        back_up(filled(file_database), tmp_path / "copy", progress=interrupt)
    assert sorted(tmp_path.iterdir()) == before


def test_a_damaged_database_has_no_backup(file_database: Database, tmp_path: Path) -> None:
    """A copy of damage would be found when it is too late; the backup of before stays."""
    ledger = StrategyCreation(file_database)
    ledger.save_run(run_record(2_000))
    kept = back_up(file_database, tmp_path / "kept").path
    good = kept.read_bytes()
    with file_database.write() as connection:
        connection.execute(text("UPDATE algo_trades SET quantity = 11 WHERE trade_id = 5"))
    file_database.close()
    path = Path(str(file_database.url.database))
    damaged = bytearray(path.read_bytes())
    damaged[100_000:104_096] = b"\xa5" * 4096
    path.write_bytes(damaged)
    with pytest.raises(StorageError, match="not sound") as caught:
        back_up(file_database, kept, replace=True)
    assert "\n" not in str(caught.value)
    assert kept.read_bytes() == good
    assert [each.name for each in tmp_path.iterdir() if "unfinished" in each.name] == []


@needs_fork
def test_a_full_disk_has_no_half_backup(file_database: Database, tmp_path: Path) -> None:
    """One line that names the folder, and nothing of the copy is left."""
    StrategyCreation(file_database).save_run(run_record(2_000))
    (message,) = program("full_backup", file_database.url.database, tmp_path / "copy", 200_000)
    assert message.startswith(f"StorageError {tmp_path}: the copy cannot be written (")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "kairos.db",
        "kairos.db-shm",
        "kairos.db-wal",
    ]


def test_a_copy_is_as_private_as_the_database(file_database: Database, tmp_path: Path) -> None:
    """Who may not read the one may not read the other."""
    path = Path(str(file_database.url.database))
    path.chmod(0o600)
    assert back_up(file_database, tmp_path / "copy").path.stat().st_mode & 0o777 == 0o600


def test_a_copy_needs_nothing_beside_it(file_database: Database, tmp_path: Path) -> None:
    """One file: what was still in the database's log is in it."""
    filled(file_database)
    copy = back_up(file_database, tmp_path / "copy").path
    assert not beside(copy, "-wal").exists()
    with sqlite3.connect(f"{copy.as_uri()}?immutable=1", uri=True) as connection:
        assert connection.execute("SELECT count(*) FROM algo_trades").fetchone() == (8,)
    connection.close()
