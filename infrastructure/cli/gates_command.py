"""`kairos gates`, as typer wants it declared."""

import typer

from infrastructure.cli.options import USUAL_TIME, AsJson, Db, Html, StoredRunId, TimeLimit, Verbose


def gates(
    run: StoredRunId,
    json: AsJson = False,
    html: Html = None,
    db: Db = None,
    time_limit: TimeLimit = USUAL_TIME,
    verbose: Verbose = False,
) -> None:
    """Tell what each rule that refused signals cost.

    Every refused signal is simulated alone, at the size asked, as if it had been taken; and each
    strategy alone, with its share as the whole capital. Nothing is written to the ledger.
    """
    from infrastructure.cli.gates import print_run_gates

    print_run_gates(db, run, json, html)


def register(app: typer.Typer) -> None:
    """Hang the command below `kairos`."""
    app.command()(gates)
