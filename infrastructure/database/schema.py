"""The schema that is worked with: created where there is none, refused where it is another."""

from contextlib import AbstractContextManager
from shlex import quote
from typing import Protocol

from sqlalchemy import inspect
from sqlalchemy.engine import URL, Connection, Engine

from infrastructure import log
from infrastructure.database.errors import place, storage_errors
from infrastructure.database.revision import (
    OLDER_REVISIONS,
    SCHEMA_REVISION,
    mark_as_new,
    stored_revision,
    wait_for_turn,
)
from infrastructure.database.sqlite import use_wal
from infrastructure.errors import OldSchemaError, StorageError

DEFAULT_FILE = "kairos.db"


class Connecting(Protocol):
    """What this module needs of `engine.Database`."""

    @property
    def engine(self) -> Engine: ...
    @property
    def url(self) -> URL: ...
    def read(self) -> AbstractContextManager[Connection]: ...
    def write(self) -> AbstractContextManager[Connection]: ...


def ensure_schema(database: Connecting) -> None:
    """Create the schema in a new database; refuse one that is not the one this Kairos knows.

    Raises OldSchemaError where `kairos db upgrade` would help, else StorageError.
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
    refuse_newer(found, database.url)
    if found != SCHEMA_REVISION:
        raise OldSchemaError(_too_old(found, database.url), _address(database.url))


def kept_schema(database: Connecting) -> str:
    """The revision of a Kairos database that exists, be it an older one.

    Raises StorageError where it is newer, another program's, or empty.
    """
    with database.read() as connection:
        found = stored_revision(connection)
        if found is None:
            _refuse_strangers(connection, place(database.url))
            raise StorageError(
                f"{place(database.url)}: expected a Kairos database; found an empty one; "
                "whatever runs or imports first fills it"
            )
    refuse_newer(found, database.url)
    return found


def refuse_newer(found: str, url: URL) -> None:
    """Raise StorageError unless this Kairos knows the revision, be it an older one."""
    if found not in (*OLDER_REVISIONS, SCHEMA_REVISION):
        raise StorageError(
            f"{place(url)}: expected schema {SCHEMA_REVISION} or older; found {found}, made by a "
            "newer Kairos; update Kairos, or give another --db"
        )


def _too_old(found: str, url: URL) -> str:
    given = url.database or ""
    is_file = url.get_backend_name() == "sqlite"
    other = f" --db {quote(given)}" if is_file and given != DEFAULT_FILE else ""
    return (
        f"{place(url)}: has schema {found}, this Kairos works with {SCHEMA_REVISION}; "
        f"`kairos db upgrade{other}` brings it there, after a backup"
    )


def _address(url: URL) -> str:
    return url.render_as_string(hide_password=False)


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
