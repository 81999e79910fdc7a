"""A real series without a network: the daily NASDAQ composite that the package arch ships."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from infrastructure.market_data.assembling import daily_stamps
from infrastructure.market_data.columns import BarColumns, utc_text
from infrastructure.market_data.intake.judging import judged
from infrastructure.market_data.providers.held import held_span
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.sessions.session_calendar import SessionCalendar
from infrastructure.market_data.store.writing import WriteResult, write_bars
from infrastructure.wording import counted

if TYPE_CHECKING:
    from infrastructure.database.engine import Database

SYMBOL, INTERVAL, CALENDAR = "NASDAQ", "1d", "XNYS"
SOURCE = "arch nasdaq"
_WHAT = "the NASDAQ composite that the package arch ships"


@dataclass(frozen=True)
class SampleReport:
    """What became of the sample's rows: read = stored + refused.

    refused: by reason. off_session: stored, and not traded: no session of XNYS on that date.
    without_volume: stored with volume 0. first, last: opening times, seconds UTC.
    """

    read: int
    written: WriteResult
    refused: dict[str, int]
    off_session: int
    without_volume: int
    first: int
    last: int

    @property
    def days(self) -> str:
        """The first and the last date, for messages."""
        return f"{utc_text(self.first)[:10]} to {utc_text(self.last)[:10]}"

    def lines(self) -> list[str]:
        """The report for people; the first line says the most, the others are set in."""
        done = self.written
        told_of = [
            (done.replaced, "replaced"),
            *((count, f"refused: {reason}") for reason, count in self.refused.items()),
            (self.off_session, f"on dates without a session of {CALENDAR}, not traded"),
            (self.without_volume, "without a volume"),
            (done.demo_removed, "synthetic, removed"),
        ]
        return [
            f"{SYMBOL} {INTERVAL}: {done.new:,} new, {done.unchanged:,} unchanged, "
            f"{self.days}, {_WHAT}",
            *(f"  {counted(count, 'bar')} {what}" for count, what in told_of if count),
        ]


def store_nasdaq(database: "Database", replace: bool = False) -> SampleReport:
    """Store the NASDAQ composite of 1999 to 2018 as NASDAQ 1d, prices as they come.

    Raises DataError where other bars of NASDAQ 1d are stored and `replace` does not say that these
    take their place; StorageError.
    """
    calendar = get_calendar(CALENDAR, database)
    columns = _columns(calendar)
    none = np.zeros(len(columns), dtype=np.bool_)
    verdict = judged(columns, none, none)
    bars = columns.take(verdict.kept)
    written = write_bars(
        database, SYMBOL, INTERVAL, bars, SOURCE, replace, calendar=CALENDAR, adjusted="none"
    )
    return SampleReport(
        len(columns),
        written,
        verdict.counts(),
        off_session=int((~calendar.in_session(bars.timestamp)).sum()),
        without_volume=int((bars.volume == 0).sum()),
        first=int(bars.timestamp[0]),
        last=int(bars.timestamp[-1]),
    )


def ensure_sample_bars(database: "Database") -> list[str]:
    """Store the sample where no bar of NASDAQ 1d is stored; a line to print where that was done."""
    if held_span(database, SYMBOL, INTERVAL) is not None:
        return []
    report = store_nasdaq(database)
    return [
        f"{SYMBOL} {INTERVAL}: no bars in {database.name}; stored {report.written.new:,} real "
        f"ones, {report.days}, {_WHAT}"
    ]


def _columns(calendar: SessionCalendar) -> BarColumns:
    from arch.data import nasdaq

    frame = nasdaq.load()
    days = frame.index.to_numpy().astype("datetime64[D]").astype(np.int64)
    names = ("Open", "High", "Low", "Close", "Volume")
    prices = (frame[name].to_numpy(dtype=np.float64) for name in names)
    return BarColumns(daily_stamps(calendar, days), *prices)
