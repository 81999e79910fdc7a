"""Bars from any file into the store: all sound, in one transaction, or none."""

from collections.abc import Callable
from dataclasses import replace as changed
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from infrastructure import kept, log
from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.bars import DEMO_SOURCE
from infrastructure.market_data.factors.adjusting import Factors, no_factors
from infrastructure.market_data.factors.sources import factors_from_adj_close
from infrastructure.market_data.factors.table import add_unknown_factors
from infrastructure.market_data.files.bar_file import BarFile
from infrastructure.market_data.files.bar_rows import FileRows
from infrastructure.market_data.files.opening import open_bar_file
from infrastructure.market_data.intake.file_bars import FileBars, bars_of_file
from infrastructure.market_data.intake.import_report import ImportReport
from infrastructure.market_data.intake.import_reporting import unwritten_report
from infrastructure.market_data.intake.judging import DIFFERING, KEPT
from infrastructure.market_data.intake.placing import Asked
from infrastructure.market_data.intervals import DAY, interval_seconds
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.sessions.session_calendar import SessionCalendar, weekday_of
from infrastructure.market_data.stamps import check_timezone
from infrastructure.market_data.store.history import Change
from infrastructure.market_data.store.mixing import ADJUSTED
from infrastructure.market_data.store.series import USUAL_CALENDAR
from infrastructure.market_data.store.writing import write_bars
from infrastructure.market_data.symbols import check_symbol
from infrastructure.wording import printable

if TYPE_CHECKING:
    from infrastructure.database.engine import Database

_ON_WEEKENDS = 0.2
"""A market that is always open has 2/7 of its bars on Saturdays and Sundays."""

_SHOWN = 5
"""Bars that a dry run shows."""


def import_bars(
    database: "Database",
    path: str | Path,
    symbol: str | None = None,
    interval: str | None = None,
    timezone: str | None = None,
    calendar: str | None = None,
    drop_bad: bool = False,
    replace: bool = False,
    *,
    stamp: str | None = None,
    dates: str | None = None,
    keep: str | None = None,
    adjusted: str | None = None,
    dry_run: bool = False,
    say: Callable[[str], object] | None = None,
) -> ImportReport:
    """Take the bars of a file into the store, in one transaction.

    symbol: None takes the one that the file names. interval: None infers it from the stamps; a
    given one is checked against them.
    timezone: the clock that stamps without a zone show; None asks the calendar's sessions. Daily
    bars need none: their date is the session's, and they are stored with the session's opening.
    calendar: whose sessions the bars belong to; None: New York's, or 24/7 where the file has the
    bars of weekends too. Bars outside them are stored and not traded.
    drop_bad: leave rows out that are unfit to trade; else one such row refuses the whole file.
    replace: let these bars replace stored ones of other values. Demo bars are replaced always.
    stamp: `start` or `end`: what of its bar a stamp shows; None asks the sessions.
    dates: what 01/02/2024 means, `day-first` or `month-first`. keep: `first` or `last` of rows that
    give one time different values. adjusted: what the prices have been adjusted for, `none`,
    `split` or `all`; None: as the format says, else nothing.
    dry_run: read and check everything, store nothing. say: told in a line what the file is taken
    for, once it is found sound and before anything is written.

    Raises DataError for an unreadable file, unfit rows (reasons, lines and number), stamps without
    a zone, a wrong interval, differing stored bars; ConfigError for a bad symbol, interval,
    timezone, calendar or other word; StorageError. Nothing is stored then.
    """
    path = Path(path)
    log.event("import begun", file=str(path))
    _check_words(symbol, interval, timezone, stamp, keep, adjusted)
    file = open_bar_file(path, dates=dates)
    symbol = _symbol(file, symbol)
    asked = Asked(interval, timezone, stamp, keep)

    def calendar_of(rows: FileRows) -> SessionCalendar:
        return get_calendar(calendar or _likely_calendar(rows), database)

    with bars_of_file(file, calendar_of, asked) as bars:
        _refuse_unfit(file, bars, drop_bad, keep)
        report = unwritten_report(
            database, file, symbol, bars, adjusted or file.facts.adjusted or "none"
        )
        if say is not None:
            say(file.described())
        if dry_run:
            return changed(report, preview=bars.columns.take(slice(0, _SHOWN)))
        source, factors = _source(path), _dividends(symbol, bars, report)
        added: list[int] = []
        written = write_bars(
            database,
            symbol,
            report.interval,
            bars.columns,
            source,
            replace,
            calendar=report.calendar,
            adjusted=report.adjusted,
            change=Change("import", source, report.as_detail()),
            also=lambda connection: added.append(add_unknown_factors(connection, factors, source)),
        )
    series = f"{symbol} {report.interval}"
    kept.keep(str(path), f"{path} is stored as {series}")
    log.event("import stored", file=str(path), series=series, **written._asdict())
    return changed(report, **written._asdict(), dividends=sum(added))


