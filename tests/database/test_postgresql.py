"""The same ledger on PostgreSQL, where a server and its driver are installed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from urllib.parse import quote
from uuid import uuid4

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.engine import URL, create_engine, make_url

import tests.database.test_numbers as numbers
import tests.database.test_watched_bars as watching
import tests.management.test_stored_results as results
import tests.management.test_trial_ledger as trials
from infrastructure.cli.app import main
from infrastructure.database.engine import Database, open_database
from infrastructure.database.migrations.runner import upgrade
from infrastructure.database.models import algo_trades, market_bars, metadata
from infrastructure.database.numbers import insert_numbers
from infrastructure.errors import StorageError
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.store.series import stored_series
from infrastructure.market_data.store.writing import write_bars
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from infrastructure.strategy_management.trial_ledger import TrialLedger
from tests.database.ledger_programs import needs_fork, program
from tests.database.ledger_samples import RUN_TABLES, counts, half_runs, rows, run_record, trade
from tests.database.sweep_samples import START, sweep_record, trial_columns

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
NOBODY = 65534

pytestmark = needs_fork


def server_program(name: str) -> str:
    """Where a program of PostgreSQL is; the test is skipped where it is nowhere."""
    search = os.pathsep.join([os.environ.get("PATH", ""), *map(str, PROGRAMS)])
    found = shutil.which(name, path=search)
    if found is None:
        pytest.skip(f"{name} of PostgreSQL is not installed")
    return found


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    """A private server on a socket in a folder of its own; it refuses to run as root."""
    pytest.importorskip("psycopg")
    initdb, pg_ctl = server_program("initdb"), server_program("pg_ctl")
    user = NOBODY if os.getuid() == 0 else None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if user is not None:
            os.chown(folder, user, -1)

        def run(*command: str) -> None:
            subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)

        data, log = str(folder / "data"), str(folder / "log")
        run(initdb, "-D", data, "-U", "kairos", "-A", "trust", "--no-sync", "-E", "UTF8")
        settings = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=40"
        run(pg_ctl, "-D", data, "-l", log, "-o", settings, "-w", "start")
        try:
            yield folder
        finally:
            run(pg_ctl, "-D", data, "-m", "immediate", "-w", "stop")


@pytest.fixture
def address(server: Path) -> str:
    """A new, empty database on the server."""
    name = f"ledger_{uuid4().hex}"
    there = URL.create("postgresql+psycopg", "kairos", query={"host": str(server)})
    maintenance = there.set(database="postgres")
    engine = create_engine(maintenance, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return there.set(database=name).render_as_string()


@pytest.fixture
def ledger(address: str) -> Iterator[Database]:
    """That database, opened."""
    database = open_database(address)
    yield database
    database.close()


def test_a_run_is_stored_whole(ledger: Database) -> None:
    """The same rows, types and meanings as on SQLite."""
    StrategyCreation(ledger).save_run(run_record(4))
    assert list(counts(ledger).values()) == [1, 1, 4, 2, 3]
    assert half_runs(ledger) == []
    with ledger.read() as connection:
        found = connection.execute(select(algo_trades).limit(1)).mappings().one()
    assert {name: found[name] for name in trade()} == trade()


def test_a_password_comes_out_nowhere(
    address: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of the address: neither printed nor logged nor in a row, when it works and when it fails."""
    canary = "canary/0123456789"
    url = make_url(address).set(password=canary)
    log = tmp_path / "log.jsonl"
    for each in (url, url.set(database="none"), url.set(drivername="postgresql+none")):
        given = each.render_as_string(hide_password=False)
        main(["data", "sample", "nasdaq", "--db", given, "-v", "--log-file", str(log)])
    told = "".join(capfd.readouterr()) + log.read_text(encoding="utf-8")
    database = open_database(url)
    for table in metadata.sorted_tables:
        told += str(rows(database, f"SELECT * FROM {table.name}"))
    database.close()
    assert "NASDAQ" in told and "Traceback" in told and "kairos:***@" in told
    assert canary not in told
    assert quote(canary, safe="") not in told


def test_results_come_back(ledger: Database) -> None:
    """Equity and trades, as from SQLite."""
    results.assert_results_come_back(ledger)


def test_what_cannot_be_is_refused_whole(ledger: Database) -> None:
    """NaN, a word that is none, a changed strategy: one line, and nothing is left."""
    writer = StrategyCreation(ledger)
    for change in ({"entry_price": float("nan")}, {"direction": "up"}, {"quantity": 0.0}):
        record = run_record()
        broken = type(record)(**(vars(record) | {"trades": [trade(), trade(**change)]}))
        with pytest.raises(StorageError, match="refused a row") as caught:
            writer.save_run(broken)
        assert "\n" not in str(caught.value)
    assert counts(ledger) == dict.fromkeys(RUN_TABLES, 0)
    writer.save_run(run_record())
    with pytest.raises(StorageError, match="never changes"), ledger.write() as connection:
        connection.execute(text("UPDATE algo_strategies SET risk_reward = 5"))


