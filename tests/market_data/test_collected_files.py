"""The collected real files, where they are at hand: their README's counts are the expectation."""

from dataclasses import fields
from datetime import date

import numpy as np
import pytest
from bar_rows import utc
from collected_facts import FACTS, NEW_YORK, NO_BARS, SHARED

from infrastructure.database.engine import Database
from infrastructure.errors import DataError
from infrastructure.market_data.bars import AFTER_CLOSE, LAST_OF_SESSION, Bars
from infrastructure.market_data.factors.files import read_factors
from infrastructure.market_data.factors.table import write_factors
from infrastructure.market_data.intake.importing import import_bars
from infrastructure.market_data.store.checked_series import check_series
from infrastructure.market_data.store.reading import read_bars, stored_series

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


def test_no_file_is_forgotten() -> None:
    """Every file of the folder is taken by a law below, or holds no bars."""
    there = {path.name for path in SHARED.iterdir()}
    assert there == {*FACTS, *NO_BARS, "spy_daily_2008_2017_yahoo.csv"}


@pytest.mark.parametrize("name", FACTS)
def test_real_files_are_taken_whole(database: Database, name: str) -> None:
    """Rows, sessions and their lengths, bars outside them, clock and findings are the known ones.

    Every bar is stored and can be read; those outside the sessions in extended hours only.
    """
    facts = FACTS[name]
    report = import_bars(database, SHARED / name, "X", **facts.how)
    assert (report.interval, report.read, report.taken) == (facts.interval, *[facts.taken] * 2)
    assert (report.refused, report.reordered, report.outside_session) == ({}, 0, facts.outside)
    assert {finding.kind: finding.count for finding in report.findings} == facts.findings
    found = "times without a zone taken as America/New_York: 100.0 % of the volume"
    assert [note.partition(" in the sessions")[0] for note in report.notes] == (
        [found] if facts.detected else []
    )
    calendar = facts.how.get("calendar", "XNYS" if "btc" not in name else "24/7")
    assert report.calendar == calendar
    bars = read_bars(database, "X", facts.interval, calendar)
    assert bars_a_session(bars) == facts.sizes
    assert sum(facts.sizes.values()) == report.sessions == (bars.phase == LAST_OF_SESSION).sum()
    assert (np.diff(bars.session) >= 0).all() and (np.diff(bars.closes_at) > 0).all()
    extended = read_bars(database, "X", facts.interval, calendar, session="extended")
    assert len(extended) == facts.taken == len(bars) + facts.outside
    assert (np.diff(extended.session) >= 0).all() and (np.diff(extended.closes_at) >= 0).all()


@pytest.mark.parametrize("name", sorted(NO_BARS))
def test_files_without_bars_are_refused(database: Database, name: str) -> None:
    """Factors, a calendar and prose are named as what they are not."""
    with pytest.raises(DataError, match=r"expected"):
        import_bars(database, SHARED / name, "X")


@pytest.mark.parametrize(
    ("name", "calendar"),
    [
        ("eurusd_1h_2017_2018.csv.gz", "24/5"),
        ("nq_30min_2023-11_2023-12_firstrate_sample.csv.gz", "CMES"),
    ],
)
def test_hours_round_the_clock_do_not_tell_the_zone(
    database: Database, name: str, calendar: str
) -> None:
    """Where the market hardly closes, no clock is better than another: the user is asked."""
    with pytest.raises(DataError, match="have a time without a zone; say whose clock it is"):
        import_bars(database, SHARED / name, "X", calendar=calendar)


@pytest.mark.parametrize("interval", ["30m", "1d"])
def test_five_minutes_and_thirty_make_the_same_bars(database: Database, interval: str) -> None:
    """Alpaca's 5 minutes, read as 30 minutes or days, are the 30-minute file's bars exactly.

    Its afternoon bars of half days are in none of them.
    """
    import_bars(database, SHARED / "qqq_5min_2024-01_2025-05_alpaca.csv.gz", "FINE")
    import_bars(database, SHARED / "qqq_30min_2024-01_2025-05.csv", "COARSE")
    made, given = (read_bars(database, symbol, interval) for symbol in ("FINE", "COARSE"))
    assert len(made) == len(given) == {"30m": 4_584, "1d": 354}[interval]
    for column in fields(given):
        if isinstance(getattr(given, column.name), np.ndarray):
            assert np.array_equal(getattr(made, column.name), getattr(given, column.name))


SPLITS = {"2000-06-21": 2, "2005-02-28": 2, "2014-06-09": 7, "2020-08-31": 4}


def test_apple_has_four_splits_and_a_true_crash(database: Database) -> None:
    """The command that would mend names them; the fall of 2000-09-29 to half is no finding."""
    path = SHARED / "aapl_daily_raw_lean.csv.gz"
    findings = {finding.kind: finding for finding in import_bars(database, path, "AAPL").findings}
    told = " ".join(f"--split {day}:{ratio}" for day, ratio in SPLITS.items())
    assert findings["split"].mend == f"kairos data adjust AAPL {told}"
    crash = utc("2000-09-29 13:30")
    assert not any(crash in finding.stamps for finding in findings.values())


def test_adjusted_apple_is_continuous_at_its_splits(database: Database) -> None:
    """By LEAN's factors each split day is within a tenth of the day before; the crash stays."""
    import_bars(database, SHARED / "aapl_daily_raw_lean.csv.gz", "AAPL")
    write_factors(database, read_factors(SHARED / "aapl_factors_lean.csv", "AAPL"), "lean")
    raw, split, all_ = (
        read_bars(database, "AAPL", "1d", adjust=adjust) for adjust in ("none", "split", "all")
    )
    for bars in (split, all_):
        for day, ratio in SPLITS.items():
            assert change(raw, day) < 1.11 / ratio
            assert change(bars, day) == pytest.approx(1, abs=0.101)
            assert change(bars, day) == pytest.approx(ratio * change(raw, day), rel=1e-6)
        assert change(bars, "2000-09-29") == change(raw, "2000-09-29") < 0.5
        assert bars.close[-1] == raw.close[-1]
    assert split.volume[0] == pytest.approx(112 * raw.volume[0])
    series = stored_series(database, "AAPL")[0]
    assert "split" not in {finding.kind for finding in check_series(database, series)}


def change(bars: Bars, day: str) -> float:
    """Close of a day over the close of the session before."""
    row = int(np.searchsorted(bars.session.astype("datetime64[D]"), np.datetime64(day)))
    return round(float(bars.close[row] / bars.close[row - 1]), 9)


def test_the_flash_crash_has_no_spike(database: Database) -> None:
    """August 24, 2015 fell by the minute and came back by the minute: true bars, all kept."""
    path = SHARED / "ndx_cfd_1min_2015-08_flash_crash.csv.gz"
    assert not {"spike", "split", "sudden_move"} & {
        finding.kind for finding in import_bars(database, path, "NDX").findings
    }
    bars = read_bars(database, "NDX", "1m", start=date(2015, 8, 21), end=date(2015, 8, 24))
    monday = bars.timestamp >= utc("2015-08-24 13:30")
    low, recovered = bars.low[monday].min(), bars.high[monday].max()
    assert low < 0.95 * bars.close[~monday][-1] and recovered > 1.04 * low


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
        import_bars(database, path, "QQQ")
