"""`kairos verdict`, as typer wants it declared."""

from typing import Annotated

import typer

from infrastructure.cli.options import USUAL_TIME, AsJson, Db, Html, StoredRunId, TimeLimit, Verbose


def verdict(
    run: StoredRunId,
    json: AsJson = False,
    html: Html = None,
    ruin: Annotated[
        float,
        typer.Option(
            metavar="PERCENT", help="Loss of the starting capital at which the account is closed."
        ),
    ] = 20.0,
    seed: Annotated[
        int, typer.Option(min=0, metavar="N", help="Of every random number of the verdict.")
    ] = 0,
    db: Db = None,
    time_limit: TimeLimit = USUAL_TIME,
    verbose: Verbose = False,
) -> None:
    """Judge a run: robust, fragile, or luck.

    Every configuration that the ledger knows to have been tried on the same bars is counted.
    Nothing is written to the ledger.
    """
    from infrastructure.cli.judging import VerdictOptions, print_verdict_of

    print_verdict_of(run, VerdictOptions(db, json, html, ruin, seed))


def register(app: typer.Typer) -> None:
    """Hang the command below `kairos`."""
    app.command()(verdict)
