"""`kairos sweep`: many configurations of a portfolio, the best first."""

from typing import Annotated

import typer

from infrastructure.cli.options import USUAL_TIME, AsJson, Db, End, Html, Start, TimeLimit, Verbose
from infrastructure.cli.sweep_options import (
    Address,
    Constraint,
    EngineName,
    ObjectiveFigure,
    Param,
    Portfolio,
    Sampler,
    Seed,
    SweepOptions,
    Trials,
    Workers,
)


def register(app: typer.Typer) -> None:
    """Hang the command below `kairos`."""
    app.command()(sweep)


def sweep(
    portfolio: Portfolio,
    param: Param,
    constraint: Constraint = None,
    objective: ObjectiveFigure = "sqn",
    top: Annotated[int, typer.Option(min=1, metavar="N", help="How many to show.")] = 20,
    sampler: Sampler = "grid",
    trials: Trials = None,
    seed: Seed = 0,
    folds: Annotated[
        int, typer.Option(min=1, metavar="N", help="Parts of the bars on which tpe prunes.")
    ] = 4,
    start: Start = None,
    end: End = None,
    workers: Workers = None,
    engine: EngineName = "local",
    address: Address = None,
    html: Html = None,
    db: Db = None,
    json: AsJson = False,
    time_limit: TimeLimit = USUAL_TIME,
    verbose: Verbose = False,
) -> None:
    """Try many configurations of a portfolio.

    Each is kept as a trial. A sweep that was ended half way goes on where it stopped, when it is
    asked for again.
    """
    from infrastructure.cli.sweeping import run_sweep

    options = SweepOptions(
        parameters=tuple(param),
        constraints=tuple(constraint or ()),
        objective=objective,
        sampler=sampler,
        n_trials=trials,
        seed=seed,
        start=start,
        end=end,
        workers=workers,
        engine=engine,
        address=address,
        db=db,
    )
    run_sweep(portfolio, options, folds=folds, top=top, html=html, json=json)
