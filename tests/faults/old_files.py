"""Files of older schemas, with rows in them."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from infrastructure.database.engine import open_database
from infrastructure.market_data.synthetic import make_demo_bars
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from tests.database.ledger_samples import run_record

SCHEMAS = Path(__file__).parents[1] / "database"
"""Its schema_*.sql are what released revisions made."""


def make_old_file(path: Path, revision: str, n_trades: int = 1_000) -> None:
    """A file of a released schema with two runs, a strategy and two months of bars."""
    new = path.with_name("new.db")
    database = open_database(new)
    make_demo_bars(database=database, start=date(2025, 5, 1))
    for count in (n_trades, 0):
        StrategyCreation(database).save_run(run_record(count))
    database.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("ATTACH ? AS new", (str(new),))
        connection.execute("BEGIN")
        statements = _statements(SCHEMAS / f"schema_{revision}.sql")
        for statement in statements:
            if statement.startswith("CREATE TABLE"):
                connection.execute(statement)
        for name in _tables(connection):
            _copy_rows(connection, name)
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        for statement in statements:
            if not statement.startswith("CREATE TABLE"):  # indexes, views and triggers
                connection.execute(statement)
        connection.execute("COMMIT")
    new.unlink()


def _statements(path: Path) -> list[str]:
    """Those of a schema, but for the table that SQLite makes by itself."""
    found = [""]
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        found[-1] += line
        if sqlite3.complete_statement(found[-1]):
            found.append("")
    return [each.strip() for each in found if each.strip() and "sqlite_sequence" not in each]


def _tables(connection: sqlite3.Connection) -> list[str]:
    wanted = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    return [row[0] for row in connection.execute(wanted)]


def _copy_rows(connection: sqlite3.Connection, table: str) -> None:
    """Those columns that both schemas have."""
    old = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]
    new = {row[1] for row in connection.execute(f"PRAGMA new.table_info({table})")}
    shared = ", ".join(f'"{name}"' for name in old if name in new)
    connection.execute(f"INSERT INTO main.{table} ({shared}) SELECT {shared} FROM new.{table}")
