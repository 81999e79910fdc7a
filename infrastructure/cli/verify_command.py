"""`kairos verify`, as typer wants it declared."""

from typing import Annotated

import typer

from infrastructure.cli.options import USUAL_TIME, AsJson, Db, TimeLimit, Verbose


def verify(
    run: Annotated[
        int | None,
        typer.Argument(metavar="RUN", help="Number of a stored run, as `kairos run` tells it."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every run that is stored.")] = False,
    json: AsJson = False,
    db: Db = None,
    time_limit: TimeLimit = USUAL_TIME,
    verbose: Verbose = False,
) -> None:
    """Run a stored run again, and prove every number of it.

    Orders, trades, refusals, equity and figures are compared to the last bit with those of the
    ledger: identical, or the first difference and its likely cause. Nothing is written. The exit
    code is 1 where any run differs or cannot be run again.
    """
    from infrastructure.cli.verifying import verify_runs

    raise typer.Exit(verify_runs(db, run, every, json))


def register(app: typer.Typer) -> None:
    """Hang the command below `kairos`."""
    app.command()(verify)
