"""`kairos data download` and `kairos data sample`: bars from elsewhere into the database."""

import sys
from collections import Counter
from collections.abc import Sequence

from infrastructure.cli.opening import opened_database
from infrastructure.cli.outcome import DONE, USER_ERROR, print_error
from infrastructure.cli.progress import Progress
from infrastructure.market_data.providers.download_report import DownloadReport
from infrastructure.market_data.providers.downloading import downloads
from infrastructure.market_data.providers.one_symbol import Wanted
from infrastructure.market_data.providers.opening import Feed, ProviderName, open_provider
from infrastructure.market_data.providers.sample import store_nasdaq


def download_into(
    db: str | None,
    symbols: Sequence[str],
    name: ProviderName,
    wanted: Wanted,
    feed: Feed,
    extended: bool,
    verbose: bool,
) -> int:
    """Fetch the bars of every symbol and tell what became of each; the exit code.

    Raises KairosError for what concerns all symbols.
    """
    codes: Counter[int] = Counter()
    symbols = list(dict.fromkeys(symbols))
    with opened_database(db) as database:
        try:
            with Progress(f"Downloading from {name}", len(symbols)) as progress:
                provider = open_provider(name, extended, feed, say=progress.say)
                for report in downloads(database, symbols, provider, wanted, progress):
                    codes[_told(report, verbose)] += 1
        except KeyboardInterrupt:
            kept = "was done, and stays" if codes.total() == 1 else "were done, and stay"
            print(f"{codes.total()} of {len(symbols)} symbols {kept} stored", file=sys.stderr)
            raise
        if DONE in codes:
            print(f"stored in {database.name}")
    return max(codes, default=DONE)


def _told(report: DownloadReport, verbose: bool) -> int:
    """Print what became of one symbol; its exit code."""
    if report.error is None:
        print(*report.lines(), sep="\n", flush=True)
        return DONE
    sys.stdout.flush()  # in the order of events, where both go to one place
    print_error(report.error, verbose)
    return USER_ERROR


def store_sample(db: str | None, replace: bool) -> None:
    """Store the NASDAQ composite and say what it is. Raises KairosError."""
    with opened_database(db) as database:
        report = store_nasdaq(database, replace)
        print(*report.lines(), f"stored in {database.name}", sep="\n")
