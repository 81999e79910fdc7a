"""The database that a command line means, closed at its end."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infrastructure.database.engine import Database


@contextmanager
def opened_database(db: str | None) -> Iterator["Database"]:
    """The database to work with, created where there is none. Raises StorageError."""
    from infrastructure.database.engine import open_database

    database = open_database(db)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def existing_database(db: str | None) -> Iterator["Database"]:
    """For its upkeep: one that is there, of whatever schema. Raises StorageError."""
    from infrastructure.database.engine import open_existing

    database = open_existing(db)
    try:
        yield database
    finally:
        database.close()
