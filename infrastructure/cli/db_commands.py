"""`kairos db ...`, as typer wants it declared: the upkeep of the database."""

from pathlib import Path
from typing import Annotated

import typer

from infrastructure.cli.options import AsJson, Db, Force, Verbose, Yes


def info(db: Db = None, json: AsJson = False, verbose: Verbose = False) -> None:
    """Tell what the database is and how much it holds, at once, however large it is."""
    from infrastructure.cli.db_looking import print_info

    print_info(db, json)


def check(
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out what looks at every row and index.")
    ] = False,
    db: Db = None,
    json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Check that the database is sound: pages, schema, half runs, loose rows, numbers.

    Exit code 0 where nothing was found, 2 where something was.
    """
    from infrastructure.cli.db_looking import print_check

    raise typer.Exit(print_check(db, quick, json))


def backup(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", help="A new file, or a folder.  [default: beside the database]"
        ),
    ] = None,
    force: Force = False,
    db: Db = None,
    verbose: Verbose = False,
) -> None:
    """Copy the database as it is at this moment, while others write, and check the copy.

    PostgreSQL is dumped by its own pg_dump.
    """
    from infrastructure.cli.db_changing import back_up_database

    back_up_database(db, file, force)


def vacuum(db: Db = None, verbose: Verbose = False) -> None:
    """Make the database as small and as quick as it can be.

    Nobody can write meanwhile. SQLite needs twice the file's size on the disk for it.
    """
    from infrastructure.cli.db_changing import vacuum_database

    vacuum_database(db)


def upgrade(
    yes: Yes = False,
    no_backup: Annotated[
        bool, typer.Option("--no-backup", help="Take none: there is one already.")
    ] = False,
    db: Db = None,
    verbose: Verbose = False,
) -> None:
    """Bring a database of an older Kairos to this one's schema.

    A backup is taken first, beside the database. A failure leaves the database as it was.
    """
    from infrastructure.cli.db_changing import upgrade_asked

    upgrade_asked(db, yes, not no_backup)


def register(db: typer.Typer) -> None:
    """Hang the commands below `kairos db`."""
    for command in (info, check, backup, vacuum, upgrade):
        db.command()(command)
