import csv
import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from bar_rows import utc
from sqlalchemy import func, select, text

from infrastructure.database.engine import Database
from infrastructure.database.models import trading_sessions
from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.sessions import calendars
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.sessions.exchange_library import library_sessions, library_version
from infrastructure.market_data.sessions.session_calendar import (
    SessionCalendar,
    day_number,
    sessions_per_year,
)

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
ROOT = Path(__file__).resolve().parents[2]


def session_of(calendar: SessionCalendar, moment: str) -> str:
    """Date of the session of a moment, UTC."""
    day = calendar.session_of([utc(moment)])[0]
    return str(np.datetime64(int(day), "D"))


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a new process: no calendar is loaded."""
    monkeypatch.setattr(calendars, "_loaded", {})
    monkeypatch.setattr(calendars, "_kept", set())


@pytest.mark.parametrize(
    ("moment", "session"),
    [
        ("2024-01-02 14:30", "2024-01-02"),  # the open
        ("2024-01-02 20:59:59", "2024-01-02"),
        ("2024-01-02 21:00", "2024-01-02"),  # the close: after hours of the same date
        ("2024-01-03 04:59", "2024-01-02"),  # 23:59 in New York
        ("2024-01-03 05:00", "2024-01-03"),
        ("2024-01-06 15:00", "2024-01-08"),  # Saturday
        ("2024-01-07 15:00", "2024-01-08"),  # Sunday
        ("2024-01-01 15:00", "2024-01-02"),  # New Year's Day
        ("2024-07-03 18:00", "2024-07-03"),  # after the close of a half day
        ("2024-07-04 15:00", "2024-07-05"),
    ],
)
def test_moment_belongs_to_its_session_its_date_or_the_next_session(
    moment: str, session: str
) -> None:
    """Sessions first, then the exchange's own date, then what comes."""
    assert session_of(get_calendar("XNYS"), moment) == session


def test_session_holds_its_open_and_not_its_close() -> None:
    """[open, close), on a half day too."""
    days = get_calendar("XNYS")
    moments = ["2024-07-03 13:29:59", "2024-07-03 13:30", "2024-07-03 16:59:59", "2024-07-03 17:00"]
    assert days.in_session([utc(m) for m in moments]).tolist() == [False, True, True, False]


def test_dates_begin_and_end_at_midnight_of_the_exchange() -> None:
    """The Friday before and the Monday after the clocks change in March 2024."""
    days = get_calendar("XNYS")
    friday, monday = np.searchsorted(days.session, [day_number(date(2024, 3, d)) for d in (8, 11)])
    assert days.date_start[friday] == utc("2024-03-08 05:00")
    assert days.date_end[friday] == utc("2024-03-09 05:00")
    assert days.date_start[monday] == utc("2024-03-11 04:00")
    assert days.opens_at[friday] == utc("2024-03-08 14:30")
    assert days.opens_at[monday] == utc("2024-03-11 13:30")


