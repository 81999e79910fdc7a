"""`kairos trial`: one configuration of a sweep, run for itself."""

from pathlib import Path
from typing import Annotated

import typer

from infrastructure.cli.options import USUAL_TIME, AsJson, Db, TimeLimit, Verbose


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def trial(
        sweep: Annotated[int, typer.Argument(metavar="SWEEP", help="The sweep's number.")],
        number: Annotated[int, typer.Argument(metavar="TRIAL", help="The trial's number.")],
        write: Annotated[
            Path | None,
            typer.Option(metavar="FOLDER", help="Write its configs there; run nothing."),
        ] = None,
        db: Db = None,
        json: AsJson = False,
        time_limit: TimeLimit = USUAL_TIME,
        verbose: Verbose = False,
    ) -> None:
        """Run one trial of a sweep, or write its configs down.

        The run has a number of its own, which `kairos verdict` and `kairos gates` take.
        """
        from infrastructure.cli.trials import run_trial

        run_trial(sweep, number, write, db, json)
