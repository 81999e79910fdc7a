"""What is said of PostgreSQL alone; the laws of every ledger are tested on it where they stand."""

import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.engine import URL

from infrastructure.cli.app import main
from infrastructure.database.engine import Database, open_database
from infrastructure.database.migrations.runner import upgrade
from infrastructure.database.models import metadata
from infrastructure.errors import StorageError
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.store.series import stored_series
from infrastructure.market_data.store.writing import write_bars
from infrastructure.strategy_management.trial_ledger import TrialLedger
from tests.database.ledger_programs import program
from tests.database.ledger_samples import counts, half_runs, rows
from tests.database.private_server import PrivateServer
from tests.database.sweep_samples import sweep_record
from tests.database.upkeep_samples import filled

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)


def test_migrations_and_models_make_one_schema(database: Database) -> None:
    """Alembic finds nothing to migrate, in what was created and in what it makes itself."""
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    created = constraints(database)
    with database.write() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
    upgrade(database.engine, database.url)
    assert constraints(database) == created


def constraints(database: Database) -> list[tuple[str, ...]]:
    """Every constraint, index, column, trigger and view, as the server words it."""
    return sorted(
        tuple(map(str, row))
        for statement in (
            "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace",
            "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
            "SELECT table_name, column_name, data_type || is_nullable FROM "
            "information_schema.columns WHERE table_schema = 'public'",
            "SELECT event_object_table, trigger_name, action_statement FROM "
            "information_schema.triggers",
            "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'",
        )
        for row in rows(database, statement)
        if "alembic_version" not in str(row)
    )


def test_writers_at_once_lose_nothing(address: URL) -> None:
    """8 processes create the schema and write 5 runs each; what they share is one row."""
    lines = program("write", address.render_as_string(), 8, 5)
    assert [line for line in lines if line.startswith("error")] == []
    database = open_database(address)
    assert counts(database)["backtest_runs"] == 40
    assert rows(database, "SELECT count(*) FROM algo_strategies") == [(9,)]
    assert half_runs(database) == []
    database.close()


def test_the_server_of_the_tests_ends_with_them(kind: str, tmp_path: Path) -> None:
    """However they end: kill -9 of whoever started it, and the server and its folder are gone."""
    code = (
        "import time; from tests.database.private_server import PrivateServer\n"
        "print(PrivateServer().folder, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        assert (folder / "data" / "postmaster.pid").exists()
        process.kill()
    end = time.monotonic() + 30
    while folder.exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not folder.exists()


@pytest.mark.parametrize("command", [["info", "--json"], ["check"], ["backup", "kept"], ["vacuum"]])
def test_the_upkeep_of_a_server_s_ledger(
    database: Database,
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The same commands by address."""
    monkeypatch.chdir(tmp_path)
    filled(database)
    given = ["db", *command, "--db", database.url.render_as_string(hide_password=False)]
    assert main(given) == 0
    told = capfd.readouterr()
    assert told.err == ""
    assert database.name in told.out


def test_a_server_that_is_not_there_is_said_to_be_so(
    private_server: PrivateServer, kind: str
) -> None:
    """One line, without the password."""
    nowhere = private_server.folder / "nowhere"
    with pytest.raises(StorageError, match="cannot be used") as caught:
        open_database(f"postgresql+psycopg://me:secret@/x?host={nowhere}")
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_plan_that_is_begun_at_once_is_one_sweep(database: Database) -> None:
    """The second one waits, and goes on with the first one's."""
    begun: list[tuple[int, bool]] = []

    def begin() -> None:
        handle = TrialLedger(database).begin(sweep_record())
        begun.append((handle.sweep_id, handle.resumed))

    threads = [Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(resumed for _, resumed in begun) == [False] + [True] * 7
    assert len({sweep_id for sweep_id, _ in begun}) == 1
    assert rows(database, "SELECT count(*) FROM sweep_series") == [(1,)]


def test_the_first_bars_of_two_writers_are_all_counted(database: Database) -> None:
    """Both find the series empty; the second one waits, and then counts the first one's bars."""
    get_calendar("24/7", database)

    def write(first: int) -> None:
        stamps = first + 60 * np.arange(20_000)
        prices = np.full(len(stamps), 1.5)
        columns = BarColumns(stamps, prices, prices, prices, prices, prices)
        write_bars(database, "QQQ", "1m", columns, "x", calendar="24/7")

    threads = [Thread(target=write, args=(60 * 20_000 * n + 1_704_067_200,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (series,) = stored_series(database)
    assert series.count.n_bars == 60_000


def test_a_password_comes_out_nowhere(
    address: URL, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of the address: neither printed nor logged nor in a row, when it works and when it fails."""
    canary = "canary/0123456789"
    url = address.set(password=canary)
    log = tmp_path / "log.jsonl"
    for each in (url, url.set(database="none"), url.set(drivername="postgresql+none")):
        given = each.render_as_string(hide_password=False)
        main(["data", "sample", "nasdaq", "--db", given, "-v", "--log-file", str(log)])
    told = "".join(capfd.readouterr()) + log.read_text(encoding="utf-8")
    database = open_database(url)
    for table in metadata.sorted_tables:
        told += str(rows(database, f"SELECT * FROM {table.name}"))
    database.close()
    assert "NASDAQ" in told
    assert "Traceback" in told
    assert "kairos:***@" in told
    assert canary not in told
    assert quote(canary, safe="") not in told
