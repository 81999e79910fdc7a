"""The schema's own laws: one schema by every way, and nothing in it that cannot be."""

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.engine import Engine, create_engine

from infrastructure.core.execution import records
from infrastructure.database import base
from infrastructure.database.engine import Database, open_database
from infrastructure.database.migrations.runner import alembic_config, revisions, upgrade
from infrastructure.database.models import metadata
from infrastructure.database.revision import OLDER_REVISIONS, SCHEMA_REVISION
from infrastructure.database.sqlite import WRITING, take_over_transactions
from infrastructure.errors import StorageError
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from tests.database.ledger_samples import rows, run_record

SCHEMAS = Path(__file__).parent
"""Its schema_*.sql: what a revision makes. They are released: never remade, a change is a new
revision."""


def schema(database: Database) -> dict[str, str]:
    """Every object of a database by name, as it was made, spaces aside."""
    found = rows(database, "SELECT name, sql FROM sqlite_schema")
    return {name: " ".join((sql or "").split()) for name, sql in found}


def migrated(path: Path, revision: str) -> Engine:
    """A new file, made by the migrations alone."""
    engine = create_engine(f"sqlite:///{path}")
    take_over_transactions(engine)
    with engine.connect() as connection:
        connection.execution_options(**{WRITING: True})
        with connection.begin():
            command.upgrade(alembic_config(connection), revision)
    return engine


def test_the_head_of_the_migrations_is_the_schema_that_the_code_knows() -> None:
    """Opening compares words instead of importing Alembic; the words are right."""
    assert revisions() == [*OLDER_REVISIONS, SCHEMA_REVISION]


def test_migrations_and_models_make_one_schema(tmp_path: Path, file_database: Database) -> None:
    """A file that was migrated and a new one are the same to the word."""
    migrated(tmp_path / "migrated.db", "head").dispose()
    by_migration = open_database(tmp_path / "migrated.db")
    assert schema(by_migration) == schema(file_database)
    by_migration.close()


def test_alembic_finds_nothing_to_migrate(database: Database) -> None:
    """The next revision that it writes by itself would be empty."""
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_a_revision_stays_as_it_was_released(tmp_path: Path, revision: str) -> None:
    """What others' files were made with does not change under them."""
    engine = migrated(tmp_path / "released.db", revision)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT sql FROM sqlite_schema ORDER BY name")).scalars()
        made = "".join(f"{sql.strip()};\n" for sql in found if sql)
    engine.dispose()
    released = SCHEMAS / f"schema_{revision}.sql"
    assert made.split() == released.read_text(encoding="utf-8").split()


OLD_BAR = "INSERT INTO market_bars VALUES ('QQQ', '1d', 86400, 1, 2, 1, 2, 9, 'old.csv')"


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_an_older_database_is_brought_to_the_head_with_its_rows(
    tmp_path: Path, revision: str
) -> None:
    """The migrations take its rows along; bars it held are counted when asked."""
    old = migrated(tmp_path / "old.db", revision)
    with old.connect() as connection:
        connection.execution_options(**{WRITING: True})
        with connection.begin():
            connection.execute(text(OLD_BAR))
    old.dispose()
    upgrade(old, old.url)
    database = open_database(tmp_path / "old.db")
    assert rows(database, "SELECT version_num FROM alembic_version") == [(SCHEMA_REVISION,)]
    assert rows(database, "SELECT close, source FROM market_bars") == [(2.0, "old.csv")]
    assert rows(database, "SELECT symbol, interval, content FROM bar_series") == [
        ("QQQ", "1d", None)
    ]
    assert rows(database, "SELECT count(*) FROM trials") == [(0,)]
    database.close()


def test_the_words_of_the_ledger_are_those_of_the_simulation() -> None:
    """A reason that the account machine can give is one that the ledger can hold."""
    assert base.EXIT_REASONS == records.EXIT_REASONS
    assert base.REFUSAL_REASONS == records.REFUSAL_REASONS
    assert base.SIZE_BOUNDS == records.SIZE_BOUNDS


def test_every_foreign_key_can_be_followed_quickly() -> None:
    """Each has an index on its own side: deleting what it points at looks through no table."""
    for table in metadata.tables.values():
        starts = [list(table.primary_key.columns.keys())]
        starts += [list(index.columns.keys()) for index in table.indexes]
        for constraint in table.foreign_key_constraints:
            wanted = constraint.column_keys
            assert any(start[: len(wanted)] == wanted for start in starts), (table.name, wanted)


NEW_TRADE = "UPDATE algo_trades SET "
NEW_BAR = "INSERT INTO market_bars VALUES "

