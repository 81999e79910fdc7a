"""The command line: declares commands, asks the floors below, prints.

Whatever takes time to import is imported inside the commands, so that `kairos --help` is there at
once.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from infrastructure.cli import (
    audit_command,
    data_commands,
    data_fetch_commands,
    db_commands,
    gates_command,
    runs_commands,
    sweep_command,
    trial_command,
    verdict_command,
    verify_command,
    walk_forward_command,
)
from infrastructure.cli.log_options import App, LogFile
from infrastructure.cli.options import (
    USUAL_TIME,
    AsJson,
    Db,
    End,
    FillPolicy,
    Start,
    TimeLimit,
    Verbose,
)
from infrastructure.cli.outcome import carried_out

_SETTINGS: dict[str, Any] = {
    "add_completion": False,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
}

app = App(**_SETTINGS, no_args_is_help=True)
data = App(**_SETTINGS, no_args_is_help=True)
app.add_typer(data, name="data", help="Bars: get them in, check them, look at them.")
runs = App(**_SETTINGS, no_args_is_help=True)
app.add_typer(runs, name="runs", help="Stored runs: find, compare, mark, export, delete them.")
db = App(**_SETTINGS, no_args_is_help=True)
app.add_typer(db, name="db", help="The database: check it, back it up, upgrade it.")
everything = App(**_SETTINGS)


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script `kairos`; its exit code."""
    return carried_out(app, arguments, "kairos")


def run_everything(config_dir: Path, arguments: Sequence[str] | None = None) -> int:
    """`python main.py`: run every portfolio of a config folder; the exit code."""
    return carried_out(everything, arguments, "python main.py", obj=config_dir)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"kairos {version('kairos')}")
        raise typer.Exit


@app.callback()
def kairos(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
    verbose: Verbose = False,
    log_file: LogFile = None,
) -> None:
    """Backtests of trading strategies that a trader can trust."""


@app.command()
def run(
    portfolio: Annotated[
        str,
        typer.Argument(
            metavar="PORTFOLIO.json",
            help="A portfolio's config, or its name in backtest_config/portfolios.",
        ),
    ],
    db: Db = None,
    start: Start = None,
    end: End = None,
    fill_policy: FillPolicy = None,
    json: AsJson = False,
    time_limit: TimeLimit = USUAL_TIME,
    verbose: Verbose = False,
) -> None:
    """Run a portfolio on one account, store the run, report it."""
    from infrastructure.cli.running import RunOptions, run_portfolio

    run_portfolio(portfolio, RunOptions(db, start, end, fill_policy, json))


@everything.command()
def run_all(
    context: typer.Context,
    db: Db = None,
    start: Start = None,
    end: End = None,
    fill_policy: FillPolicy = None,
    json: AsJson = False,
    time_limit: TimeLimit = USUAL_TIME,
    verbose: Verbose = False,
) -> None:
    """Run every portfolio in backtest_config/portfolios; --json prints one line for each.

    With no bars of QQQ stored, synthetic ones are made, and every figure of them is labelled so.
    """
    from infrastructure.cli.running import RunOptions, run_portfolios

    options = RunOptions(db, start, end, fill_policy, json)
    raise typer.Exit(run_portfolios(context.obj, options, verbose))


@app.command()
def schema(
    kind: Annotated[
        Literal["strategy", "portfolio"] | None,
        typer.Argument(metavar="KIND", help="Of this kind of config only."),
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Print the JSON Schema of configs: editors check with it."""
    from infrastructure.cli.listings import print_schema

    print_schema(kind)


@app.command()
def strategies(time_limit: TimeLimit = USUAL_TIME, verbose: Verbose = False) -> None:
    """List the strategies that were found, with parameters."""
    from infrastructure.cli.listings import print_strategies

    print_strategies()


@app.command()
def chart(
    symbol: Annotated[
        str, typer.Argument(metavar="SYMBOL", help="Whose bars to draw, such as QQQ.")
    ],
    config: Annotated[
        str | None,
        typer.Option(
            metavar="STRATEGY.json",
            help="Take interval, calendar, session and thresholds from a strategy's config.",
        ),
    ] = None,
    interval: Annotated[
        str | None, typer.Option(help="Length of a bar.  [default: the config's, or 30m]")
    ] = None,
    signal: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Draw only the N-th signal, in its context; -1 is the last."
        ),
    ] = None,
    start: Start = None,
    end: End = None,
    output: Annotated[Path, typer.Option(metavar="FOLDER", help="Where to write.")] = Path(
        "output"
    ),
    db: Db = None,
    verbose: Verbose = False,
) -> None:
    """Draw candles and tight candle signals, as HTML and as PNG."""
    from infrastructure.cli.charts import ChartOptions, draw_chart

    draw_chart(symbol, ChartOptions(config, interval, signal, start, end, output, db))


sweep_command.register(app)
trial_command.register(app)
walk_forward_command.register(app)
verdict_command.register(app)
audit_command.register(app)
gates_command.register(app)
verify_command.register(app)
data_commands.register(data)
data_fetch_commands.register(data)
runs_commands.register(runs)
db_commands.register(db)
