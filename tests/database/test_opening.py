"""Opening a database: where it is, what a new one is like, what its connections may do."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from infrastructure.database.engine import Database, open_database
from infrastructure.errors import StorageError
from tests.database.ledger_samples import rows

ROOT = Path(__file__).resolve().parents[2]
ONE_BAR = "INSERT INTO market_bars VALUES ('Q', '1m', 1704205800, 1, 1, 1, 1, 1, 'x')"


def pragma(database: Database, name: str) -> object:
    """What SQLite says of one setting."""
    return rows(database, f"PRAGMA {name}")[0][0]


def test_a_new_file_is_a_durable_database_with_foreign_keys(file_database: Database) -> None:
    """WAL, a sync at each commit (2 is FULL), foreign keys, and half a minute for other writers."""
    assert pragma(file_database, "journal_mode") == "wal"
    assert pragma(file_database, "synchronous") == 2
    assert pragma(file_database, "foreign_keys") == 1
    assert pragma(file_database, "busy_timeout") == 30_000


@pytest.mark.parametrize("name", ["kairos.db", "with space.db", "100%?#.db", "ä.db"])
def test_a_path_is_taken_as_it_is(tmp_path: Path, name: str) -> None:
    """No character of a path is read as part of an address."""
    open_database(tmp_path / name).close()
    assert (tmp_path / name).is_file()


def test_a_home_of_nobody_is_one_line() -> None:
    """`~x.db` is the home of a user x.db to every shell; a file of that name is ./~x.db."""
    with pytest.raises(StorageError, match=r"^~x\.db: expected a path; .* write \./~x\.db"):
        open_database("~x.db")


def test_an_address_is_taken_too(tmp_path: Path) -> None:
    """sqlite:/// with a path, and SQLite's own settings behind it."""
    database = open_database(f"sqlite:///{tmp_path / 'a.db'}?timeout=2")
    assert pragma(database, "busy_timeout") == 2_000
    database.close()
    assert (tmp_path / "a.db").is_file()


def test_without_an_argument_the_environment_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KAIROS_DB where it is set, else kairos.db in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KAIROS_DB", raising=False)
    open_database().close()
    monkeypatch.setenv("KAIROS_DB", str(tmp_path / "other.db"))
    open_database().close()
    assert sorted(path.name for path in tmp_path.glob("*.db")) == ["kairos.db", "other.db"]


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///", "sqlite:///:memory:", ":memory:"])
def test_every_address_of_memory_has_one_name(address: str) -> None:
    """Messages do not call it by a file's name that there is not."""
    database = open_database(address)
    assert database.name == "the database in memory"
    database.close()


def test_a_database_in_memory_serves_a_notebook() -> None:
    """sqlite:// keeps nothing on disk and works like the others."""
    database = open_database("sqlite://")
    assert rows(database, "SELECT count(*) FROM algo_trades") == [(0,)]
    database.close()


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    """A second opening finds the schema and writes no byte."""
    path = tmp_path / "kairos.db"
    open_database(path).close()
    before = path.read_bytes()
    open_database(path).close()
    assert path.read_bytes() == before


def test_a_reading_connection_cannot_write(database: Database) -> None:
    """What it wrote would be lost without a word, so it is refused aloud; writing works after."""
    with pytest.raises(StorageError, match="read-only"), database.read() as connection:
        connection.execute(text(ONE_BAR))
    with database.write() as connection:
        connection.execute(text(ONE_BAR))
    assert rows(database, "SELECT count(*) FROM market_bars") == [(1,)]


def test_a_reader_sees_one_state_throughout(database: Database) -> None:
    """A write that ends between two of its statements shows in the next reading."""
    count = text("SELECT count(*) FROM market_bars")
    with database.read() as reader:
        assert reader.execute(count).scalar() == 0
        with database.write() as writer:
            writer.execute(text(ONE_BAR))
        assert reader.execute(count).scalar() == 0
    assert rows(database, "SELECT count(*) FROM market_bars") == [(1,)]


def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    """Whatever the error is, it passes on unchanged and no row stays."""

    def interrupted() -> None:
        with database.write() as connection:
            connection.execute(text(ONE_BAR))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        interrupted()
    assert rows(database, "SELECT count(*) FROM market_bars") == [(0,)]


def test_bars_can_be_read_with_their_times(database: Database) -> None:
    """v_market_bars shows an opening time as a UTC date and time."""
    with database.write() as connection:
        connection.execute(text(ONE_BAR))
    assert rows(database, "SELECT utc, close FROM v_market_bars") == [("2024-01-02 14:30:00", 1.0)]


def test_opening_imports_neither_alembic_nor_the_orm(tmp_path: Path) -> None:
    """A run of Kairos opens a database in each process; both would cost it."""
    code = (
        "import sys; from infrastructure.database.engine import open_database\n"
        "import infrastructure.database.models\n"
        f"open_database({str(tmp_path / 'a.db')!r}); open_database({str(tmp_path / 'a.db')!r})\n"
        "print(sorted({'alembic', 'sqlalchemy.orm', 'mako', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
