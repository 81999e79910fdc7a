"""`kairos data check|mend|history`: what the checks found, what was done about it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from infrastructure.cli.opening import opened_database
from infrastructure.cli.stored_series import chosen_series
from infrastructure.errors import DataError

if TYPE_CHECKING:
    from infrastructure.database.engine import Database
    from infrastructure.market_data.findings.finding import Finding
    from infrastructure.market_data.store.series import StoredSeries


def print_findings(
    db: str | None, symbol: str | None, interval: str | None, against: str | None
) -> None:
    """Every series with its findings, the severest first. Raises KairosError."""
    from infrastructure.market_data.findings.finding import finding_lines
    from infrastructure.market_data.store.checked_series import check_series
    from infrastructure.market_data.store.series import stored_series

    with opened_database(db) as database:
        held = stored_series(database, symbol)
        wanted = [each for each in held if interval in (None, each.interval)]
        if symbol is not None and not wanted:
            chosen_series(database, symbol, interval)  # says what there is
        for series in wanted:
            found = [*check_series(database, series)]
            if against is not None:
                found += _compared(database, series, against)
            print(series)
            for line in finding_lines(found) or ["nothing found"]:
                print(f"  {line}")
        if not wanted:
            print(f"{database.name} has no bars to check")


def mend_series(db: str | None, symbol: str, interval: str | None, kinds: Sequence[str]) -> None:
    """Remove the bars that findings of these kinds name. Raises KairosError."""
    from infrastructure.market_data.findings.mending import stamps_to_remove
    from infrastructure.market_data.store.checked_series import check_series
    from infrastructure.market_data.store.history import Change
    from infrastructure.market_data.store.writing import remove_bars

    stamps_to_remove([], kinds)  # refuses other words before anything is read
    with opened_database(db) as database:
        series = chosen_series(database, symbol, interval)
        stamps = stamps_to_remove(check_series(database, series), kinds)
        detail = {"kinds": [*kinds], "stamps": stamps.tolist()}
        change = Change("mend", f"kairos data mend --remove {' '.join(kinds)}", detail)
        removed = remove_bars(database, series.symbol, series.interval, stamps, change)
        print(f"{series}: removed {removed:,} bars ({', '.join(kinds)})")


def print_history(db: str | None, symbol: str, interval: str | None) -> None:
    """What became of a series, oldest first, be it removed since. Raises KairosError."""
    from infrastructure.market_data.store.history import intervals_with_history, read_history

    with opened_database(db) as database:
        if interval is None:
            known = intervals_with_history(database, symbol)
            only = known[0] if len(known) == 1 else None
            interval = only or chosen_series(database, symbol).interval
        past = read_history(database, symbol, interval)
    if not past:
        raise DataError(f"{symbol} {interval}: has no history; was it stored by an older Kairos?")
    for change in past:
        numbers = ", ".join(
            f"{count:,} {name}" for name, count in change.numbers._asdict().items() if count
        )
        print(f"{change.at:%Y-%m-%d %H:%M} UTC  {change.action}  {change.source}: {numbers}")


def _compared(database: "Database", series: "StoredSeries", against: str) -> "list[Finding]":
    from infrastructure.market_data.findings.vendors import compare_vendors
    from infrastructure.market_data.store.bar_rows import stored_columns

    other = chosen_series(database, against, series.interval)
    with database.read() as connection:
        ours = stored_columns(connection, series.symbol, series.interval)
        theirs = stored_columns(connection, other.symbol, other.interval)
    names = (f"{series.symbol} ({series.sources})", f"{other.symbol} ({other.sources})")
    found = compare_vendors(series.symbol, series.interval, ours, theirs, names)
    return [found] if found else []