IMPOSSIBLE = [
    NEW_TRADE + "direction = 'up'",
    NEW_TRADE + "instrument_type = 'bond'",
    NEW_TRADE + "exit_reason = ''",
    NEW_TRADE + "size_bound = 'luck'",
    NEW_TRADE + "winning_trade = 2",
    NEW_TRADE + "winning_trade = NULL",
    NEW_TRADE + "ambiguous = -1",
    NEW_TRADE + "quantity = 0",
    NEW_TRADE + "quantity = 'ten'",
    NEW_TRADE + "entry_price = -1",
    NEW_TRADE + "entry_price = NULL",
    NEW_TRADE + "exit_price = 9e999",
    NEW_TRADE + "net_pnl = -9e999",
    NEW_TRADE + "risk_reward = 9e999",
    NEW_TRADE + "exit_timestamp = '2024-01-02 14:59:59'",
    NEW_TRADE + "signal_timestamp = '2024-01-02 15:00:01'",
    NEW_TRADE + "exit_date = '2024-01-01'",
    NEW_TRADE + "entry_date = 'yesterday'",
    NEW_TRADE + "position = 2",
    NEW_TRADE + "run_id = 77",
    NEW_TRADE + "strategy_id = 77",
    "UPDATE backtest_runs SET status = 'half'",
    "UPDATE backtest_runs SET fill_policy = 'luck'",
    "UPDATE backtest_runs SET figures = 'not json'",
    "UPDATE backtest_runs SET sharpe = 9e999",
    "UPDATE backtest_strategy_allocations SET allocation_percentage = -1",
    "UPDATE refused_signals SET reason = 'mood'",
    "UPDATE refused_signals SET direction = 'both'",
    "UPDATE equity SET equity = NULL",
    "UPDATE equity SET book = -1",
    "DELETE FROM algo_strategies",
    "UPDATE algo_strategies SET strategy_name = strategy_name",
    NEW_BAR + "('Q', '1m', 0, 1, 1, 1, 0, 1, 'x')",
    NEW_BAR + "('Q', '1m', 0, 2, 1, 1, 1, 1, 'x')",
    NEW_BAR + "('Q', '1m', 0, 1, 1, 2, 1, 1, 'x')",
    NEW_BAR + "('Q', '1m', 0, 1, 1, 1, 1, -1, 'x')",
    NEW_BAR + "('Q', '1m', 0, 1, 9e999, 1, 1, 1, 'x')",
    NEW_BAR + "('Q', '1m', 0, 1, 'high', 1, 1, 1, 'x')",
]
IN_A_FILE = [  # what PostgreSQL reads as the moment or the number that was meant
    NEW_TRADE + "entry_date = '2024-1-2'",
    NEW_TRADE + "exit_timestamp = '2024-01-02T16:00:00'",
    NEW_TRADE + "exit_timestamp = '2024-01-02 16:00:00+00:00'",
    NEW_BAR + "('Q', '1m', 0.5, 1, 1, 1, 1, 1, 'x')",
    "INSERT OR REPLACE INTO algo_strategies SELECT * FROM algo_strategies",
]


def test_what_cannot_be_cannot_be_stored(database: Database) -> None:
    """Each impossible row is refused in one line, whoever writes it, and nothing has changed."""
    assert_refused(database, IMPOSSIBLE)


def test_what_is_no_text_of_ours_cannot_be_stored(file_database: Database) -> None:
    """A file has no types for moments: the schema sees to their one form."""
    assert_refused(file_database, IN_A_FILE)


def assert_refused(database: Database, statements: list[str]) -> None:
    """Each in one line; every table is as before."""
    StrategyCreation(database).save_run(run_record())
    names = [*metadata.tables]
    before = [rows(database, f"SELECT * FROM {name}") for name in names]
    for statement in statements:
        with pytest.raises(StorageError, match="refused a row") as caught, database.write() as one:
            one.execute(text(statement))
        assert "\n" not in str(caught.value)
    assert [rows(database, f"SELECT * FROM {name}") for name in names] == before


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "1,5", None])
def test_a_price_is_a_number(database: Database, value: Any) -> None:
    """NaN, infinity, text and nothing are no price."""
    statement = text("INSERT INTO market_bars VALUES ('Q', '1d', 0, 1, 2, 1, :value, 1, 'x')")
    with pytest.raises(StorageError, match="refused a row"), database.write() as connection:
        connection.execute(statement, {"value": value})
    assert rows(database, "SELECT * FROM market_bars") == []
