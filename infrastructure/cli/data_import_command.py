"""`kairos data import`, as typer wants it declared."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from infrastructure.cli.options import Db, Verbose


def import_files(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Any file of bars: CSV, JSON, Excel, Parquet."),
    ],
    symbol: Annotated[
        str | None,
        typer.Option(help="Whose bars they are, such as QQQ.  [default: what the file says]"),
    ] = None,
    interval: Annotated[
        str | None,
        typer.Option(help="Length of a bar, such as 30m or 1d.  [default: what the file shows]"),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(
            help="Whose clock stamps without a zone show, such as America/New_York.  "
            "[default: the one that puts the volume into the sessions]"
        ),
    ] = None,
    calendar: Annotated[
        str | None,
        typer.Option(help="The exchange's calendar.  [default: XNYS; 24/7 with bars of weekends]"),
    ] = None,
    stamp: Annotated[
        Literal["start", "end"] | None,
        typer.Option(
            help="What of its bar a stamp shows: start or end.  [default: what the sessions show]"
        ),
    ] = None,
    dates: Annotated[
        Literal["day-first", "month-first"] | None,
        typer.Option(help="What 01/02/2024 means, where no date in the file tells."),
    ] = None,
    keep: Annotated[
        Literal["first", "last"] | None,
        typer.Option(help="Of rows that give one time different values: first or last."),
    ] = None,
    adjusted: Annotated[
        Literal["none", "split", "all"] | None,
        typer.Option(help="What the prices have been adjusted for.  [default: what is known]"),
    ] = None,
    drop_bad: Annotated[
        bool, typer.Option("--drop-bad", help="Leave out rows that are unfit to trade.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Let bars replace stored ones of other values.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be stored, and store nothing.")
    ] = False,
    db: Db = None,
    verbose: Verbose = False,
) -> None:
    """Take the bars of files into the database, or say why not.

    A file is taken whole or not at all; the others are taken all the same.
    """
    from infrastructure.cli.data_import import import_into

    terms = {
        "symbol": symbol, "interval": interval, "timezone": timezone, "calendar": calendar,
        "stamp": stamp, "dates": dates, "keep": keep, "adjusted": adjusted, "drop_bad": drop_bad,
        "replace": replace, "dry_run": dry_run,
    }  # fmt: skip
    raise typer.Exit(import_into(db, files, terms, verbose))
