"""The schema's revision: a new database is created, an old one migrated, a newer one refused."""

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, String, Table, inspect, select, text
from sqlalchemy.engine import URL, Connection, Engine

from infrastructure.database.errors import place, storage_errors
from infrastructure.database.sqlite import use_wal
from infrastructure.errors import StorageError

SCHEMA_REVISION = "0001"
"""Head of migrations/versions; held equal by a test, so that opening need not import Alembic."""

_SCHEMA_LOCK = 0x4B616972
"""Any number of our own: PostgreSQL's creators and migrators wait for each other on it."""


_version = Table(  # as Alembic makes it
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


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


def stored_revision(connection: Connection) -> str | None:
    """What the database says of its schema; None where it says nothing."""
    if not inspect(connection).has_table(_version.name):
        return None
    return connection.execute(select(_version.c.version_num)).scalar()


def wait_for_turn(connection: Connection) -> None:
    """Let one process at a time change the schema, until its transaction ends."""
    if connection.dialect.name == "postgresql":  # on SQLite BEGIN IMMEDIATE has done it
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})"))


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
        _version.create(connection, checkfirst=False)
        connection.execute(_version.insert().values(version_num=SCHEMA_REVISION))
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