def _check_words(
    symbol: str | None,
    interval: str | None,
    timezone: str | None,
    stamp: str | None,
    keep: str | None,
    adjusted: str | None,
) -> None:
    if symbol is not None:
        check_symbol(symbol)
    if interval is not None:
        interval_seconds(interval)
    if timezone is not None:
        check_timezone(timezone)
    words = {
        "stamp": (stamp, ("start", "end")),
        "keep": (keep, KEPT),
        "adjusted": (adjusted, (*ADJUSTED,)),
    }
    for name, (word, known) in words.items():
        if word is not None and word not in known:
            raise ConfigError(f"{name}: expected {' or '.join(known)}; found {word!r}")


def _symbol(file: BarFile, symbol: str | None) -> str:
    if symbol is not None:
        return symbol
    if not file.facts.symbol:
        raise ConfigError(f"{file.path}: does not name its instrument; say --symbol, such as QQQ")
    try:
        return check_symbol(file.facts.symbol)
    except ConfigError as error:
        raise ConfigError(f"{file.path}: {error}") from None


def _source(path: Path) -> str:
    """The file's name, which must not pass for synthetic bars."""
    name = printable(path.name)
    return f"file {name}" if name == DEMO_SOURCE else name


def _likely_calendar(rows: FileRows) -> str:
    """New York's; 24/7 where the bars of weekends are there too."""
    weekday = weekday_of(rows.stamps.wall[rows.stamps.readable] // DAY)
    always = len(weekday) > 0 and float((weekday >= 5).mean()) > _ON_WEEKENDS
    return "24/7" if always else USUAL_CALENDAR


def _refuse_unfit(file: BarFile, bars: FileBars, drop_bad: bool, keep: str | None) -> None:
    refused = bars.tally.refused
    if keep and [*refused] == [DIFFERING]:
        return
    if not refused or (drop_bad and len(bars.columns)):
        return
    told = bars.tally.described(bars.place_name)
    rows = {"rows": bars.tally.n_rows, "unfit": sum(refused.values())}
    log.warning("import refused", file=str(file.path), **rows)
    advice = "" if drop_bad else ", or --drop-bad leaves them out"
    if DIFFERING in refused and not keep:
        advice += "; --keep first or --keep last takes one of those that differ"
    raise DataError(
        f"{file.path}: {sum(refused.values()):,} of {bars.tally.n_rows:,} rows are unfit to trade: "
        f"{told}; nothing was imported; correct the file{advice}"
    )


def _dividends(symbol: str, bars: FileBars, report: ImportReport) -> Factors:
    """What a daily file's Adj Close says beside its split-adjusted Close."""
    if bars.adj_close is None or report.interval != "1d" or report.adjusted != "split":
        return no_factors(symbol)
    session = bars.placement.calendar.session_of(bars.columns.timestamp)
    known = np.isfinite(bars.adj_close) & (bars.adj_close > 0)
    columns = (session[known], bars.columns.close[known], bars.adj_close[known])
    return factors_from_adj_close(symbol, *columns)
