"""Sessions kept in `trading_sessions`, so that a run need not import a calendar library."""

from itertools import chain, repeat
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import delete, select

from infrastructure.database.models import trading_sessions as table
from infrastructure.errors import StorageError
from infrastructure.market_data.calendars import SessionCalendar, reaches_ahead, sessions_per_year
from infrastructure.market_data.exchange_library import library_sessions, library_version

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
        try:
            _write(database, calendar, version)
        except StorageError:
            pass  # a read-only or busy database costs half a second each run, and nothing else
    return calendar


def _read(database: "Database", name: str, version: str) -> SessionCalendar | None:
    """What the table holds of a calendar; None where that is nothing of this version."""
    columns = [table.c[column] for column in _COLUMNS]
    wanted = select(*columns).where(table.c.calendar == name, table.c.library_version == version)
    with database.read() as connection:
        rows = connection.execute(wanted.order_by(table.c.session)).cursor
        assert rows is not None
        flat = np.fromiter(chain.from_iterable(rows), dtype=np.int64)
    if not flat.size:
        return None
    by_column = np.ascontiguousarray(flat.reshape(-1, len(_COLUMNS)).T)
    return SessionCalendar(name, *by_column, sessions_per_year=sessions_per_year(name))


def _write(database: "Database", calendar: SessionCalendar, version: str) -> None:
    columns = [getattr(calendar, name).tolist() for name in _COLUMNS]
    rows = zip(repeat(calendar.name), *columns, repeat(version), strict=False)
    names = ("calendar", *_COLUMNS, "library_version")
    with database.write() as connection:
        connection.execute(delete(table).where(table.c.calendar == calendar.name))
        connection.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in rows])


def _same(one: SessionCalendar, other: SessionCalendar) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in _COLUMNS)
