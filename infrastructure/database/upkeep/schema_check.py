"""Whether the schema is as Kairos made it: tables, indexes, views and triggers."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import create_mock_engine, text
from sqlalchemy.engine import Connection, create_engine

from infrastructure.database.models import metadata
from infrastructure.database.revision import SCHEMA_REVISION, mark_as_new
from infrastructure.database.upkeep.finding import Finding

_OBJECTS = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~'"
"""Not what SQLite makes for itself."""

_ON_SERVER = (
    "SELECT 'view', viewname FROM pg_views WHERE schemaname = current_schema() UNION "
    "SELECT 'trigger', tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O' UNION "
    "SELECT 'constraint', conname FROM pg_constraint "
    "WHERE connamespace = current_schema()::regnamespace UNION "
    "SELECT 'unsound index', indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid UNION "
    "SELECT 'unchecked constraint', conname FROM pg_constraint WHERE NOT convalidated"
)


def schema_differences(connection: Connection, schema: str) -> Iterator[Finding]:
    """What lacks or differs, and triggers that Kairos did not make.

    Tables, views and indexes that somebody has added are left alone.
    """
    if connection.dialect.name == "sqlite":
        yield from _differing(_objects(connection), _as_made(schema))
    elif schema == SCHEMA_REVISION:
        yield from _on_server(connection)


def _objects(connection: Connection) -> dict[tuple[str, str], str]:
    found = connection.exec_driver_sql(_OBJECTS)
    return {(kind, name): " ".join((sql or "").split()) for kind, name, sql in found}


def _as_made(schema: str) -> dict[tuple[str, str], str]:
    """The schema of a new database of this revision."""
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            if schema == SCHEMA_REVISION:
                metadata.create_all(connection, checkfirst=False)
                mark_as_new(connection)
            else:
                _migrated(connection, schema)
            return _objects(connection)
    finally:
        engine.dispose()


def _migrated(connection: Connection, schema: str) -> None:
    from alembic import command

    from infrastructure.database.migrations.runner import alembic_config

    command.upgrade(alembic_config(connection), schema)


def _differing(
    found: Mapping[tuple[str, str], str], made: Mapping[tuple[str, str], str]
) -> Iterator[Finding]:
    for (kind, name), sql in made.items():
        there = found.get((kind, name))
        if there is None:
            yield Finding("schema", f"the {kind} {name} is missing")
        elif there != sql:
            yield Finding("schema", f"the {kind} {name} is not as Kairos made it")
    for kind, name in found.keys() - made.keys():
        if kind == "trigger":
            yield Finding("schema", f"the trigger {name} is not Kairos's")


def _on_server(connection: Connection) -> Iterator[Finding]:
    """Alembic compares tables and indexes; the rest goes by its names."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    for difference in compare_metadata(MigrationContext.configure(connection), metadata):
        told = difference if isinstance(difference, tuple) else difference[0]
        if not str(told[0]).startswith("remove_"):  # what somebody has added
            what = " ".join(str(getattr(each, "name", each)) for each in told[1:4])
            yield Finding("schema", f"not as Kairos made it: {told[0]} {what} would mend it")
    there = {(kind, name) for kind, name in connection.execute(text(_ON_SERVER))}
    made = _named_on_server()
    for kind, name in sorted(made - there):
        yield Finding("schema", f"the {kind} {name} is missing, or was switched off")
    for kind, name in sorted(there - made):
        if kind.startswith("un"):
            yield Finding("schema", f"{name} is an {kind}")
        elif kind == "trigger":
            yield Finding("schema", f"the trigger {name} is not Kairos's")


def _named_on_server() -> set[tuple[str, str]]:
    """Kinds and names of the views, triggers and constraints that a new database would have."""
    made: list[str] = []

    def note(statement: Any, *_: object) -> None:
        made.append(str(statement.compile(dialect=engine.dialect)))

    engine = create_mock_engine("postgresql+psycopg://", note)
    metadata.create_all(engine, checkfirst=False)
    sql = "\n".join(made).replace("CREATE OR REPLACE", "CREATE")
    found = re.findall(r"(?:CREATE (VIEW|TRIGGER)|(CONSTRAINT)) (\w+)", sql)
    return {((one or other).lower(), name) for one, other, name in found}
