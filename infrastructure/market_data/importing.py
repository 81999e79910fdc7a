"""Bars from a CSV or Parquet file into the store: all sound, in one transaction, or none."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import DataError
from infrastructure.market_data.assembling import daily_stamps
from infrastructure.market_data.bar_files import BarFile, read_bar_file
from infrastructure.market_data.bars import DEMO_SOURCE
from infrastructure.market_data.calendars import get_calendar
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.import_report import ImportReport
from infrastructure.market_data.intervals import DAY, interval_name, interval_seconds
from infrastructure.market_data.judging import UNSORTED, Verdict, judged
from infrastructure.market_data.session_calendar import SessionCalendar
from infrastructure.market_data.stamps import Stamps, check_timezone, localized, read_stamps
from infrastructure.market_data.symbols import check_symbol
from infrastructure.market_data.writing import WriteResult, write_bars

if TYPE_CHECKING:
    from infrastructure.database.engine import Database

_LONGEST_GAP_OF_DAYS = 4 * DAY
"""Bars that are mostly further apart than a long weekend are no daily bars."""

_TOO_FEW_INSIDE = 0.4
"""Bars from 04:00 to 20:00 have 0.41 of themselves inside a New York session; New York stamps taken
for UTC at most 0.38."""


def import_bars(
    database: "Database",
    path: str | Path,
    symbol: str,
    interval: str | None = None,
    timezone: str | None = None,
    calendar: str = "XNYS",
    drop_bad: bool = False,
    replace: bool = False,
) -> ImportReport:
    """Take the bars of a file into the store, in one transaction.

    interval: None infers it from the stamps; a given one is checked against them.
    timezone: the clock that stamps without a zone show, e.g. America/New_York. Daily bars need
        none: their date is the session's, and they are stored with the session's opening.
    calendar: whose sessions the bars belong to. Bars outside them are stored and not traded.
    drop_bad: leave rows out that are unfit to trade, and sort the rest; else one such row refuses
        the whole file.
    replace: let these bars replace stored ones of other values. Demo bars are replaced always.

    Raises DataError for an unreadable file, unfit rows (reasons, lines and number), stamps without
    a zone, a wrong interval, differing stored bars; ConfigError for a bad symbol, interval,
    timezone or calendar; StorageError. Nothing is stored then.
    """
    check_symbol(symbol)
    if interval is not None:
        interval_seconds(interval)
    if timezone is not None:
        check_timezone(timezone)
    days = get_calendar(calendar, database)
    path = Path(path)
    file = read_bar_file(path)
    read = read_stamps(file.times)
    _refuse_unreadable_times(path, file, read)
    interval = _settled_interval(path, read, interval)
    stamps = _placed(path, read, interval, timezone, days)
    columns = BarColumns(stamps.utc, **file.prices, volume=file.volume)
    verdict = judged(columns, ~read.readable, read.readable & ~stamps.readable)
    _refuse_unfit(path, file, verdict, drop_bad)
    bars = columns.take(verdict.kept)
    written = write_bars(database, symbol, interval, bars, _source(path), replace)
    return _report(path, symbol, interval, days, file, verdict, bars, written)


def _source(path: Path) -> str:
    """The file's name, which must not pass for synthetic bars."""
    return f"file {path.name}" if path.name == DEMO_SOURCE else path.name


def _refuse_unreadable_times(path: Path, file: BarFile, stamps: Stamps) -> None:
    if not stamps.readable.any():
        raise DataError(
            f"{path}: no time of the column {file.times.name!r} can be read; expected ISO 8601 "
            "such as 2024-01-02T09:30:00-05:00, a date, or an epoch in s, ms, us or ns; "
            f"found {str(file.times.iloc[0])[:40]!r}"
        )


