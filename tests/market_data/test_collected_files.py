"""The collected real files, where they are at hand: their README's counts are the expectation."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bar_rows import utc

from infrastructure.database.engine import Database
from infrastructure.errors import DataError
from infrastructure.market_data.bars import AFTER_CLOSE, LAST_OF_SESSION, Bars
from infrastructure.market_data.importing import import_bars
from infrastructure.market_data.store import read_bars

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
NEW_YORK = "America/New_York"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the collected data is not here")


def bars_a_session(bars: Bars) -> dict[int, int]:
    """How many sessions have how many bars."""
    _, counts = np.unique(bars.session, return_counts=True)
    sizes, numbers = np.unique(counts, return_counts=True)
    return {int(size): int(number) for size, number in zip(sizes, numbers, strict=True)}


def test_main_file_has_354_sessions_and_three_half_days(database: Database) -> None:
    """4,584 bars: 351 days of 13 and 3 of 7; the day's last bar opens at 15:30, or 12:30."""
    path = SHARED / "qqq_30min_2024-01_2025-05.csv"
    report = import_bars(database, path, "QQQ")
    assert (report.interval, report.read, report.new) == ("30m", 4_584, 4_584)
    assert (report.sessions, report.refused, report.outside_session) == (354, {}, 0)
    bars = read_bars(database, "QQQ", "30m")
    assert bars_a_session(bars) == {7: 3, 13: 351}
    last = bars.phase == LAST_OF_SESSION
    assert last.sum() == 354
    assert (bars.closes_at[last] == bars.timestamp[last] + 1800).all()
    half_days = [utc(f"2024-{day}") for day in ("07-03 16:30", "11-29 17:30", "12-24 17:30")]
    assert np.isin(half_days, bars.timestamp[last]).all()
    assert import_bars(database, path, "QQQ").unchanged == 4_584
    one_day = read_bars(database, "QQQ", "30m", start=date(2024, 7, 3), end=date(2024, 7, 3))
    assert len(one_day) == 7


@pytest.mark.parametrize(
    ("name", "how", "interval", "taken", "outside", "sessions"),
    [
        ("goog_daily_2004_2013.csv", {}, "1d", 2_148, 0, 2_148),
        ("aapl_daily_raw_lean.csv.gz", {}, "1d", 5_849, 0, 5_849),
        ("qqq_daily_raw_lean.csv.gz", {}, "1d", 3_964, 0, 3_964),
        ("qqq_daily_2000_2023_yahoo.csv.gz", {}, "1d", 5_912, 0, 5_912),
        ("qqq_30min_2023-06_2023-08_yahoo.csv", {"timezone": NEW_YORK}, "30m", 527, 0, 41),
        ("qqq_5min_2024-01_2025-05_alpaca.csv.gz", {}, "5m", 27_608, 104, 354),
        ("qqq_1min_2025-08_ibkr.csv.gz", {"timezone": NEW_YORK}, "1m", 4_525, 0, 16),
        ("spy_5min_2024-03_2025-04.csv.gz", {}, "5m", 20_769, 916, 256),
        ("ndx_cfd_30min_2012_2017.csv.gz", {}, "30m", 19_034, 0, 1_481),
        ("spy_1min_ext_2024-02_2024-05_polygon.csv.gz", {}, "1m", 49_720, 25_150, 63),
        ("btcusdt_1h_2023-01_binance.csv", {"calendar": "24/7"}, "1h", 744, 0, 31),
        (
            "eurusd_1h_2017_2018.csv.gz",
            {"calendar": "24/5", "timezone": "UTC"},
            "1h",
            5_000,
            108,
            211,
        ),
        (
            "nq_30min_2023-11_2023-12_firstrate_sample.csv.gz",
            {"calendar": "CMES", "timezone": NEW_YORK},
            "30m",
            491,
            1,
            11,
        ),
    ],
)
def test_real_files_are_taken_whole(
    database: Database,
    name: str,
    how: dict[str, Any],
    interval: str,
    taken: int,
    outside: int,
    sessions: int,
) -> None:
    """Every bar is stored, those outside the sessions are counted, all notes are benign."""
    report = import_bars(database, SHARED / name, "X", **how)
    counted = (report.interval, report.read, report.taken, report.outside_session, report.sessions)
    assert counted == (interval, taken, taken, outside, sessions)
    assert not any("timezone" in note for note in report.notes)
    calendar = how.get("calendar", "XNYS")
    bars = read_bars(database, "X", interval, calendar)
    assert len(bars) == taken - outside
    assert (bars.phase == LAST_OF_SESSION).sum() == sessions
    assert (np.diff(bars.session) >= 0).all() and (np.diff(bars.closes_at) > 0).all()
    extended = read_bars(database, "X", interval, calendar, session="extended")
    assert len(extended) == taken
    assert (np.diff(extended.session) >= 0).all() and (np.diff(extended.closes_at) >= 0).all()


def test_parquet_bars_after_the_close_are_kept_and_not_traded(database: Database) -> None:
    """SPY by the minute: the bar of 16:00 and a half day's afternoon wait for extended hours."""
    report = import_bars(database, SHARED / "spy_1min_2024-03_2025-04.parquet", "SPY")
    assert (report.taken, report.outside_session) == (102_236, 2_972)
    assert report.ignored_columns == ("bar_index",)
    half_day = {"start": date(2024, 7, 3), "end": date(2024, 7, 3)}
    assert len(read_bars(database, "SPY", "1m", **half_day)) == 210
    bars = read_bars(database, "SPY", "1m", session="extended", **half_day)
    after = bars.phase == AFTER_CLOSE
    assert after.sum() > 0 and (bars.timestamp[after] >= utc("2024-07-03 17:00")).all()


def test_futures_sessions_begin_on_the_evening_before(database: Database) -> None:
    """NQ: the first bar of Sunday 18:00 in New York belongs to Monday."""
    path = SHARED / "nq_30min_2023-11_2023-12_firstrate_sample.csv.gz"
    import_bars(database, path, "NQ", timezone=NEW_YORK, calendar="CMES")
    bars = read_bars(database, "NQ", "30m", "CMES")
    assert bars.timestamp[0] == utc("2023-11-19 23:00")
    first_day = read_bars(
        database, "NQ", "30m", "CMES", start=date(2023, 11, 20), end=date(2023, 11, 20)
    )
    assert first_day.timestamp[0] == utc("2023-11-19 23:00")
    assert first_day.timestamp[-1] == utc("2023-11-20 21:30")
    assert len(first_day) == 46


def test_real_defects_are_found(database: Database) -> None:
    """Two days of Yahoo's SPY open below their low: refused with their lines, or dropped."""
    path = SHARED / "spy_daily_2008_2017_yahoo.csv"
    told = r"2 of 2,519 rows .* 2 with open or close outside high and low \(lines 1808, 1825\)"
    with pytest.raises(DataError, match=told):
        import_bars(database, path, "SPY")
    assert import_bars(database, path, "SPY", drop_bad=True).taken == 2_517


def test_two_vendors_differ_and_are_not_mixed(database: Database) -> None:
    """Alpaca and IBKR have 16,776 bars in common, with other volumes: refused as a whole."""
    import_bars(database, SHARED / "qqq_5min_2024-01_2025-05_alpaca.csv.gz", "QQQ")
    path = SHARED / "qqq_5min_2024-07_2025-08_ibkr.csv.gz"
    with pytest.raises(DataError, match="QQQ 5m: 16,776 bars are stored with other values"):
        import_bars(database, path, "QQQ", timezone=NEW_YORK)
