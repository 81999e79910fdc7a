"""Options that several commands share."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

_LONGEST = 1_000_000
"""Seconds: some eleven days."""


def day(text: str | date) -> date:
    """A date as it is typed. Raises typer.BadParameter for any other text."""
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"expected a date such as 2024-01-31; found {text!r}") from None


def _seconds(text: str | float) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= _LONGEST:
        expected = f"expected seconds from 0 (no limit) to {_LONGEST:,}"
        raise typer.BadParameter(f"{expected}; found {text!r}")
    return seconds


def _bound(context: typer.Context, seconds: float) -> float:
    from infrastructure.cli.bounds import bound_time

    bound_time(context, seconds)
    return seconds


Db = Annotated[
    str | None,
    typer.Option(
        metavar="PATH|URL",
        envvar="KAIROS_DB",
        help="The database: a file's path or a SQLAlchemy URL; else kairos.db in this folder.",
    ),
]
Start = Annotated[
    date | None,
    typer.Option(parser=day, metavar="DATE", help="First exchange date, such as 2024-01-31."),
]
End = Annotated[
    date | None,
    typer.Option(parser=day, metavar="DATE", help="Last exchange date; its whole day counts."),
]
FillPolicy = Annotated[
    Literal["stop_first", "target_first", "detail"] | None,
    typer.Option(
        metavar="POLICY",
        help="Where one bar holds both stop and target: stop_first, target_first or detail.",
    ),
]
Html = Annotated[
    Path | None,
    typer.Option("--html", metavar="FILE", help="Draw it too, as one page that needs no network."),
]
StoredRunId = Annotated[
    int, typer.Argument(metavar="RUN", help="Number of a stored run, as `kairos run` tells it.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose", "-v", help="Show what happens, and where in the code an error came from."
    ),
]
Adjust = Annotated[
    Literal["none", "split", "all"],
    typer.Option(help="Prices as they came (none), or adjusted for splits, or for all."),
]
TimeLimit = Annotated[
    float,
    typer.Option(
        "--time-limit",
        parser=_seconds,
        callback=_bound,
        metavar="SECONDS",
        envvar="KAIROS_TIME_LIMIT",
        help="What a strategy's code may take each time that it is called; 0: no limit.",
    ),
]
USUAL_TIME = 300.0
"""`TimeLimit` where nothing is said. Generous: the signals of an idea take moments."""
