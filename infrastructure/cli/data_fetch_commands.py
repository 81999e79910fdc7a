"""`kairos data download` and `kairos data sample`, as typer wants them declared."""

from typing import Annotated, Literal

import typer

from infrastructure.cli.options import Db, End, Start, Verbose


def download(
    symbols: Annotated[
        list[str],
        typer.Argument(metavar="SYMBOL", help="As the provider calls them, such as QQQ."),
    ],
    interval: Annotated[str, typer.Option(help="Length of a bar, such as 5m, 30m or 1d.")],
    provider: Annotated[
        Literal["yahoo", "alpaca"], typer.Option(help="Where from: yahoo or alpaca.")
    ] = "yahoo",
    start: Start = None,
    end: End = None,
    calendar: Annotated[str, typer.Option(help="The exchange's calendar.")] = "XNYS",
    fill_gaps: Annotated[
        bool,
        typer.Option("--fill-gaps", help="Ask again for stored sessions that lack bars."),
    ] = False,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Fetch the whole range anew; its bars replace stored ones."),
    ] = False,
    feed: Annotated[
        Literal["sip", "iex"],
        typer.Option(help="Alpaca's: all exchanges 16 minutes late (sip), or one (iex)."),
    ] = "sip",
    extended: Annotated[
        bool,
        typer.Option("--extended", help="Yahoo's bars outside the regular hours too."),
    ] = False,
    db: Db = None,
    verbose: Verbose = False,
) -> None:
    """Fetch missing bars from Yahoo or Alpaca.

    Keys of Alpaca are read from APCA_API_KEY_ID and APCA_API_SECRET_KEY. Without --start, what
    followed the last stored bar is fetched; without --end, all until now.
    """
    from infrastructure.cli.data_download import download_into
    from infrastructure.market_data.providers.one_symbol import Wanted

    wanted = Wanted(interval, start, end, calendar, replace, fill_gaps)
    raise typer.Exit(download_into(db, symbols, provider, wanted, feed, extended, verbose))


def sample(
    name: Annotated[Literal["nasdaq"], typer.Argument(metavar="nasdaq", help="Which one: nasdaq.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Let it replace stored bars of other values.")
    ] = False,
    db: Db = None,
    verbose: Verbose = False,
) -> None:
    """Store a real series, without a network.

    nasdaq: the daily NASDAQ composite of 1999 to 2018, which the package arch ships, as NASDAQ 1d.
    """
    from infrastructure.cli.data_download import store_sample

    store_sample(db, replace)


def register(data: typer.Typer) -> None:
    """Hang both commands below `kairos data`."""
    data.command("download")(download)
    data.command("sample")(sample)
