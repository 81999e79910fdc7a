"""Begin a new revision of the schema: `python tools/new_revision.py "what changes"`.

Run it from the repository root, against a database at the old head. Then fill in what
autogeneration cannot see (checks, triggers, views) and raise `revision.SCHEMA_REVISION`.
"""

import sys

from alembic import command

from infrastructure.database.engine import open_database
from infrastructure.database.migrations.runner import alembic_config


def main() -> None:
    """Write the revision into migrations/versions, or stop with one line."""
    if len(sys.argv) != 2:
        raise SystemExit('new_revision: expected one argument, "what changes"')
    database = open_database()
    with database.read() as connection:
        command.revision(alembic_config(connection), sys.argv[1], autogenerate=True)
    database.close()


if __name__ == "__main__":
    main()
