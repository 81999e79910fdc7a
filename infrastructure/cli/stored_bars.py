"""`kairos data`: bars into the database, and what is there."""

from pathlib import Path


def import_into(
    db: str | None,
    file: Path,
    symbol: str,
    interval: str | None,
    timezone: str | None,
    calendar: str,
    drop_bad: bool,
    replace: bool,
) -> None:
    """Import a file and say what was taken, refused and why. Raises KairosError."""
    from infrastructure.database.engine import open_database
    from infrastructure.market_data.importing import import_bars

    database = open_database(db)
    try:
        done = import_bars(database, file, symbol, interval, timezone, calendar, drop_bad, replace)
    finally:
        database.close()
    print(*done.lines(), f"stored in {database.name}", sep="\n")


def print_series(db: str | None) -> None:
    """A line for every symbol and interval. Raises KairosError."""
    from infrastructure.database.engine import open_database
    from infrastructure.market_data.store import stored_series

    database = open_database(db)
    try:
        series = stored_series(database)
    finally:
        database.close()
    for each in series:
        made_up = "  SYNTHETIC" if each.synthetic else f"  from {each.sources}"
        print(f"{each}{made_up}")
    if not series:
        print(
            f"{database.name} has no bars; import some with: "
            "kairos data import FILE --symbol SYMBOL --interval INTERVAL"
        )
