"""A database that cannot be used: one line that says what to do, and its data as before."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from infrastructure.database.engine import open_database
from infrastructure.database.revision import SCHEMA_REVISION
from infrastructure.errors import StorageError
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from tests.database.ledger_programs import needs_fork, program
from tests.database.ledger_samples import half_runs, rows, run_record


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A file with a run in it, closed."""
    path = tmp_path / "kairos.db"
    database = open_database(path)
    StrategyCreation(database).save_run(run_record(2_000))
    database.close()
    return path


def refusal_of(given: str | Path) -> str:
    """The one line that opening this, or reading all of it, ends with."""
    with pytest.raises(StorageError) as caught:
        read_everything(given)
    message = str(caught.value)
    assert "\n" not in message
    return message


def read_everything(given: str | Path) -> None:
    """Open a database and read every table."""
    database = open_database(given)
    try:
        for (name,) in rows(database, "SELECT name FROM sqlite_schema WHERE type = 'table'"):
            rows(database, f'SELECT * FROM "{name}"')
    finally:
        database.close()


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    """The line names a file that would do."""
    expected = f"{tmp_path}: is a folder; give the path of a file, such as {tmp_path / 'kairos.db'}"
    assert refusal_of(tmp_path) == expected


def test_a_missing_folder_is_named_and_not_created(tmp_path: Path) -> None:
    """A mistyped path is no reason to make folders."""
    path = tmp_path / "no" / "where" / "kairos.db"
    expected = f"{path}: the folder {path.parent} does not exist; create it first"
    assert refusal_of(path) == expected
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"Date,Open,High\n" * 400, b"\0" * 5000, os.urandom(9000)])
def test_another_kind_of_file_is_left_alone(tmp_path: Path, content: bytes) -> None:
    """A CSV given as the database stays a CSV."""
    path = tmp_path / "bars.csv"
    path.write_bytes(content)
    assert "is not a sound SQLite database" in refusal_of(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    """Kairos adds no tables to what it did not create."""
    path = tmp_path / "places.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    content = path.read_bytes()
    assert "found another program's tables (bookmarks)" in refusal_of(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("part", [0.3, 0.5, 0.9])
def test_a_truncated_file_is_said_to_be_one(stored: Path, part: float) -> None:
    """What is left of it is not changed either."""
    content = stored.read_bytes()
    left = content[: int(len(content) * part)]
    stored.write_bytes(left)
    assert "is not a sound SQLite database" in refusal_of(stored)
    assert stored.read_bytes() == left


@pytest.mark.parametrize("first", [0, 100, 4096, 60_000])
def test_a_damaged_file_is_said_to_be_one(stored: Path, first: int) -> None:
    """Wherever the damage lies, reading it ends in the same line and changes nothing."""
    content = bytearray(stored.read_bytes())
    content[first : first + 4096] = b"\xa5" * 4096
    stored.write_bytes(content)
    assert "is not a sound SQLite database" in refusal_of(stored)
    assert stored.read_bytes() == content


def test_a_newer_schema_is_refused(stored: Path) -> None:
    """An older Kairos never writes into what it does not understand."""
    with sqlite3.connect(stored) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    message = refusal_of(stored)
    assert f"expected schema {SCHEMA_REVISION} or older; found 9999" in message
    assert "update Kairos" in message


def test_a_table_that_was_dropped_is_missed(stored: Path) -> None:
    """Somebody else's DROP TABLE is no bug of Kairos."""
    with sqlite3.connect(stored) as connection:
        connection.execute("DROP TABLE equity")
    connection.close()
    database = open_database(stored)
    with pytest.raises(StorageError, match="lacks a part of its schema"):
        StrategyCreation(database).save_run(run_record())
    assert rows(database, "SELECT count(*) FROM backtest_runs") == [(1,)]
    database.close()


def test_a_locked_database_is_waited_for_and_then_given_up(stored: Path) -> None:
    """A reader does not mind; a writer says who is in the way, and can write later."""
    database = open_database(f"sqlite:///{stored}?timeout=0.1")
    other = sqlite3.connect(stored, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert rows(database, "SELECT count(*) FROM backtest_runs") == [(1,)]
    with pytest.raises(StorageError, match=r"kairos.db: is locked by another program; close"):
        StrategyCreation(database).save_run(run_record())
    other.execute("ROLLBACK")
    other.close()
    assert StrategyCreation(database).save_run(run_record()) == 2
    database.close()


def test_a_new_file_that_is_locked_is_given_up(tmp_path: Path) -> None:
    """The same, before there is a schema."""
    other = sqlite3.connect(tmp_path / "kairos.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    message = refusal_of(f"sqlite:///{tmp_path / 'kairos.db'}?timeout=0.1")
    assert "is locked by another program" in message
    other.close()


def test_a_read_only_address_can_be_read(stored: Path) -> None:
    """SQLite's own mode=ro: reading works, writing says why not."""
    database = open_database(f"sqlite:///file:{stored}?mode=ro&uri=true")
    assert rows(database, "SELECT count(*) FROM algo_trades") == [(2_000,)]
    with pytest.raises(StorageError, match="is read-only; make the file"):
        StrategyCreation(database).save_run(run_record())
    database.close()


@needs_fork
def test_a_read_only_file_can_be_read(stored: Path, public_folder: Path) -> None:
    """A user without the right to write gets one line, and the file no byte."""
    path = public_folder / "kairos.db"
    shutil.copy(stored, path)
    path.chmod(0o444)
    public_folder.chmod(0o777)
    opened, message = program("locked_out", path)
    assert opened == "opened"
    assert message.startswith(f"StorageError {path}: is read-only; make the file")
    assert path.read_bytes() == stored.read_bytes()


@needs_fork
def test_a_folder_that_may_not_be_written_holds_no_new_file(public_folder: Path) -> None:
    """SQLite's "unable to open database file", said so that one can act."""
    public_folder.chmod(0o555)
    (message,) = program("locked_out", public_folder / "kairos.db")
    assert "cannot be opened or created; check that this user may write to its folder" in message


@needs_fork
def test_a_folder_that_may_not_be_entered_is_said_to_be_one(public_folder: Path) -> None:
    """The system's own reason is in the line."""
    public_folder.chmod(0o700 if os.getuid() == 0 else 0o000)
    (message,) = program("locked_out", public_folder / "kairos.db")
    assert "cannot be reached (Permission denied)" in message


@needs_fork
def test_a_full_disk_loses_nothing(stored: Path) -> None:
    """The run that does not fit is not there, the one before is, and the file is sound."""
    opened, message = program("full", stored, stored.stat().st_size + 100_000)
    assert opened == "opened"
    assert message.startswith(f"StorageError {stored}: cannot ")
    assert "nothing was written" in message
    database = open_database(stored)
    assert rows(database, "SELECT run_id, trades FROM backtest_runs") == [(1, 2_000)]
    assert half_runs(database) == []
    assert rows(database, "PRAGMA integrity_check") == [("ok",)]
    assert StrategyCreation(database).save_run(run_record()) == 2
    database.close()


@needs_fork
def test_a_disk_without_room_for_a_new_database(tmp_path: Path) -> None:
    """The schema itself does not fit: the same line, and the next attempt starts afresh."""
    (message,) = program("full", tmp_path / "kairos.db", 8_192)
    assert "nothing was written" in message
    database = open_database(tmp_path / "kairos.db")
    assert StrategyCreation(database).save_run(run_record()) == 1
    database.close()


@pytest.mark.parametrize("left", ["another file", "nothing"])
def test_a_file_that_was_replaced_takes_no_run_to_its_grave(stored: Path, left: str) -> None:
    """SQLite would go on writing to a file that nobody can find: refused, and told."""
    database = open_database(stored)
    StrategyCreation(database).save_run(run_record())
    stored.rename(stored.with_name("away.db"))
    if left == "another file":
        open_database(stored.with_name("new.db")).close()
        stored.with_name("new.db").rename(stored)
    with pytest.raises(StorageError, match="was deleted or replaced while Kairos had it open"):
        StrategyCreation(database).save_run(run_record())
    database.close()
    assert stored.exists() == (left == "another file")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("mysql://me:secret@host/ledger", 'expected a sqlite or postgresql address; found "mysql"'),
        ("nosuch://me:secret@host/x", 'expected a sqlite or postgresql address; found "nosuch"'),
        ("postgresql+nosuch://me:secret@host/x", 'no driver is called "postgresql+nosuch"'),
        ("postgresql+pg8000://me:secret@host/x", "the driver pg8000 is not installed"),
        ("postgresql://me:secret@host:port/x", "expected a path or a SQLAlchemy URL"),
        ("://", "expected a path or a SQLAlchemy URL"),
        ("sqlite://me:secret@/x.db", "a sqlite address has another form, such as sqlite:///"),
        (
            "postgresql+psycopg://me:secret@127.0.0.1:1/x?connect_timeout=soon",
            "cannot be used: bad value for connect_timeout",
        ),
    ],
)
def test_an_address_that_leads_nowhere_keeps_its_secret(address: str, expected: str) -> None:
    """One line, and no password in it."""
    message = refusal_of(address)
    assert expected in message
    assert "secret" not in message
