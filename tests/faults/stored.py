"""What a database holds, in forms that can be compared: its soundness, a run, a sweep, a series."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from sqlalchemy import Table, select

from infrastructure.database.engine import Database
from infrastructure.database.models import metadata
from tests.database.ledger_samples import rows

OF_THE_MOMENT = {"execution_date", "creation_date", "started_at", "finished_at", "changed_at"} | {
    "seconds",
    "run_key",
    "seal",  # over these too
}
"""Columns that differ between two runs of the same thing, beside numbers that are counted up."""


def faults(database: Database) -> list[str]:
    """What SQLite itself finds wrong: damage, and rows that point nowhere."""
    found = [row[0] for row in rows(database, "PRAGMA integrity_check") if row != ("ok",)]
    pointing = rows(database, "PRAGMA foreign_key_check")
    return [*map(str, found), *(f"{row[0]} without its {row[2]}" for row in pointing)]


def schema(database: Database) -> list[tuple[Any, ...]]:
    """Every table, index, trigger and view, as it was made."""
    return rows(database, "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name")


def digest(what: Iterable[object]) -> str:
    """One for each sequence of rows."""
    return sha256(repr([*what]).encode()).hexdigest()


def run_contents(database: Database, run_id: int) -> str:
    """A digest of all rows that belong to a run; runs of the same thing have the same one."""
    return _contents(database, "run_id", run_id)


def sweep_contents(database: Database, sweep_id: int) -> str:
    """The same of a sweep."""
    return _contents(database, "sweep_id", sweep_id)


def _contents(database: Database, key: str, number: int) -> str:
    tables = [each for each in metadata.sorted_tables if key in each.primary_key.columns]
    tables += [each for each in metadata.sorted_tables if _points_by(each, key)]
    found = []
    with database.read() as connection:
        for table in tables:
            names = [column for column in table.columns if column.name not in _left_out(table, key)]
            wanted = select(*names).where(table.c[key] == number).order_by(*names)
            found += [(table.name, *row) for row in connection.execute(wanted)]
    return digest(found)


def _points_by(table: Table, key: str) -> bool:
    return key in table.columns and key not in table.primary_key.columns


def _left_out(table: Table, key: str) -> set[str]:
    counted_up = [*table.primary_key.columns.keys()]
    return OF_THE_MOMENT | {key} | (set(counted_up) if len(counted_up) == 1 else set())


def series_contents(database: Database, symbol: str) -> str | None:
    """A digest of a symbol's bars and of what is known of them; None where nothing is there."""
    found = []
    for table in ("market_bars", "bar_series", "bar_history"):
        columns = [
            column.name
            for column in metadata.tables[table].columns
            if column.name not in OF_THE_MOMENT | {"symbol", "change_id"}
        ]
        listed = ", ".join(f'"{name}"' for name in columns)
        wanted = f"SELECT {listed} FROM {table} WHERE symbol = '{symbol}' ORDER BY {listed}"
        found += [(table, *row) for row in rows(database, wanted)]
    return digest(found) if found else None
