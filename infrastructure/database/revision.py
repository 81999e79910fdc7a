"""The schema's revision: which one this Kairos knows, and the mark of it in a database."""

from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, String, Table, inspect, select, text
from sqlalchemy.engine import Connection

OLDER_REVISIONS = ("0001", "0002", "0003")
SCHEMA_REVISION = "0004"
"""Those of migrations/versions, and their head; held equal by a test, so that opening need not
import Alembic."""

_SCHEMA_LOCK = 0x4B616972
"""Any number of our own: PostgreSQL's creators and migrators wait for each other on it."""

_version = Table(  # as Alembic makes it
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def stored_revision(connection: Connection) -> str | None:
    """What the database says of its schema; None where it says nothing."""
    if not inspect(connection).has_table(_version.name):
        return None
    return connection.execute(select(_version.c.version_num)).scalar()


def mark_as_new(connection: Connection) -> None:
    """Write into a database without a mark that its schema is SCHEMA_REVISION."""
    _version.create(connection, checkfirst=False)
    connection.execute(_version.insert().values(version_num=SCHEMA_REVISION))


def wait_for_turn(connection: Connection) -> None:
    """Let one process at a time change the schema, until its transaction ends."""
    if connection.dialect.name == "postgresql":  # on SQLite BEGIN IMMEDIATE has done it
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})"))


def stop_writers(connection: Connection) -> None:
    """Let nobody write until this transaction ends; readers go on."""
    if connection.dialect.name != "postgresql":
        return  # on SQLite BEGIN IMMEDIATE has done it
    tables = sorted(inspect(connection).get_table_names())
    connection.execute(text(f"LOCK TABLE {', '.join(tables)} IN SHARE MODE"))
