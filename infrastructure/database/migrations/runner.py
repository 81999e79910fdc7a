"""Alembic without a configuration file, so that an installed package can migrate too.

tools/new_revision.py begins a new revision.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import text
from sqlalchemy.engine import URL, Connection, Engine

from infrastructure.database.errors import place, storage_errors
from infrastructure.database.revision import wait_for_turn
from infrastructure.database.sqlite import MIGRATING, WRITING
from infrastructure.errors import StorageError


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings; env.py takes the connection from them."""
    config = Config()
    folder = str(Path(__file__).parent)
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def head_revision() -> str | None:
    """The newest revision in versions/."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def upgrade(engine: Engine, url: URL, found: str) -> None:
    """Bring a database at revision `found` to the head, in one transaction.

    Raises StorageError, where `found` is not one of ours too.
    """
    _refuse_unknown(found, place(url))
    with storage_errors(url) as phase, engine.connect() as plain:
        connection = plain.execution_options(**{WRITING: True, MIGRATING: True})
        connection.detach()  # its foreign keys are off: never back into the pool
        with connection.begin():
            wait_for_turn(connection)
            command.upgrade(alembic_config(connection), "head")
            _check_foreign_keys(connection, place(url))
            phase.committing = True


def _refuse_unknown(found: str, name: str) -> None:
    try:
        ScriptDirectory.from_config(alembic_config()).get_revision(found)
    except CommandError:
        raise StorageError(
            f"{name}: expected schema {head_revision()} or older; found {found}, made by a newer "
            "Kairos; update Kairos, or give another --db"
        ) from None


def _check_foreign_keys(connection: Connection, name: str) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if broken:
        raise StorageError(
            f"{name}: migrating it would leave rows of {broken[0]} without their {broken[2]} row; "
            "nothing was changed; restore a backup"
        )
