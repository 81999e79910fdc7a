"""`kairos runs ...`, as typer wants it declared: asks the ledger, and says things about runs."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from infrastructure.cli.options import AsJson, Db, Force, StoredRunId, Verbose, Yes, day

Runs = Annotated[list[int], typer.Argument(metavar="RUN...", help="Numbers of stored runs.")]


def list_runs(
    where: Annotated[
        str | None,
        typer.Option(
            metavar="CONDITION",
            help='Such as "sharpe > 1 and trades >= 30"; the columns are those of --sort.',
        ),
    ] = None,
    symbol: Annotated[
        list[str] | None, typer.Option(metavar="SYMBOL", help="Traded by a strategy; repeatable.")
    ] = None,
    strategy: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A strategy's name; repeatable.")
    ] = None,
    class_name: Annotated[
        list[str] | None,
        typer.Option("--class", metavar="NAME", help="A strategy's class; repeatable."),
    ] = None,
    portfolio: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A portfolio's name; repeatable.")
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option(metavar="TAG", help="Of `kairos runs tag`; repeatable.")
    ] = None,
    since: Annotated[
        date | None,
        typer.Option(parser=day, metavar="DATE", help="Run on this date, in UTC, or later."),
    ] = None,
    until: Annotated[
        date | None,
        typer.Option(parser=day, metavar="DATE", help="Run on this date, in UTC, or before."),
    ] = None,
    sort: Annotated[
        str,
        typer.Option(
            metavar="COLUMN", help="Such as sharpe, or -sharpe for the highest first; commas."
        ),
    ] = "-execution_date",
    limit: Annotated[
        int | None,
        typer.Option(min=1, max=1_000_000, metavar="N", help="At most so many.  [default: 20]"),
    ] = None,
    json: AsJson = False,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write all of them to a .csv, .csv.gz, .parquet or .json file."
        ),
    ] = None,
    force: Force = False,
    db: Db = None,
    verbose: Verbose = False,
) -> None:
    """List stored runs, the newest first.

    Of an option that is repeated any value will do; different options must all hold.
    """
    from infrastructure.cli.runs_asking import ListOptions, print_list
    from infrastructure.ledger.asking.filters import RunFilter

    asked = RunFilter(
        where=where,
        symbols=tuple(symbol or ()),
        strategies=tuple(strategy or ()),
        classes=tuple(class_name or ()),
        portfolios=tuple(portfolio or ()),
        tags=tuple(tag or ()),
        since=since,
        until=until,
    )
    print_list(ListOptions(db, asked, sort, limit, json, output, force))


def show(
    run: StoredRunId,
    trades: Annotated[
        int, typer.Option(min=0, max=1_000_000, metavar="N", help="How many of the last trades.")
    ] = 0,
    json: AsJson = False,
    db: Db = None,
    verbose: Verbose = False,
) -> None:
    """Print what the ledger has of a run.

    Its period, strategies, figures and refusals, tags and notes, and the code, libraries and bars
    that made it.
    """
    from infrastructure.cli.runs_asking import print_run

    print_run(db, run, trades, json)


def compare(runs: Runs, json: AsJson = False, db: Db = None, verbose: Verbose = False) -> None:
    """Tell runs apart: configs, then figures, then trades.

    The others are compared with the first one.
    """
    from infrastructure.cli.runs_asking import print_comparison

    print_comparison(db, runs, json)


def tag(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RUN... [TAG...]]", help="Numbers of runs, then words to find them by."
        ),
    ] = None,
    delete: Annotated[
        bool, typer.Option("--delete", "-d", help="Take these tags off the runs.")
    ] = False,
    db: Db = None,
    verbose: Verbose = False,
) -> None:
    """Tag runs, or list tags.

    Without a tag those of the runs are listed, and without a run all there are.
    """
    from infrastructure.cli.runs_changing import tag_runs

    tag_runs(db, words or [], delete)


def note(
    run: StoredRunId,
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="What to remember; none: print the notes.")
    ] = None,
    db: Db = None,
    verbose: Verbose = False,
) -> None:
    """Write a note on a run, or print its notes."""
    from infrastructure.cli.runs_changing import note_run

    note_run(db, run, text)


def delete(
    runs: Runs,
    yes: Yes = False,
    db: Db = None,
    verbose: Verbose = False,
) -> None:
    """Delete runs with all that belongs to them.

    The ledger remembers that their configurations were tried, and a verdict still counts them.
    """
    from infrastructure.cli.runs_changing import delete_runs

    delete_runs(db, runs, yes)


def export(
    runs: Runs,
    output: Annotated[
        Path, typer.Option(metavar="FILE", help="A .csv, .csv.gz, .parquet or .json file.")
    ],
    what: Annotated[
        Literal["trades", "orders", "refusals", "equity", "figures"],
        typer.Option(help="Which rows of these runs."),
    ] = "trades",
    force: Force = False,
    db: Db = None,
    verbose: Verbose = False,
) -> None:
    """Write what came of runs to a file.

    `kairos runs list --output FILE` writes the list itself.
    """
    from infrastructure.cli.runs_asking import export_to

    export_to(db, runs, what, output, force)


def register(app: typer.Typer) -> None:
    """Hang the commands below `kairos runs`; help lists them in this order."""
    app.command("list")(list_runs)
    app.command("show")(show)
    app.command("compare")(compare)
    app.command("tag")(tag)
    app.command("note")(note)
    app.command("delete")(delete)
    app.command("export")(export)
