"""What a file of any revision holds."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL, create_engine

from infrastructure.database.engine import Database
from infrastructure.database.migrations.runner import upgrade
from infrastructure.database.sqlite import take_over_transactions
from tests.faults.stored import digest

SUMMARIES = {
    # Thousands of rows that are copied from a library.
    "trading_sessions": "count(*), min(session), max(session), sum(closes_at)",
    # Its key is drawn by chance, and its seconds pass; the seal covers both.
    "run_evidence": "run_id, configs_digest, kairos_code, environment_id, orders_digest, "
    "trades_digest, refusals_digest, equity_digest, figures_digest",
}
"""What is looked at of tables that differ between two attempts at the same thing."""


def contents_of(file: Path) -> dict[str, str]:
    """Digests of the schema and of each table's rows; fails where the file is not sound."""
    with closing(sqlite3.connect(file)) as connection:  # asked by hand: thousands of times
        assert [*connection.execute("PRAGMA integrity_check")] == [("ok",)]
        assert [*connection.execute("PRAGMA foreign_key_check")] == []
        made = [*connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2")]
        found = {"": digest(made)}
        for name in [name for kind, name, _ in made if kind == "table"]:
            columns = SUMMARIES.get(name, "*")
            found[name] = digest(connection.execute(f'SELECT {columns} FROM "{name}"'))
    return found


def opened_as_it_is(url: URL) -> Database:
    """Without bringing its schema to the head."""
    engine = create_engine(url)
    take_over_transactions(engine)
    return Database(engine, url)


def address_of(file: Path) -> URL:
    """As a path on the command line is understood."""
    return URL.create("sqlite", database=str(file))


def bring_to_head(url: URL) -> None:
    """Upgrade a file of an older schema. Raises StorageError."""
    database = opened_as_it_is(url)
    try:
        upgrade(database.engine, url)
    finally:
        database.close()
