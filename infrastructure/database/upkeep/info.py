"""What there is to know of a database without looking through it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, func, inspect, select
from sqlalchemy.engine import Connection

from infrastructure.database.engine import Database
from infrastructure.database.models import (
    algo_strategies,
    backtest_runs,
    bar_series,
    sweeps,
)
from infrastructure.database.revision import SCHEMA_REVISION
from infrastructure.database.schema import kept_schema
from infrastructure.database.upkeep.files import beside, database_file, size_of

_SYNCHRONOUS = ("off", "normal", "full", "extra")


@dataclass(frozen=True)
class LastRun:
    """The run that was stored last."""

    run_id: int
    execution_date: datetime
    portfolio_name: str


@dataclass(frozen=True)
class DatabaseInfo:
    """A database at a glance.

    counts: how many rows of each kind. Trades, refusals, trials and bars are what the runs, sweeps
        and series say they have; `kairos db check` compares. None: this schema has no such thing.
    uncounted_series: their bars were changed by another program and are not in `counts`.
    settings: how the database works, by the names that it has for them.
    """

    name: str
    schema: str
    expected_schema: str
    bytes: int
    wal_bytes: int | None
    counts: Mapping[str, int | None]
    uncounted_series: int
    last_run: LastRun | None
    settings: Mapping[str, Any]


def database_info(database: Database) -> DatabaseInfo:
    """Look at a database of whatever schema: no table is read through. Raises StorageError."""
    schema = kept_schema(database)
    with database.read() as connection:
        bytes_, wal_bytes = _sizes(connection)
        has = set(inspect(connection).get_table_names())
        counts, uncounted = _counts(connection, has)
        return DatabaseInfo(
            name=database.name,
            schema=schema,
            expected_schema=SCHEMA_REVISION,
            bytes=bytes_,
            wal_bytes=wal_bytes,
            counts=counts,
            uncounted_series=uncounted,
            last_run=_last_run(connection),
            settings=_settings(connection),
        )


def _sizes(connection: Connection) -> tuple[int, int | None]:
    if connection.dialect.name == "postgresql":
        size = connection.exec_driver_sql("SELECT pg_database_size(current_database())")
        return int(size.scalar_one()), None
    file = database_file(connection)
    if file is None:
        return _pragma(connection, "page_count") * _pragma(connection, "page_size"), 0
    return size_of(file), size_of(beside(file, "-wal"))


def _counts(connection: Connection, has: set[str]) -> tuple[dict[str, int | None], int]:
    """Of small tables; they know how much of the large ones belongs to them."""
    runs, of_sweeps = backtest_runs.c, sweeps.c
    # The bars of a series that has changed since it was counted are not told by its old count.
    known = func.sum(bar_series.c.n_bars).filter(bar_series.c.content.is_not(None))
    unknown = func.sum(1).filter(bar_series.c.content.is_(None))
    asked: tuple[tuple[Table, dict[str, Any]], ...] = (
        (algo_strategies, {"strategies": func.count()}),
        (
            backtest_runs,
            {
                "runs": func.count(),
                "trades": func.sum(runs.trades),
                "refusals": func.sum(runs.refused),
            },
        ),
        (sweeps, {"sweeps": func.count(), "trials": func.sum(of_sweeps.trials_done)}),
        (bar_series, {"series": func.count(), "bars": known, "uncounted": unknown}),
    )
    counts: dict[str, int | None] = {}
    for table, columns in asked:
        if table.name not in has:
            counts |= dict.fromkeys(columns)
            continue
        found = connection.execute(select(*columns.values()).select_from(table)).one()
        counts |= {name: int(value or 0) for name, value in zip(columns, found, strict=True)}
    return counts, counts.pop("uncounted") or 0


def _last_run(connection: Connection) -> LastRun | None:
    shown = (backtest_runs.c[name] for name in ("run_id", "execution_date", "portfolio_name"))
    newest = select(*shown).order_by(backtest_runs.c.run_id.desc()).limit(1)
    found = connection.execute(newest).one_or_none()
    return LastRun(*found) if found else None


def _settings(connection: Connection) -> dict[str, Any]:
    if connection.dialect.name == "postgresql":
        names = ("server_version", "server_encoding", "fsync", "synchronous_commit")
        return {
            name: connection.exec_driver_sql(f"SHOW {name}").scalar_one().split(" ")[0]
            for name in names
        }
    import sqlite3

    return {
        "sqlite_version": sqlite3.sqlite_version,
        "journal_mode": connection.exec_driver_sql("PRAGMA journal_mode").scalar_one(),
        "synchronous": _SYNCHRONOUS[_pragma(connection, "synchronous")],
        "page_size": _pragma(connection, "page_size"),
        "pages": _pragma(connection, "page_count"),
        "free_pages": _pragma(connection, "freelist_count"),
    }


def _pragma(connection: Connection, name: str) -> int:
    return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
