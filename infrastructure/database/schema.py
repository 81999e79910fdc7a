"""The schema brought to its revision: created where new, migrated if old, refused if newer."""

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import inspect
from sqlalchemy.engine import URL, Connection, Engine

from infrastructure import log
from infrastructure.database.errors import place, storage_errors
from infrastructure.database.revision import (
    SCHEMA_REVISION,
    mark_as_new,
    stored_revision,
    wait_for_turn,
)
from infrastructure.database.sqlite import use_wal
from infrastructure.errors import StorageError


class Connecting(Protocol):
    """What this module needs of `engine.Database`."""

    @property
    def engine(self) -> Engine: ...
    @property
    def url(self) -> URL: ...
    def read(self) -> AbstractContextManager[Connection]: ...
    def write(self) -> AbstractContextManager[Connection]: ...


def ensure_schema(database: Connecting) -> None:
    """Create, migrate or refuse, so that the schema is the one this Kairos knows.

    Raises StorageError.
    """
    with database.read() as connection:
        found = stored_revision(connection)
        if found is None:
            _refuse_strangers(connection, place(database.url))
    if found is None:
        if database.engine.dialect.name == "sqlite":
            with storage_errors(database.url):
                use_wal(database.engine)
        found = _create(database)
    if found != SCHEMA_REVISION:
        from infrastructure.database.migrations.runner import upgrade

        upgrade(database.engine, database.url, found)
        reached = {"before": found, "schema": SCHEMA_REVISION}
        log.event("database upgraded", database=place(database.url), **reached)


def _create(database: Connecting) -> str:
    """Create every table at once, without importing Alembic; the revision found afterwards.

    A test holds the result equal to that of the migrations, word for word.
    """
    from infrastructure.database.models import metadata

    with database.write() as connection:
        wait_for_turn(connection)
        found = stored_revision(connection)
        if found is not None:  # another process was first
            return found
        metadata.create_all(connection, checkfirst=False)
        mark_as_new(connection)
    log.event("database created", database=place(database.url), schema=SCHEMA_REVISION)
    return SCHEMA_REVISION


def _refuse_strangers(connection: Connection, name: str) -> None:
    """A database with tables but without our mark belongs to another program."""
    tables = sorted(inspect(connection).get_table_names())
    if tables:
        listed = ", ".join(tables[:3]) + (", ..." if len(tables) > 3 else "")
        raise StorageError(
            f"{name}: expected a Kairos database or a new one; found another program's tables "
            f"({listed}); give another --db"
        )