def test_a_figure_that_does_not_exist_is_null(ledger: Database) -> None:
    """NaN would sort above every number there."""
    record = run_record(sharpe=float("nan"))
    trades = [trade(stop_price=float("nan"))]
    StrategyCreation(ledger).save_run(type(record)(**(vars(record) | {"trades": trades})))
    assert rows(ledger, "SELECT sharpe FROM backtest_runs") == [(None,)]
    assert rows(ledger, "SELECT stop_price FROM algo_trades") == [(None,)]


def test_a_reading_connection_cannot_write(ledger: Database) -> None:
    """The server itself refuses it."""
    with pytest.raises(StorageError, match="read-only"), ledger.read() as connection:
        connection.execute(text("DELETE FROM equity"))


def test_bars_can_be_read_with_their_times(ledger: Database) -> None:
    """The view is there."""
    with ledger.write() as connection:
        connection.execute(
            text("INSERT INTO market_bars VALUES ('Q', '1m', 1704205800, 1, 1, 1, 1, 1, 'x')")
        )
    assert rows(ledger, "SELECT utc FROM v_market_bars") == [("2024-01-02 14:30:00",)]


def test_migrations_and_models_make_one_schema(address: str, ledger: Database) -> None:
    """Alembic finds nothing to migrate, in what was created and in what it makes itself."""
    with ledger.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    created = constraints(ledger)
    with ledger.write() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
    upgrade(ledger.engine, ledger.url, "base")
    assert constraints(ledger) == created


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


def test_writers_at_once_lose_nothing(address: str) -> None:
    """8 processes create the schema and write 5 runs each; what they share is one row."""
    lines = program("write", address, 8, 5)
    assert [line for line in lines if line.startswith("error")] == []
    database = open_database(address)
    assert counts(database)["backtest_runs"] == 40
    assert rows(database, "SELECT count(*) FROM algo_strategies") == [(9,)]
    assert half_runs(database) == []
    database.close()


def test_a_server_that_is_not_there_is_said_to_be_so(server: Path) -> None:
    """One line, without the password."""
    with pytest.raises(StorageError, match="cannot be used") as caught:
        open_database(f"postgresql+psycopg://me:secret@/x?host={server / 'nowhere'}")
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_columns_of_numbers_come_back(ledger: Database) -> None:
    """Binary COPY writes and reads what SQLite's C interface does; a bad row is refused."""
    written = numbers.columns(1_000)
    with ledger.write() as connection:
        insert_numbers(connection, market_bars, numbers.SAME, written)
    found = numbers.read_back(ledger)
    assert {name: column.tolist() for name, column in found.items()} == {
        name: column.tolist() for name, column in written.items()
    }
    with pytest.raises(StorageError, match="refused a row"), ledger.write() as connection:
        insert_numbers(connection, market_bars, numbers.SAME, numbers.columns(1))


def test_what_does_not_exist_comes_back(ledger: Database) -> None:
    """Binary COPY gives NULL for NaN, and NaN for NULL."""
    numbers.assert_what_does_not_exist_comes_back(ledger)


def test_trials_come_back_as_they_were_saved(ledger: Database) -> None:
    """As on SQLite; a bad one refuses its chunk."""
    trials.assert_trials_come_back(ledger)
    writer, chunk = TrialLedger(ledger), trial_columns(range(1_000, 1_500))
    for change in ({"sqn": np.full(500, np.inf)}, {"invalid": np.full(500, 2)}):
        with pytest.raises(StorageError, match="refused a row"):
            writer.save(1, chunk | change)
    with pytest.raises(StorageError, match="running twice"):
        writer.save(1, trial_columns(range(990, 1_010)))
    best = writer.trials(1, "sqn", descending=True, limit=3, columns=("trial",))
    assert best["trial"].tolist() == [998, 997, 996]
    assert writer.begin(sweep_record()).stored == ((0, 1_000),)
    assert writer.tried_on([("QQQ", "30m")], START, START) == 1_000


def test_a_plan_that_is_begun_at_once_is_one_sweep(address: str) -> None:
    """The second one waits, and goes on with the first one's."""
    opened = open_database(address)
    begun: list[tuple[int, bool]] = []

    def begin() -> None:
        handle = TrialLedger(opened).begin(sweep_record())
        begun.append((handle.sweep_id, handle.resumed))

    threads = [Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(resumed for _, resumed in begun) == [False] + [True] * 7
    assert len({sweep_id for sweep_id, _ in begun}) == 1
    assert rows(opened, "SELECT count(*) FROM sweep_series") == [(1,)]
    opened.close()


def test_whoever_changes_bars_makes_their_content_unknown(ledger: Database) -> None:
    """The triggers say per statement what SQLite's say per row."""
    watching.assert_changes_are_seen(ledger)


def test_the_first_bars_of_two_writers_are_all_counted(address: str) -> None:
    """Both find the series empty; the second one waits, and then counts the first one's bars."""
    opened = open_database(address)
    get_calendar("24/7", opened)

    def write(first: int) -> None:
        stamps = first + 60 * np.arange(20_000)
        prices = np.full(len(stamps), 1.5)
        columns = BarColumns(stamps, prices, prices, prices, prices, prices)
        write_bars(opened, "QQQ", "1m", columns, "x", calendar="24/7")

    threads = [Thread(target=write, args=(60 * 20_000 * n + 1_704_067_200,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (series,) = stored_series(opened)
    assert series.count.n_bars == 60_000
    opened.close()
