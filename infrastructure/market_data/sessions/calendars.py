"""The calendar of an exchange by its name: by arithmetic, from the database or the library."""

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from infrastructure.market_data.intervals import DAY
from infrastructure.market_data.sessions.exchange_library import library_sessions
from infrastructure.market_data.sessions.session_calendar import (
    SessionCalendar,
    day_number,
    reaches_ahead,
    sessions_per_year,
    weekday_of,
)
from infrastructure.market_data.sessions.session_table import stored_calendar

if TYPE_CHECKING:
    from infrastructure.database.engine import Database

_WEEKDAYS = {"24/7": 7, "24/5": 5}
"""Calendars of whole UTC days, from Monday on: plain arithmetic, no library, no table."""

_ARITHMETIC_SPAN = (date(1900, 1, 1), date(2100, 1, 1))


def get_calendar(name: str, database: "Database | None" = None) -> SessionCalendar:
    """The calendar of an exchange: XNYS, 24/7, 24/5, CMES, or any name of exchange_calendars.

    It reaches from 1970, or the first year the library knows, to about a year from today. With a
    database its sessions are kept in `trading_sessions`, and the library, which takes 0.4 s to
    import, is asked only where they are missing, run out or come from another version of it.
    Raises ConfigError for an unknown name, naming the nearest.
    """
    if name in _WEEKDAYS:
        return _whole_days(name)
    found = _loaded.get(name)
    place = (name, str(database and database.url))
    if found is None or place not in _kept or not reaches_ahead(found):
        found = _loaded[name] = _from_table_or_library(name, database, found)
        _kept.add(place)
    return found


_loaded: dict[str, SessionCalendar] = {}
"""Calendars of this process by name: a portfolio asks for the same one many times."""

_kept: set[tuple[str, str]] = set()
"""Which of them are in which database."""


def _from_table_or_library(
    name: str, database: "Database | None", loaded: SessionCalendar | None
) -> SessionCalendar:
    if database is not None:
        return stored_calendar(database, name)
    if loaded is not None and reaches_ahead(loaded):
        return loaded
    return library_sessions(name)


@cache
def _whole_days(name: str) -> SessionCalendar:
    first, last = (day_number(day) for day in _ARITHMETIC_SPAN)
    days = np.arange(first, last, dtype=np.int64)
    days = days[weekday_of(days) < _WEEKDAYS[name]]
    start, end = days * DAY, (days + 1) * DAY
    return SessionCalendar(name, days, start, end, start, end, sessions_per_year(name))
