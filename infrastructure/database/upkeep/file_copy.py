"""A copy of a SQLite database, by SQLite's online backup: consistent while others write."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from infrastructure.database.engine import Database
from infrastructure.database.upkeep.files import check_room, database_file, size_of
from infrastructure.errors import StorageError

Progress = Callable[[int, int], None]
"""Called with the pages copied and all pages."""

_PAGES = 4_096
"""Copied at a time; in between Ctrl-C is heard."""

_OF_THE_COPY = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_CANTOPEN", "SQLITE_READONLY")


def copy_file(database: Database, copy: Path, progress: Progress | None = None) -> None:
    """Copy the database as it is now into a new file, and see that the copy is sound.

    Raises StorageError.
    """
    with database.read() as connection:
        # The first read fixes the state that is copied: writers go on, and do not make it begin
        # again. They can, as long as the log is kept, which it is until this reader has finished.
        connection.exec_driver_sql("SELECT count(*) FROM alembic_version")
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        file = database_file(connection)
        if file is not None:
            check_room(copy.parent, size_of(file), "the copy")
        try:
            with closing(sqlite3.connect(copy)) as target:
                target.execute("PRAGMA synchronous = OFF")  # whoever asked for it syncs the whole
                source.backup(target, pages=_PAGES, progress=_told(progress))
        except sqlite3.Error as error:
            if str(getattr(error, "sqlite_errorname", "")).startswith(_OF_THE_COPY):
                raise StorageError(
                    f"{copy.parent}: the copy cannot be written ({error})"
                ) from error
            raise
    if file is not None:
        shutil.copymode(file, copy)
    _check_copy(copy)


def _told(progress: Progress | None) -> Callable[[int, int, int], None]:
    def tell(_status: int, left: int, pages: int) -> None:
        if progress is not None:
            progress(pages - left, pages)

    return tell  # never None: while it runs, Python sees to signals


def _check_copy(copy: Path) -> None:
    """Raise StorageError unless SQLite finds no fault with it."""
    only_read = f"{copy.absolute().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(only_read, uri=True)) as connection:
        try:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        except sqlite3.Error as error:
            found = str(error)
    if found != "ok":
        raise StorageError(
            f"the copy is not sound ({' '.join(found.split())}) and was not kept; "
            "`kairos db check` says more of the database"
        )