def _settled_interval(path: Path, stamps: Stamps, asked: str | None) -> str:
    """The interval of the file: the most common step between its stamps, as the rows' clock shows.

    Not the median: four-hour bars of a stock step 4 and 20 hours in turn. Raises DataError where
    the stamps do not tell it, or tell another than was asked for.
    """
    steps = np.diff(np.unique(stamps.wall[stamps.readable]))
    if not len(steps):
        if asked is None:
            raise DataError(f"{path}: one bar does not tell its interval; give --interval")
        return asked
    sizes, counts = np.unique(steps, return_counts=True)
    usual = int(sizes[np.argmax(counts)])
    found = interval_name(usual)
    hour = 3_600  # daily stamps in UTC shift with the exchange's clock
    if DAY - hour <= usual <= DAY + hour or (
        stamps.dates_only and DAY < usual <= _LONGEST_GAP_OF_DAYS
    ):
        found = "1d"
    if found is None:
        raise DataError(
            f"{path}: bars are mostly {usual:,} seconds apart; expected whole minutes up to a day"
        )
    if asked is not None and asked != found:
        raise DataError(
            f"{path}: --interval says {asked}, but bars are mostly {found} apart; nothing was "
            "imported; give the interval of the file, or none"
        )
    return found


def _placed(
    path: Path, stamps: Stamps, interval: str, timezone: str | None, calendar: SessionCalendar
) -> Stamps:
    """The same stamps in UTC. Raises DataError for intraday rows without a zone."""
    if interval == "1d":
        return _daily(path, stamps, calendar)
    bare = int((stamps.readable & ~stamps.zoned).sum())
    if bare and timezone is None:
        raise DataError(
            f"{path}: {bare:,} of {len(stamps.wall):,} rows have a time without a zone; say whose "
            "clock it is, e.g. --timezone America/New_York"
        )
    placed = localized(stamps, timezone) if timezone is not None else stamps
    _in_reach(path, calendar, placed.utc[placed.readable])
    return placed


def _daily(path: Path, stamps: Stamps, calendar: SessionCalendar) -> Stamps:
    """Daily rows at their session's opening.

    A row that shows midnight, or has no zone, means the date it shows; any other, its session.
    """
    days = stamps.wall // DAY
    by_session = stamps.readable & stamps.zoned & (stamps.wall % DAY != 0)
    readable = np.flatnonzero(stamps.readable)
    _in_reach(path, calendar, stamps.utc[readable])
    days[by_session] = calendar.session_of(stamps.utc[by_session])
    utc = np.zeros(len(days), dtype=np.int64)
    utc[readable] = daily_stamps(calendar, days[readable])
    return Stamps(stamps.wall, utc, stamps.readable, np.ones_like(stamps.zoned))


def _in_reach(path: Path, calendar: SessionCalendar, stamps: NDArray[np.int64]) -> None:
    try:
        calendar.rows_of(stamps)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def _refuse_unfit(path: Path, file: BarFile, verdict: Verdict, drop_bad: bool) -> None:
    bad = int((verdict.codes > 0).sum())
    if not bad or (drop_bad and len(verdict.kept)):
        return
    told = verdict.described(file.place, file.place_name)
    advice = "" if drop_bad else ", or --drop-bad leaves them out and sorts the rest"
    raise DataError(
        f"{path}: {bad:,} of {len(verdict.codes):,} rows are unfit to trade: {told}; nothing was "
        f"imported; correct the file{advice}"
    )


def _report(
    path: Path,
    symbol: str,
    interval: str,
    calendar: SessionCalendar,
    file: BarFile,
    verdict: Verdict,
    bars: BarColumns,
    written: WriteResult,
) -> ImportReport:
    refused = verdict.counts()
    reordered = refused.pop(UNSORTED, 0)
    inside = calendar.in_session(bars.timestamp)
    notes = file.notes
    if inside.mean() < _TOO_FEW_INSIDE:
        notes = (
            *notes,
            f"most bars lie outside the sessions of {calendar.name}: is that the "
            "calendar, and are the stamps in the right --timezone?",
        )
    return ImportReport(
        path=str(path),
        symbol=symbol,
        interval=interval,
        calendar=calendar.name,
        read=len(verdict.codes),
        taken=len(bars),
        new=written.new,
        unchanged=written.unchanged,
        replaced=written.replaced,
        refused=refused,
        reordered=reordered,
        outside_session=int((~inside).sum()),
        sessions=len(np.unique(calendar.session_of(bars.timestamp[inside]))),
        demo_removed=written.demo_removed,
        first=int(bars.timestamp[0]),
        last=int(bars.timestamp[-1]),
        ignored_columns=file.ignored,
        notes=notes,
    )
