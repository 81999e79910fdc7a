"""Sessions kept in `trading_sessions`, so that a run need not import a calendar library."""

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import delete, select

from infrastructure.database.models import trading_sessions as table
from infrastructure.database.numbers import Fields, fetch_numbers, insert_numbers
from infrastructure.errors import StorageError
from infrastructure.market_data.sessions.exchange_library import library_sessions, library_version
from infrastructure.market_data.sessions.session_calendar import (
    SessionCalendar,
    reaches_ahead,
    sessions_per_year,
)

if TYPE_CHECKING:
    from infrastructure.database.engine import Database

_COLUMNS = ("session", "opens_at", "closes_at", "date_start", "date_end")


def stored_calendar(database: "Database", name: str) -> SessionCalendar:
    """The calendar from the table; where it is missing or old, from the library, and then kept.

    Raises ConfigError for an unknown name, StorageError where the table cannot be read.
    """
    version = library_version()
    stored = _read(database, name, version)
    if stored is not None and reaches_ahead(stored):
        return stored
    calendar = library_sessions(name)
    if stored is None or not _same(stored, calendar):
        # A database that cannot be written costs half a second in each process, and nothing else.
        with suppress(StorageError):
            _write(database, calendar, version)
    return calendar


def _read(database: "Database", name: str, version: str) -> SessionCalendar | None:
    """What the table holds of a calendar; None where that is nothing of this version."""
    columns = [table.c[column] for column in _COLUMNS]
    wanted = select(*columns).where(table.c.calendar == name, table.c.library_version == version)
    with database.read() as connection:
        found = fetch_numbers(connection, wanted.order_by(table.c.session), Fields(_COLUMNS))
    if not len(found["session"]):
        return None
    return SessionCalendar(name, sessions_per_year=sessions_per_year(name), **found)


def _write(database: "Database", calendar: SessionCalendar, version: str) -> None:
    columns = {name: getattr(calendar, name) for name in _COLUMNS}
    with database.write() as connection:
        connection.execute(delete(table).where(table.c.calendar == calendar.name))
        same = {"calendar": calendar.name, "library_version": version}
        insert_numbers(connection, table, same, columns)


def _same(one: SessionCalendar, other: SessionCalendar) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in _COLUMNS)