def test_date_with_a_change_of_clocks_has_25_hours() -> None:
    """Buenos Aires changed its clocks on trading days: dates of 23 and of 25 hours."""
    days = get_calendar("XBUE")
    lengths = set(((days.date_end - days.date_start) // 3600).tolist())
    assert lengths == {23, 24, 25}


def test_futures_session_opens_on_the_evening_before() -> None:
    """CMES: Sunday 17:00 in Chicago is Monday's; after Friday's close it is still Friday's."""
    days = get_calendar("CMES")
    assert session_of(days, "2023-11-19 23:00") == "2023-11-20"
    assert session_of(days, "2023-11-19 22:59") == "2023-11-20"  # no session yet: the next one
    assert session_of(days, "2023-12-01 22:59") == "2023-12-01"
    assert session_of(days, "2023-12-02 01:00") == "2023-12-01"  # 19:00 on Friday in Chicago
    assert session_of(days, "2023-12-02 12:00") == "2023-12-04"


def test_round_the_clock_needs_no_library() -> None:
    """24/7: every UTC day, from midnight to midnight."""
    days = get_calendar("24/7")
    assert session_of(days, "2024-01-06 23:59:59") == "2024-01-06"
    assert days.in_session([utc("1999-12-31 23:59:59"), utc("2040-02-29 00:00")]).all()
    assert (np.diff(days.session) == 1).all()


@pytest.mark.parametrize("name", ["24/5", "24/7"])
def test_arithmetic_calendars_are_those_of_the_library(name: str) -> None:
    """Weekdays by arithmetic are weekdays by exchange_calendars."""
    theirs, ours = library_sessions(name), get_calendar(name)
    rows = np.searchsorted(ours.session, theirs.session[[0, -1]])
    same = slice(int(rows[0]), int(rows[1]) + 1)
    for column in ("session", "opens_at", "closes_at", "date_start", "date_end"):
        assert np.array_equal(getattr(ours, column)[same], getattr(theirs, column))


@pytest.mark.parametrize(
    ("name", "count"), [("XNYS", 252), ("CMES", 252), ("XLON", 252), ("24/7", 365), ("24/5", 260)]
)
def test_sessions_a_year_are_a_convention(name: str, count: float) -> None:
    """252 for exchanges, 365 round the clock, 260 for forex."""
    assert sessions_per_year(name) == count
    assert get_calendar(name).sessions_per_year == count


@pytest.mark.parametrize(
    ("found", "near"), [("XNSY", "XNYS"), ("xnys", "XNYS"), ("24-7", "24/7"), ("cme", "CME")]
)
def test_unknown_calendar_is_answered_with_the_nearest(found: str, near: str) -> None:
    """One line with names that exist."""
    with pytest.raises(ConfigError, match=f"found '{found}' .did you mean.*{near}"):
        get_calendar(found)


def test_nonsense_is_answered_with_the_usual_calendars() -> None:
    """Where nothing is near, the usual ones are listed."""
    with pytest.raises(ConfigError, match="choose from XNYS, 24/7, 24/5, CMES"):
        get_calendar("?!?!?!?!?!")


def test_stamps_beyond_the_calendar_are_refused() -> None:
    """Milliseconds taken for seconds do not become the last session."""
    with pytest.raises(DataError, match="stamps are seconds since 1970 UTC"):
        get_calendar("XNYS").session_of([1_704_205_800_000])
    with pytest.raises(DataError, match="calendar XNYS: knows the sessions 1970-01-02 to "):
        get_calendar("XNYS").session_of([0])
    assert not get_calendar("XNYS").in_session([0, 1_704_205_800_000]).any()


@pytest.mark.usefixtures("forgetful")
def test_calendar_is_kept_in_the_database_and_read_from_there(new_database: Database) -> None:
    """The second process gets the same arrays without the library."""
    made = get_calendar("XNYS", new_database)
    code = (
        "import sys\n"
        "from infrastructure.database.engine import open_database\n"
        "from infrastructure.market_data.sessions.calendars import get_calendar\n"
        "days = get_calendar('XNYS', open_database(sys.argv[1]))\n"
        "assert not {'exchange_calendars', 'pandas'} & set(sys.modules)\n"
        "print(len(days), days.session.sum(), days.closes_at.sum(), days.date_end.sum())\n"
    )
    assert new_database.url.database is not None
    told = subprocess.run(
        [sys.executable, "-c", code, new_database.url.database],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout.split()
    sums = (len(made), made.session.sum(), made.closes_at.sum(), made.date_end.sum())
    assert told == [str(int(value)) for value in sums]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE trading_sessions SET library_version = '0.1', closes_at = closes_at + 60",
        "DELETE FROM trading_sessions WHERE session > 20000",
    ],
)
@pytest.mark.usefixtures("forgetful")
def test_old_or_expired_sessions_are_made_anew(
    database: Database, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """Another library version, or an end in the past: the table is replaced as a whole."""
    right = get_calendar("XNYS", database)
    with database.write() as connection:
        connection.execute(text(change))
    monkeypatch.setattr(calendars, "_loaded", {})
    monkeypatch.setattr(calendars, "_kept", set())
    again = get_calendar("XNYS", database)
    assert np.array_equal(again.closes_at, right.closes_at)
    with database.read() as connection:
        rows = connection.execute(select(func.count()).select_from(trading_sessions)).scalar_one()
        versions = connection.execute(select(trading_sessions.c.library_version).distinct())
        assert versions.scalars().all() == [library_version()]
    assert rows == len(right)


def test_calendar_reaches_from_the_past_to_next_year() -> None:
    """Daily bars of AAPL (1998) and NASDAQ stocks (1999) have sessions, and so has next month."""
    days = get_calendar("XNYS")
    assert days.session[0] == day_number(date(1970, 1, 2))
    assert days.session[-1] > time.time() // 86_400 + 300


@pytest.mark.skipif(not SHARED.is_dir(), reason="the collected data is not here")
def test_new_york_sessions_are_the_published_ones() -> None:
    """3,771 sessions with their opening and closing times, half days included."""
    days, zone = get_calendar("XNYS"), ZoneInfo("America/New_York")
    with (SHARED / "nyse_sessions_2012_2026.csv").open() as file:
        rows = list(csv.DictReader(file))
    moments = [
        [
            datetime.fromisoformat(f"{row['date']} {row[clock]}").replace(tzinfo=zone).timestamp()
            for clock in ("open_ny", "close_ny")
        ]
        for row in rows
    ]
    expected = np.array(moments, dtype=np.int64)
    session = [day_number(date.fromisoformat(row["date"])) for row in rows]
    first, last = np.searchsorted(days.session, [session[0], session[-1]])
    same = slice(int(first), int(last) + 1)
    assert days.session[same].tolist() == session
    assert np.array_equal(days.opens_at[same], expected[:, 0])
    assert np.array_equal(days.closes_at[same], expected[:, 1])
