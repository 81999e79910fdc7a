"""What SQLite needs to be told: real transactions, foreign keys, WAL, durability."""

import sqlite3
import time
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from infrastructure.database.sqlite_interface import HandledConnection, connect
from infrastructure.errors import StorageError

BUSY_TIMEOUT = 30.0
"""Seconds a writer waits for the one before it; `?timeout=` in a SQLite URL says otherwise."""

OLDEST_SQLITE = (3, 37)
"""The first with STRICT tables (November 2021)."""

WRITING = "kairos_writing"
"""Execution option of a connection whose transactions write."""

_FILE = "kairos_file"
"""Which file a connection has open, in its info."""

MIGRATING = "kairos_migrating"
"""Execution option of a connection on which tables may be dropped and made again."""


def connect_arguments(url: URL) -> dict[str, object]:
    """Arguments of `sqlite3.connect`. Raises StorageError where SQLite is too old."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StorageError(
            f"{url.database}: SQLite {OLDEST_SQLITE[0]}.{OLDEST_SQLITE[1]} or later is needed; "
            f"this Python has {sqlite3.sqlite_version}; use a newer Python build"
        )
    return {} if "timeout" in url.query else {"timeout": BUSY_TIMEOUT}


def take_over_transactions(engine: Engine) -> None:
    """Let SQLAlchemy, not the driver, begin every transaction of this engine."""
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)


def _connect(
    _dialect: object, _record: object, arguments: list[object], options: dict[str, object]
) -> HandledConnection:
    return connect(*arguments, **options)


def _prepare(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    record.info[_FILE] = _file_of(connection)
    # The driver's own BEGIN is deferred and late: of two writers that have both read, one is
    # refused at once, whatever the timeout. `_begin` begins instead.
    connection.isolation_level = None
    for setting in (
        "foreign_keys = ON",
        # A run that was reported must survive a power cut; a run commits once, so one fsync each.
        "synchronous = FULL",
        "cache_size = -65536",  # 64 MB at most: a long import stays in memory until it commits
    ):
        connection.execute(f"PRAGMA {setting}")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    writing = bool(options.get(WRITING))
    # A write through a reading connection would be rolled back without a word: refuse it.
    connection.exec_driver_sql(f"PRAGMA query_only = {int(not writing)}")
    if writing:
        _refuse_replaced(connection)
    if options.get(MIGRATING):
        # Dropping a table that is made again would delete the rows that point at it.
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _file_of(connection: sqlite3.Connection) -> tuple[str, tuple[int, int] | None]:
    """The path of its file and the file itself, as the system numbers it."""
    (_, _, path), *_ = connection.execute("PRAGMA database_list").fetchall()
    return path, _number(path)


def _number(path: str) -> tuple[int, int] | None:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _refuse_replaced(connection: Connection) -> None:
    """A file that was deleted or replaced while it was open would take rows to its grave.

    SQLite goes on writing to it, and nobody would ever find them.
    """
    path, opened = connection.info[_FILE]
    if opened is not None and _number(path) != opened:
        raise StorageError(
            f"{path}: was deleted or replaced while Kairos had it open; nothing was written; "
            "see that the right file is there and run again"
        )


def use_wal(engine: Engine) -> None:
    """Readers and the writer no longer wait for each other; the file remembers it.

    While a file changes to WAL SQLite refuses others at once instead of using its busy timeout:
    hence the loop.
    """
    end = time.monotonic() + float(str(engine.url.query.get("timeout", BUSY_TIMEOUT)))
    while True:
        try:
            with engine.connect() as connection:
                driver = connection.connection.driver_connection
                assert isinstance(driver, sqlite3.Connection)
                driver.execute("PRAGMA journal_mode = WAL")
            return
        except (OperationalError, sqlite3.OperationalError) as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
        time.sleep(0.02)
