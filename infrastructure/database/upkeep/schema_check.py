"""Whether the schema is as Kairos made it: tables, indexes, views and triggers."""

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
    """Alembic compares the tables; views and triggers by their names."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    for difference in compare_metadata(MigrationContext.configure(connection), metadata):
        told = difference if isinstance(difference, tuple) else difference[0]
        if not str(told[0]).startswith("remove_"):  # what somebody has added
            yield Finding("schema", f"Alembic would {told[0]}: {' '.join(map(str, told[1:4]))}")
    there = {(kind, name) for kind, name in connection.execute(text(_ON_SERVER))}
    made = _extras()
    for kind, name in sorted(made - there):
        yield Finding("schema", f"the {kind} {name} is missing, or was switched off")
    for kind, name in sorted(there):
        if kind.startswith("un"):
            yield Finding("schema", f"{name} is an {kind}")
        elif kind == "trigger" and (kind, name) not in made:
            yield Finding("schema", f"the trigger {name} is not Kairos's")


def _extras() -> set[tuple[str, str]]:
    """Kinds and names of the views and triggers that a new database would have."""
    made: list[str] = []

    def note(statement: Any, *_: object) -> None:
        made.append(str(statement.compile(dialect=dialect)))

    engine = create_mock_engine("postgresql+psycopg://", note)
    dialect = engine.dialect
    metadata.create_all(engine, checkfirst=False)
    words = [sql.replace("OR REPLACE ", "").split(maxsplit=3) for sql in made]
    return {(kind.lower(), name) for _, kind, name, *_ in words if kind in ("VIEW", "TRIGGER")}
