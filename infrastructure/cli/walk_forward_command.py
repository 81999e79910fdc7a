"""`kairos walk-forward`, as typer wants it declared."""

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


def walk_forward(
    portfolio: Portfolio,
    train: Annotated[
        str,
        typer.Option(
            metavar="LENGTH", help="Of each training: 2y, 6m, 8w, 90d, or 250s for sessions."
        ),
    ],
    test: Annotated[str, typer.Option(metavar="LENGTH", help="Of each test after its training.")],
    param: Param,
    anchored: Annotated[
        bool, typer.Option("--anchored", help="Every training begins with the first session.")
    ] = False,
    embargo: Annotated[
        str, typer.Option(metavar="LENGTH", help="Left out between a training and its test.")
    ] = "0d",
    warm_up: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="Bars before a training or test that strategies see and do not trade.  "
            "[default: all that are stored]",
        ),
    ] = None,
    constraint: Constraint = None,
    objective: ObjectiveFigure = "sqn",
    sampler: Sampler = "grid",
    trials: Trials = None,
    seed: Seed = 0,
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
    """Trade on each test what its training chose.

    Each fold optimises on its training. One account trades all tests; its run is stored with its
    folds, and every trial counts.
    """
    from infrastructure.cli.walking import WalkOptions, run_walk

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
    run_walk(portfolio, WalkOptions(train, test, anchored, embargo, warm_up), options, html, json)


def register(app: typer.Typer) -> None:
    """Hang the command below `kairos`."""
    app.command("walk-forward")(walk_forward)
