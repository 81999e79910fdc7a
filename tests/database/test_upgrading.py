"""A ledger of an older Kairos is upgraded when somebody asks, whole or not at all."""

import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy.engine import URL

from infrastructure.database.engine import open_database, open_existing
from infrastructure.database.revision import SCHEMA_REVISION
from infrastructure.database.upkeep.checking import check_database
from infrastructure.database.upkeep.upgrading import upgrade_database
from infrastructure.errors import OldSchemaError, StorageError
from tests.database.ledger_samples import rows
from tests.database.private_server import server_program
from tests.database.upkeep_samples import old_file, older

REVISIONS = ["0001", "0002", "0003"]


def schema_of(path: Path) -> str:
    """What a file says of its schema."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        found: str = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    return found


@pytest.mark.parametrize("revision", REVISIONS)
def test_opening_an_older_ledger_is_refused_and_changes_nothing(
    tmp_path: Path, revision: str
) -> None:
    """One line with both schemas and the command, and no byte of the file is another."""
    path = old_file(tmp_path / "old.db", revision)
    content = path.read_bytes()
    with pytest.raises(OldSchemaError) as caught:
        open_database(path)
    assert str(caught.value) == (
        f"{path}: has schema {revision}, this Kairos works with {SCHEMA_REVISION}; "
        f"`kairos db upgrade --db {path}` brings it there, after a backup"
    )
    assert path.read_bytes() == content
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_upgrade_takes_the_rows_along(address: URL, tmp_path: Path, revision: str) -> None:
    """Then it opens, a check finds it sound, and there is nothing left to upgrade."""
    older(address, revision).dispose()
    database = open_existing(address)
    done = upgrade_database(database, backup=database.engine.dialect.name == "sqlite")
    assert done is not None
    assert (done.before, done.after) == (revision, SCHEMA_REVISION)
    assert upgrade_database(database) is None
    database.close()
    opened = open_database(address)
    assert rows(opened, "SELECT symbol, close FROM market_bars") == [("QQQ", 2.0)]
    assert check_database(opened).findings == ()
    opened.close()


def test_the_backup_is_the_ledger_of_before(tmp_path: Path) -> None:
    """Beside it, named by its schema and the time in UTC; its older Kairos could open it."""
    path = old_file(tmp_path / "my ledger.db", "0002")
    database = open_existing(path)
    done = upgrade_database(database)
    database.close()
    assert done is not None
    assert done.backup is not None
    kept = done.backup.path
    assert kept.parent == tmp_path
    assert re.fullmatch(r"my ledger\.schema-0002\.\d{8}T\d{6}Z\.db", kept.name)
    assert schema_of(kept) == "0002"
    again = open_existing(kept)
    assert rows(again, "SELECT symbol FROM market_bars") == [("QQQ",)]
    assert check_database(again).findings == ()
    again.close()


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_server_s_ledger_is_dumped_first(
    address: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Into the current folder; the dump has the rows of before."""
    monkeypatch.chdir(tmp_path)
    older(address, "0003").dispose()
    database = open_existing(address)
    done = upgrade_database(database)
    database.close()
    assert done is not None
    assert done.backup is not None
    assert done.backup.path.name.startswith(f"{address.database}.schema-0003.")
    command = [server_program("pg_restore"), "--file=-", str(done.backup.path)]
    dump = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "old.csv" in dump
    assert "CREATE TABLE public.trials" in dump
    assert "CREATE TABLE public.orders" not in dump


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_without_pg_dump_there_is_no_upgrade(
    address: URL, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It says what is missing; the ledger stays as it was until it is told to do without."""
    older(address, "0003").dispose()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("infrastructure.database.upkeep.server_dump._DEBIAN", tmp_path)
    database = open_existing(address)
    with pytest.raises(StorageError, match="a backup needs pg_dump, which is not installed"):
        upgrade_database(database)
    assert rows(database, "SELECT version_num FROM alembic_version") == [("0003",)]
    assert upgrade_database(database, backup=False) is not None
    database.close()


def test_an_upgrade_that_fails_leaves_the_ledger_as_it_was(tmp_path: Path) -> None:
    """Rows without their partner would be left: the schema, the rows and the backup of before."""
    path = old_file(tmp_path / "old.db")
    with closing(sqlite3.connect(path)) as other:
        other.execute("INSERT INTO equity VALUES (77, 0, '2024-01-02', 1.0)")
        other.commit()
    database = open_existing(path)
    with pytest.raises(StorageError, match="would leave rows of equity without their"):
        upgrade_database(database)
    assert rows(database, "SELECT version_num FROM alembic_version") == [("0003",)]
    assert rows(database, "SELECT run_id FROM equity") == [(77,)]
    assert {each.kind for each in check_database(database).findings} == {"loose rows"}
    database.close()
    assert [schema_of(each) for each in tmp_path.glob("old.schema-0003.*.db")] == ["0003"]


def test_a_ledger_that_cannot_be_backed_up_is_not_upgraded(tmp_path: Path) -> None:
    """The damage is told; no byte is changed."""
    path = old_file(tmp_path / "old.db")
    damaged = bytearray(path.read_bytes())
    damaged[-4096:] = b"\xa5" * 4096
    path.write_bytes(damaged)
    database = open_existing(path)
    with pytest.raises(StorageError, match="not sound"):
        upgrade_database(database)
    database.close()
    assert path.read_bytes() == damaged
    assert [*tmp_path.glob("*.db")] == [path]


def test_of_two_that_upgrade_at_once_one_does(address: URL) -> None:
    """The other one waits, and finds it done; on either kind of database."""
    older(address, "0001").dispose()
    done: list[object] = []

    def upgrade() -> None:
        database = open_existing(address)
        done.append(upgrade_database(database, backup=False))
        database.close()

    threads = [Thread(target=upgrade) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 4
    assert sum(each is not None for each in done) == 1
    open_database(address).close()


def test_a_newer_ledger_is_left_alone(tmp_path: Path) -> None:
    """Its upkeep is for the Kairos that made it."""
    path = tmp_path / "new.db"
    open_database(path).close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
        other.commit()
    with pytest.raises(StorageError, match="found 9999, made by a newer Kairos"):
        open_existing(path)
