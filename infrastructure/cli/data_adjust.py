"""`kairos data adjust`: splits and dividends of a symbol."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from infrastructure.cli.opening import opened_database
from infrastructure.errors import ConfigError

if TYPE_CHECKING:
    from infrastructure.database.engine import Database
    from infrastructure.market_data.factors.adjusting import Factors
    from infrastructure.market_data.factors.files import Closes
    from infrastructure.market_data.sessions.session_calendar import SessionCalendar


def adjust_symbol(
    db: str | None,
    symbol: str,
    file: Path | None,
    splits: Sequence[str],
    replace: bool,
    calendar: str,
) -> None:
    """Store factors from a file and from the command line, then list all. Raises KairosError."""
    from infrastructure.market_data.factors.files import read_factors
    from infrastructure.market_data.factors.table import write_factors
    from infrastructure.market_data.sessions.calendars import get_calendar

    with opened_database(db) as database:
        days = get_calendar(calendar, database)
        given = [(_splits(symbol, splits, days), "kairos data adjust --split")] if splits else []
        if file is not None:
            factors = read_factors(file, symbol, days, _closes(database, symbol))
            given.insert(0, (factors, file.name))
        for factors, source in given:
            done = write_factors(database, factors, source, replace)
            print(
                f"{symbol}: {done.new:,} new, {done.unchanged:,} unchanged, {done.replaced:,} "
                f"replaced, {done.removed:,} removed, from {source}"
            )
            replace = False  # what the first brought is not replaced by the second
        _print_factors(database, symbol)


def _splits(symbol: str, given: Sequence[str], calendar: "SessionCalendar") -> "Factors":
    """`2020-08-31:4`: from that date on four shares are what one was. Raises ConfigError."""
    import numpy as np

    from infrastructure.market_data.factors.sources import factors_of, last_sessions
    from infrastructure.market_data.sessions.session_calendar import day_number

    days, ratios = [], []
    for text in given:
        day, _, ratio = text.partition(":")
        new, _, old = ratio.replace("/", ":").partition(":")
        try:
            days.append(day_number(date.fromisoformat(day)))
            ratios.append(float(new) / float(old or 1))
            sound = 0 < ratios[-1] < 1e6
        except (ValueError, ZeroDivisionError):
            sound = False
        if not sound:
            raise ConfigError(
                "--split: expected a date and new shares for an old one, such as 2020-08-31:4 or "
                f"2012-05-02:1:8; found {text[:40]!r}"
            )
    until = last_sessions(calendar, np.array(days, np.int64), before=True)
    return factors_of(symbol, until, 1.0 / np.array(ratios), np.ones(len(days)))


def _closes(database: "Database", symbol: str) -> "Closes | None":
    """The symbol's daily closes, by which dividends are measured; None where there are none."""
    from infrastructure.market_data.factors.files import Closes
    from infrastructure.market_data.store.reading import read_bars
    from infrastructure.market_data.store.series import stored_series

    daily = [each for each in stored_series(database, symbol) if each.interval == "1d"]
    if not daily:
        return None
    bars = read_bars(database, symbol, "1d", daily[0].calendar, adjust="split")
    return Closes(bars.session, bars.close)


def _print_factors(database: "Database", symbol: str) -> None:
    from infrastructure.market_data.factors.table import read_factors
    from infrastructure.market_data.sessions.session_calendar import day_text

    factors = read_factors(database, symbol)
    if not len(factors):
        print(f"{symbol}: no splits or dividends are stored; prices are taken as they came")
        return
    print(f"{symbol}: prices up to and including a session times these factors")
    for until, split, dividend in zip(factors.until, factors.split, factors.dividend, strict=True):
        parts = [f"split {split:.9g}"] if split != 1 else []
        parts += [f"dividend {dividend:.9g}"] if dividend != 1 else []
        print(f"  {day_text(until)}  {', '.join(parts)}")
