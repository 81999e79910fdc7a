"""`kairos db backup|vacuum|upgrade`: what is done to the database, and what is said of it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from infrastructure.cli.confirming import can_be_asked, says_yes
from infrastructure.cli.copy_progress import CopyProgress
from infrastructure.cli.opening import existing_database
from infrastructure.errors import OldSchemaError, StorageError

if TYPE_CHECKING:
    from infrastructure.database.engine import Database

QUESTION = "Upgrade it now? A backup is taken first."


def back_up_database(db: str | None, file: Path | None, force: bool) -> None:
    """Take a backup and say where it is. Raises StorageError."""
    from infrastructure.database.upkeep.backup import back_up

    with existing_database(db) as database:
        with CopyProgress(f"backup of {database.name}") as progress:
            taken = back_up(database, file, force, progress.at)
        print(f"{taken.path}: {database.name} as it is now, checked, {taken.bytes:,} bytes")


def vacuum_database(db: str | None) -> None:
    """Vacuum and tell what it saved. Raises StorageError."""
    from infrastructure.database.upkeep.vacuuming import vacuum

    with existing_database(db) as database:
        done = vacuum(database)
        print(f"{database.name}: {done.before:,} bytes before, {done.after:,} after")
        if not done.log_emptied:
            print(
                "its log could not be emptied: another program is reading; a later writer does it"
            )


def upgrade_asked(db: str | None, yes: bool, backup: bool) -> None:
    """Upgrade, asking first unless `yes`. Raises StorageError."""
    from infrastructure.database.revision import SCHEMA_REVISION
    from infrastructure.database.schema import kept_schema

    with existing_database(db) as database:
        found = kept_schema(database)
        if found == SCHEMA_REVISION:
            print(f"{database.name}: has schema {found} already, nothing to upgrade")
            return
        said = f"{database.name}: has schema {found}, this Kairos works with {SCHEMA_REVISION}"
        if not yes:
            if not can_be_asked():
                raise StorageError(f"{said}; say --yes to upgrade it")
            question = QUESTION if backup else "Upgrade it now, without a backup?"
            if not says_yes(f"{said}. {question}"):
                raise StorageError(f"{said}; it was not upgraded")
        _upgrade(database, backup)


def upgraded_after_asking(error: OldSchemaError) -> bool:
    """Whether somebody at a terminal has said yes, and it has been done. Raises StorageError."""
    said = str(error).partition(";")[0]
    if not can_be_asked() or not says_yes(f"{said}. {QUESTION}"):
        return False
    with existing_database(error.address) as database:
        _upgrade(database, backup=True)
    return True


def _upgrade(database: "Database", backup: bool) -> None:
    from infrastructure.database.upkeep.upgrading import upgrade_database

    with CopyProgress(f"backup of {database.name}") as progress:
        done = upgrade_database(database, backup, progress.at)
    if done is None:
        return
    where = "" if done.backup is None else f"; as it was before: {done.backup.path}"
    print(f"{database.name}: upgraded from {done.before} to {done.after}{where}", file=sys.stderr)
