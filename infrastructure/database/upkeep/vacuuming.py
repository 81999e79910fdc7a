"""A database made as small and as quick as it can be."""

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from infrastructure.database.engine import Database
from infrastructure.database.errors import storage_errors
from infrastructure.database.upkeep.files import beside, check_room, database_file, size_of
from infrastructure.errors import StorageError


@dataclass(frozen=True)
class Vacuumed:
    """Bytes on disk before and after, SQLite's log included.

    log_emptied: False where readers still needed it; it is emptied by a later writer.
    """

    before: int
    after: int
    log_emptied: bool


def vacuum(database: Database) -> Vacuumed:
    """Rewrite the file without its free pages, count what queries are planned by, empty the log.

    Nobody can write meanwhile. Raises StorageError, and then the database is as it was.
    """
    if database.engine.dialect.name == "postgresql":
        return _vacuum_on_server(database)
    with database.read() as connection:
        file = database_file(connection)
    if file is None:
        raise StorageError(f"{database.name}: only a file can be vacuumed")
    before = _on_disk(file)
    # SQLite writes the new database to its folder of temporary files, then through the log.
    check_room(file.parent, 2 * size_of(file), "vacuuming")
    check_room(_temporary_folder(), size_of(file), "vacuuming")
    with storage_errors(database.url), database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.execute("PRAGMA query_only = OFF")
        driver.execute("VACUUM")
        driver.execute("ANALYZE")
        busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return Vacuumed(before, _on_disk(file), not busy)


def _temporary_folder() -> Path:
    """Where SQLite writes what it needs for a while, as it looks for it."""
    named = (os.environ.get(name) for name in ("SQLITE_TMPDIR", "TMPDIR"))
    folders = (Path(name) for name in (*named, "/var/tmp", "/usr/tmp", "/tmp") if name)
    return next((folder for folder in folders if folder.is_dir()), Path())


def _on_disk(file: Path) -> int:
    return size_of(file) + size_of(beside(file, "-wal"))


def _vacuum_on_server(database: Database) -> Vacuumed:
    """PostgreSQL keeps free room for itself: rows are made visible to plans, little shrinks."""
    size = "SELECT pg_database_size(current_database())"
    with storage_errors(database.url), database.engine.connect() as plain:
        connection = plain.execution_options(isolation_level="AUTOCOMMIT")
        before = connection.exec_driver_sql(size).scalar_one()
        connection.exec_driver_sql("VACUUM (ANALYZE)")
        after = connection.exec_driver_sql(size).scalar_one()
    return Vacuumed(before, after, log_emptied=True)
