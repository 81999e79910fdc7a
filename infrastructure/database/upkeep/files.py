"""Where a database lies on disk, and copies of it: whole, on the disk, of a name of their own."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy.engine import Connection

from infrastructure.errors import StorageError
from infrastructure.whole_file import whole_file


def database_file(connection: Connection) -> Path | None:
    """The file of a SQLite database; None where it is in memory or on a server."""
    if connection.dialect.name != "sqlite":
        return None
    rows = connection.exec_driver_sql("PRAGMA database_list").all()
    found = next((str(file) for _, name, file in rows if name == "main"), "")
    return Path(found) if found else None


def beside(file: Path, ending: str) -> Path:
    """What SQLite keeps beside a file: its `-wal`, `-shm` or `-journal`."""
    return file.with_name(file.name + ending)


def size_of(file: Path) -> int:
    """Bytes; 0 where there is no such file. Never opens it: closing would drop SQLite's locks."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def check_room(folder: Path, needed: int, what: str) -> None:
    """Raise StorageError unless a folder's disk has so many bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StorageError(
            f"{folder}: {what} needs {needed:,} bytes here, {free:,} are free; free space first"
        )


def write_whole(target: Path, replace: bool, write: Callable[[Path], None]) -> int:
    """Let `write` fill a file of another name, then give it this one; its bytes.

    It is on the disk before it has the name. Raises StorageError where the name is taken, unless
    it may be replaced, and where the folder does not take it; then nothing is left of it.
    """
    _check_target(target, replace)
    try:
        with whole_file(target, replace) as unfinished:
            try:
                write(unfinished)
            finally:
                for ending in ("-journal", "-wal", "-shm"):
                    with suppress(OSError):
                        beside(unfinished, ending).unlink()
        return target.stat().st_size
    except FileExistsError:
        raise _taken(target) from None
    except OSError as error:
        raise StorageError(f"{target}: cannot be written ({error.strerror})") from error


def _check_target(target: Path, replace: bool) -> None:
    if not target.parent.is_dir():
        raise StorageError(f"{target}: the folder {target.parent} does not exist; create it first")
    if not os.path.lexists(target):
        return
    if not replace or not target.is_file():
        raise _taken(target)
    for ending in ("-wal", "-journal"):
        if beside(target, ending).exists():
            raise StorageError(
                f"{target}: is a database that is in use, or was not closed well "
                f"({beside(target, ending).name} is there); give another name"
            )


def _taken(target: Path) -> StorageError:
    return StorageError(f"{target}: exists already; give another name, or replace it with --force")
