"""`kairos data ...`, as typer wants it declared: looks at stored bars, and changes of them."""

from pathlib import Path
from typing import Annotated

import typer

from infrastructure.cli.data_import_command import import_files
from infrastructure.cli.options import Adjust, Db, End, Start, Verbose

Symbol = Annotated[str, typer.Argument(metavar="SYMBOL", help="Such as QQQ.")]
Interval = Annotated[
    str | None,
    typer.Option(help="Length of a bar, such as 30m or 1d.  [default: the one that is stored]"),
]


def list_series(db: Db = None, verbose: Verbose = False) -> None:
    """List the bars that are stored."""
    from infrastructure.cli.stored_bars import print_series

    print_series(db)


def show(
    symbol: Symbol,
    interval: Interval = None,
    last: Annotated[int, typer.Option(min=1, help="How many of the last bars.")] = 20,
    adjust: Adjust = "none",
    db: Db = None,
    verbose: Verbose = False,
) -> None:
    """Print the last bars of a series."""
    from infrastructure.cli.stored_bars import print_last

    print_last(db, symbol, interval, last, adjust)


def check(
    symbol: Annotated[
        str | None, typer.Argument(metavar="SYMBOL", help="Such as QQQ; without it, all.")
    ] = None,
    interval: Annotated[str | None, typer.Option(help="Of this interval only, such as 5m.")] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="SYMBOL", help="Another vendor's bars of the same, stored so."),
    ] = None,
    db: Db = None,
    verbose: Verbose = False,
) -> None:
    """Report what is missing or wrong in stored bars.

    Each finding has its severity, its number, the worst example and what would mend it.
    """
    from infrastructure.cli.data_checks import print_findings

    print_findings(db, symbol, interval, against)


def mend(
    symbol: Symbol,
    remove: Annotated[
        list[str],
        typer.Option(metavar="KIND", help="Kind of finding whose bars are removed; repeatable."),
    ],
    interval: Interval = None,
    db: Db = None,
    verbose: Verbose = False,
) -> None:
    """Remove the bars that a finding names.

    They are counted, and the data's history keeps which they were.
    """
    from infrastructure.cli.data_checks import mend_series

    mend_series(db, symbol, interval, remove)


def history(
    symbol: Symbol, interval: Interval = None, db: Db = None, verbose: Verbose = False
) -> None:
    """Print what became of a series."""
    from infrastructure.cli.data_checks import print_history

    print_history(db, symbol, interval)


def adjust(
    symbol: Symbol,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", help="LEAN factors, or a CSV of splits or dividends; none: list them."
        ),
    ] = None,
    split: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DATE:RATIO",
            help="First date on the new scale and new shares for an old one, such as 2020-08-31:4.",
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="These, and none of those stored before.")
    ] = False,
    calendar: Annotated[str, typer.Option(help="The exchange's calendar.")] = "XNYS",
    db: Db = None,
    verbose: Verbose = False,
) -> None:
    """Store or list the splits and dividends of a symbol.

    Its bars stay as they came. Factors apply on reading: to strategies by their config's
    `adjust`, here by --adjust.
    """
    from infrastructure.cli.data_adjust import adjust_symbol

    adjust_symbol(db, symbol, file, split or [], replace, calendar)


def plot(
    symbol: Symbol,
    interval: Interval = None,
    start: Start = None,
    end: End = None,
    adjust: Adjust = "none",
    output: Annotated[Path, typer.Option(help="Folder of the chart.")] = Path("output"),
    db: Db = None,
    verbose: Verbose = False,
) -> None:
    """Draw stored bars, and mark what the checks found.

    Candles with session breaks, as HTML and as PNG.
    """
    from infrastructure.cli.data_plot import plot_series

    plot_series(db, symbol, interval, start, end, adjust, output)


def export(
    symbol: Symbol,
    output: Annotated[
        Path, typer.Option(metavar="FILE", help="A .csv (or .csv.gz) or .parquet file.")
    ],
    interval: Interval = None,
    start: Start = None,
    end: End = None,
    adjust: Adjust = "none",
    db: Db = None,
    verbose: Verbose = False,
) -> None:
    """Write stored bars to a CSV or Parquet file.

    It can be imported again: no digit is lost.
    """
    from infrastructure.cli.stored_bars import export_series

    export_series(db, symbol, interval, start, end, adjust, output)


def remove(
    symbol: Symbol, interval: Interval = None, db: Db = None, verbose: Verbose = False
) -> None:
    """Remove all bars of a series; its history stays."""
    from infrastructure.cli.stored_bars import remove_series

    remove_series(db, symbol, interval)


def register(data: typer.Typer) -> None:
    """Hang the commands below `kairos data`, the import first: help lists them in this order."""
    data.command("import")(import_files)
    data.command("list")(list_series)
    data.command("show")(show)
    data.command("check")(check)
    data.command("mend")(mend)
    data.command("history")(history)
    data.command("adjust")(adjust)
    data.command("plot")(plot)
    data.command("export")(export)
    data.command("remove")(remove)
