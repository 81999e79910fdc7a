"""Backups: a copy of the database, checked, under a name that nothing had."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

from infrastructure.database.engine import Database
from infrastructure.database.schema import kept_schema
from infrastructure.database.upkeep.file_copy import Progress, copy_file
from infrastructure.database.upkeep.files import database_file, write_whole
from infrastructure.database.upkeep.server_dump import dump_database
from infrastructure.errors import StorageError


@dataclass(frozen=True)
class Backup:
    """A backup that was taken: a SQLite database, or a dump that pg_restore reads."""

    path: Path
    bytes: int


def back_up(
    database: Database,
    target: Path | None = None,
    replace: bool = False,
    progress: Progress | None = None,
) -> Backup:
    """Copy a database of whatever schema as it is at one moment, while others go on writing.

    target: a file; a folder, or None for the database's own: a name made of the database's, its
    schema and the time in UTC. Raises StorageError, and then leaves nothing behind.
    """
    with database.read() as connection:
        source = database_file(connection)
    target = _target(database, source, target)

    def write(path: Path) -> None:
        if database.engine.dialect.name == "sqlite":
            copy_file(database, path, progress)
        else:
            dump_database(database.url, path)

    return Backup(target, write_whole(target, replace, write))


def _target(database: Database, source: Path | None, given: Path | None) -> Path:
    """The file to write. Raises StorageError where it is the database, or cannot be looked at."""
    try:
        target = _free_name(database, source, given) if given is None or given.is_dir() else given
        is_source = source is not None and target.exists() and target.samefile(source)
    except OSError as error:
        place = given or database.name
        raise StorageError(
            f"{place}: no backup can be written there ({error.strerror}); name a file for it"
        ) from None
    if is_source:
        raise StorageError(f"{target}: is the database itself; give the backup another name")
    return target


def _free_name(database: Database, source: Path | None, folder: Path | None) -> Path:
    """`kairos.schema-0003.20240102T143000Z.db`, and so on until nothing has the name."""
    if source is None:
        stem, ending = database.url.database or "postgres", ".dump"
        source = Path(stem)
    else:
        stem, ending = source.stem, source.suffix
    when = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    start = f"{stem}.schema-{kept_schema(database)}.{when}"
    for number in chain([""], map("-{}".format, count(2))):
        path = (folder or source.parent) / f"{start}{number}{ending}"
        if not path.exists():
            return path
    raise AssertionError
