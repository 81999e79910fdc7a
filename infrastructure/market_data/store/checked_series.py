"""The checks of a stored series, with what the store knows of its splits."""

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from infrastructure.market_data.factors.table import read_factors
from infrastructure.market_data.findings.checking import check_bars
from infrastructure.market_data.findings.finding import Finding
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.sessions.session_calendar import SessionCalendar, date_of_day
from infrastructure.market_data.store.bar_rows import stored_columns
from infrastructure.market_data.store.series import StoredSeries

if TYPE_CHECKING:
    from infrastructure.database.engine import Database


def check_series(database: "Database", series: StoredSeries) -> tuple[Finding, ...]:
    """What the owner of a stored series should know of it, the severest first."""
    calendar = get_calendar(series.calendar, database)
    with database.read() as connection:
        columns = stored_columns(connection, series.symbol, series.interval)
    known = known_splits(database, series.symbol, calendar)
    return check_bars(series.symbol, series.interval, calendar, columns, known_splits=known)


def known_splits(database: "Database", symbol: str, calendar: SessionCalendar) -> dict[date, float]:
    """New shares for an old one by the first session on the new scale, of the stored splits."""
    factors = read_factors(database, symbol)
    after = np.searchsorted(calendar.session, factors.until, side="right")
    return {
        date_of_day(calendar.session[row]): float(1.0 / split)
        for row, split in zip(after, factors.split, strict=True)
        if split != 1.0 and row < len(calendar)
    }
