"""The database whose upkeep is asked for: one that is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infrastructure.database.engine import Database


@contextmanager
def existing_database(db: str | None) -> Iterator["Database"]:
    """A database of whatever schema, closed at the end; none is created. Raises StorageError."""
    from infrastructure.database.engine import open_existing

    database = open_existing(db)
    try:
        yield database
    finally:
        database.close()
