"""`kairos sweep`: many configurations of a portfolio, the best first."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from infrastructure.cli.options import AsJson, Db, End, Start, Verbose

Param = Annotated[
    list[str],
    typer.Option(
        "--param",
        metavar="KEY=VALUES",
        help="A key of the strategy's config and its values: a list 1,2,5, a range "
        "0.02:0.3:0.01, or a span 0.02:0.3 for samplers. a+b=1,2/10,20 moves two keys together; "
        "NAME:key means the strategy NAME, portfolio:key the account.",
    ),
]
Constraint = Annotated[
    list[str] | None,
    typer.Option(metavar="FIGURE>=N", help="What a configuration must meet, such as trades>=30."),
]
ObjectiveFigure = Annotated[
    str, typer.Option(metavar="FIGURE", help="The figure that the best one has the most of.")
]
Sampler = Annotated[
    Literal["grid", "random", "sobol", "tpe"],
    typer.Option(help="Which configurations are tried: all, or --trials of them."),
]
Trials = Annotated[
    int | None, typer.Option("--trials", metavar="N", help="How many a sampler draws.")
]
Seed = Annotated[int, typer.Option(metavar="N", help="Of the sampler.")]
Workers = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Threads.  [default: every core]")
]
EngineName = Annotated[
    Literal["local", "ray"], typer.Option(help="Where to compute: here, or on a Ray cluster.")
]
Address = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Of a Ray cluster: auto, or ray://HOST:PORT."),
]
Html = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write the pictures to this page.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def sweep(
        portfolio: Annotated[
            str, typer.Argument(metavar="PORTFOLIO.json", help="A portfolio's config, or its name.")
        ],
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
        verbose: Verbose = False,
    ) -> None:
        """Try many configurations of a portfolio; keep each as a trial.

        One that was ended half way goes on where it stopped, when it is asked for again.
        """
        from infrastructure.cli.sweeping import SweepOptions, run_sweep

        options = SweepOptions(
            parameters=tuple(param),
            constraints=tuple(constraint or ()),
            objective=objective,
            sampler=sampler,
            n_trials=trials,
            seed=seed,
            folds=folds,
            start=start,
            end=end,
            workers=workers,
            engine=engine,
            address=address,
            db=db,
        )
        run_sweep(portfolio, options, top, html, json)
