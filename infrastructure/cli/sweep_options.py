"""Options of commands that search among configurations: a sweep, and each training of a walk."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

import typer

Portfolio = Annotated[
    str, typer.Argument(metavar="PORTFOLIO.json", help="A portfolio's config, or its name.")
]
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
    typer.Option(metavar="ADDRESS", help="Of a Ray cluster: auto, or HOST:PORT."),
]


@dataclass(frozen=True)
class SweepOptions:
    """What the command line says of a search."""

    parameters: tuple[str, ...]
    constraints: tuple[str, ...]
    objective: str
    sampler: str
    n_trials: int | None
    seed: int
    start: date | None
    end: date | None
    workers: int | None
    engine: str
    address: str | None
    db: str | None

    def as_arguments(self) -> dict[str, Any]:
        """As `sweep` and `walk_forward` of research take them, but for their engine."""
        return {
            "parameters": self.parameters,
            "constraints": self.constraints,
            "objective": self.objective,
            "sampler": self.sampler,
            "n_trials": self.n_trials,
            "seed": self.seed,
            "start": self.start,
            "end": self.end,
            "db_path": self.db,
        }
