"""Whose clock a file shows, and which end of its bars: told by the sessions, or asked for."""

from pathlib import Path

import numpy as np
import pytest
from bar_rows import WriteFile

from infrastructure.database.engine import Database
from infrastructure.errors import DataError
from infrastructure.market_data.intake.importing import import_bars
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.store.reading import read_bars

HEADER = "time,open,high,low,close,volume"
WEEK = [f"2024-07-0{day}" for day in (1, 2, 3, 5)]  # July 3 is a half day


def grid(step: int = 300, before: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(opening times UTC, volumes) of a week; `before`: bars before each open, of little volume."""
    calendar = get_calendar("XNYS")
    rows = np.searchsorted(calendar.session, [np.datetime64(d).astype(int) for d in WEEK])
    stamps, volumes = [], []
    for row in rows:
        opened, closed = int(calendar.opens_at[row]), int(calendar.closes_at[row])
        each = np.arange(opened - before * step, closed + before * step, step)
        stamps.append(each)
        inside = (each >= opened) & (each < closed)
        volumes.append(np.where(inside, 900, 10) + np.where(each == opened, 9_000, 0))
    return np.concatenate(stamps), np.concatenate(volumes)


def written(write_file: WriteFile, stamps: np.ndarray, volumes: np.ndarray, zone: str) -> Path:
    """A file of bars whose stamps show the clock of a zone, without saying so."""
    import pandas as pd

    local = pd.to_datetime(stamps, unit="s", utc=True).tz_convert(zone)
    rows = [f"{when:%Y-%m-%d %H:%M},10,11,9,10,{v}" for when, v in zip(local, volumes, strict=True)]
    return write_file(HEADER, *rows)


ZONES = ["America/New_York", "America/Chicago", "America/Los_Angeles", "UTC"]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("before", [0, 60])
def test_the_clock_that_puts_the_volume_into_the_sessions_wins(
    database: Database, write_file: WriteFile, zone: str, before: int
) -> None:
    """In regular and in extended hours, over a half day; and the report names it."""
    stamps, volumes = grid(before=before)
    report = import_bars(database, written(write_file, stamps, volumes, zone), "QQQ")
    assert any(f"taken as {zone}: " in note for note in report.notes)
    bars = read_bars(database, "QQQ", "5m", session="extended")
    assert bars.timestamp.tolist() == stamps.tolist()


def test_without_sessions_the_clock_is_asked_for(database: Database, write_file: WriteFile) -> None:
    """A market that never closes, a file of another market's hours, three bars: nothing tells."""
    stamps, volumes = grid()
    path = written(write_file, stamps, volumes, "America/New_York")
    with pytest.raises(DataError, match="--timezone"):
        import_bars(database, path, "QQQ", calendar="24/7")
    night = written(write_file, stamps + 10 * 3_600, volumes, "America/New_York")
    with pytest.raises(DataError, match="--timezone"):
        import_bars(database, night, "QQQ")
    few = written(write_file, stamps[:3], volumes[:3], "America/New_York")
    with pytest.raises(DataError, match="--timezone"):
        import_bars(database, few, "QQQ")


def test_another_exchange_is_tried_by_its_own_clock(
    new_database: Database, write_file: WriteFile
) -> None:
    """London's hours are London's, in summer too."""
    calendar = get_calendar("XLON")
    rows = np.searchsorted(calendar.session, [np.datetime64(d).astype(int) for d in WEEK])
    stamps = np.concatenate(
        [np.arange(calendar.opens_at[row], calendar.closes_at[row], 300) for row in rows]
    )
    path = written(write_file, stamps, np.ones(len(stamps), int), "Europe/London")
    report = import_bars(new_database, path, "VOD", calendar="XLON")
    assert report.first == stamps[0]
    assert any("taken as Europe/London" in note for note in report.notes)


@pytest.mark.parametrize("zone", ["America/New_York", "UTC"])
@pytest.mark.parametrize(("step", "before"), [(60, 0), (300, 0), (1_800, 0), (3_600, 0), (300, 60)])
def test_stamps_of_bar_ends_become_bar_starts(
    database: Database, write_file: WriteFile, zone: str, step: int, before: int
) -> None:
    """Also where a session's last bar is short; in extended hours by the opening's volume."""
    stamps, volumes = grid(step, before)
    ends = stamps + step
    if not before:
        calendar = get_calendar("XNYS")
        ends = np.minimum(ends, calendar.closes_at[calendar.rows_of(stamps)])
    path = written(write_file, ends, volumes, zone)
    report = import_bars(database, path, "QQQ", timezone=zone)
    assert any("stamps show the end of their bars" in note for note in report.notes)
    bars = read_bars(database, "QQQ", report.interval, session="extended")
    assert bars.timestamp.tolist() == stamps.tolist()


def test_the_user_says_which_end_a_stamp_shows(database: Database, write_file: WriteFile) -> None:
    """Against the sessions too; and bar starts are left alone."""
    stamps, volumes = grid()
    path = written(write_file, stamps, volumes, "UTC")
    kept = import_bars(database, path, "A", timezone="UTC")
    assert kept.first == stamps[0]
    assert import_bars(database, path, "B", timezone="UTC", stamp="end").first == stamps[0] - 300
    ends = written(write_file, stamps + 300, volumes, "UTC")
    assert import_bars(database, ends, "C", timezone="UTC", stamp="start").first == stamps[0] + 300


def test_bars_of_weekends_mean_a_market_that_is_always_open(
    database: Database, write_file: WriteFile
) -> None:
    """The calendar is told by the bars, unless the user names one."""
    rows = [f"{1_704_067_200 + 3_600 * n},10,11,9,10,5" for n in range(24 * 14)]
    path = write_file(HEADER, *rows)
    assert import_bars(database, path, "BTC").calendar == "24/7"
    assert import_bars(database, path, "B2", calendar="24/5").calendar == "24/5"
