"""`kairos audit`, as typer wants it declared."""

from typing import Annotated

import typer

from infrastructure.cli.options import USUAL_TIME, AsJson, Db, End, Start, TimeLimit, Verbose


def audit(
    strategy: Annotated[
        str,
        typer.Argument(
            metavar="STRATEGY.json",
            help="A strategy's config, or its name in backtest_config/strategies.",
        ),
    ],
    db: Db = None,
    start: Start = None,
    end: End = None,
    truncations: Annotated[
        int, typer.Option(min=20, help="How many beginnings of the bars are compared.")
    ] = 24,
    json: AsJson = False,
    time_limit: TimeLimit = USUAL_TIME,
    verbose: Verbose = False,
) -> None:
    """Ask whether a strategy knows the future.

    Its signals are made again on beginnings of the bars, on bars that go on otherwise, on later
    starts and beside other unfinished context bars. Whatever then changes is a finding, with its
    first bar and column. The answer is stored under the code's digest. Ends with 0 where nothing
    was found, with 1 where something was, with 2 for bad input.
    """
    from infrastructure.cli.auditing import AuditOptions, audit_strategy

    raise typer.Exit(audit_strategy(strategy, AuditOptions(db, start, end, truncations, json)))


def register(app: typer.Typer) -> None:
    """Hang the command below `kairos`."""
    app.command("audit")(audit)
