"""Whether a database is sound: its pages, its schema, and rows that belong together."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from infrastructure.database.engine import Database
from infrastructure.database.schema import kept_schema
from infrastructure.database.upkeep.finding import Finding
from infrastructure.database.upkeep.half_rows import half_rows
from infrastructure.database.upkeep.loose_rows import loose_rows
from infrastructure.database.upkeep.numbers_check import no_numbers
from infrastructure.database.upkeep.schema_check import schema_differences

_MOST = 20
"""Faults of the file that are told: where there are more, they are of one kind."""


@dataclass(frozen=True)
class Checked:
    """What a check found; nothing where the database is sound.

    schema: the database's. quick: pages and schema were looked at, not every row's value and
        partner.
    """

    name: str
    schema: str
    quick: bool
    findings: tuple[Finding, ...]


def check_database(database: Database, quick: bool = False) -> Checked:
    """Check a database of whatever schema, as it is at one moment; others may go on writing.

    Raises StorageError where so much is damaged that nothing can be read.
    """
    schema = kept_schema(database)
    with database.read() as connection:
        findings = tuple(_all(connection, schema, quick))
    return Checked(database.name, schema, quick, findings)


def _all(connection: Connection, schema: str, quick: bool) -> Iterator[Finding]:
    yield from _damage(connection, quick)
    yield from schema_differences(connection, schema)
    yield from half_rows(connection)
    if not quick:
        yield from loose_rows(connection)
        yield from no_numbers(connection)


def _damage(connection: Connection, quick: bool) -> Iterator[Finding]:
    """SQLite's own check of every page, and of every row against its table's constraints."""
    if connection.dialect.name != "sqlite":
        return
    pragma = "quick_check" if quick else "integrity_check"
    for (told,) in connection.exec_driver_sql(f"PRAGMA {pragma}({_MOST})"):
        if told != "ok":
            yield Finding("damage", " ".join(told.split()))
