"""Alembic without a configuration file, so that an installed package can migrate too.

tools/new_revision.py begins a new revision.
"""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.engine import URL, Connection, Engine

from infrastructure.database.errors import place, storage_errors
from infrastructure.database.revision import (
    SCHEMA_REVISION,
    stop_writers,
    stored_revision,
    wait_for_turn,
)
from infrastructure.database.sqlite import MIGRATING, WRITING
from infrastructure.errors import StorageError


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings; env.py takes the connection from them."""
    config = Config()
    folder = str(Path(__file__).parent)
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def revisions() -> list[str]:
    """Those in versions/, the oldest first."""
    walked = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    return [each.revision for each in walked][::-1]


def upgrade(engine: Engine, url: URL, before: Callable[[str], None] | None = None) -> None:
    """Bring a database to the head, in one transaction: a failure leaves it as it was.

    before: called with the revision found, when nobody else can write any more: whoever copies the
    database then has all that is upgraded. It is not called where there is nothing to upgrade.
    Raises StorageError.
    """
    with storage_errors(url) as phase, engine.connect() as plain:
        connection = plain.execution_options(**{WRITING: True, MIGRATING: True})
        connection.detach()  # its foreign keys are off: never back into the pool
        with connection.begin():
            wait_for_turn(connection)
            found = stored_revision(connection)
            if found == SCHEMA_REVISION:
                return  # another process was first
            stop_writers(connection)
            # SQLite begins to write to a read-only file as if it could: before anything is copied,
            # one row is written as it was.
            connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
            if before is not None and found is not None:
                before(found)
            command.upgrade(alembic_config(connection), "head")
            _check_foreign_keys(connection, place(url))
            phase.committing = True


def _check_foreign_keys(connection: Connection, name: str) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if broken:
        raise StorageError(
            f"{name}: migrating it would leave rows of {broken[0]} without their {broken[2]} row; "
            "nothing was changed; restore a backup"
        )
