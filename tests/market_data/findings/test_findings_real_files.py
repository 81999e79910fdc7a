"""The collected real files, where they are at hand: their README's facts are the expectation."""

from pathlib import Path

import numpy as np
import pytest
from bar_rows import utc
from planted import columns_of, found

from infrastructure.database.engine import Database
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.findings.finding import Finding
from infrastructure.market_data.findings.vendors import compare_vendors
from infrastructure.market_data.intake.importing import import_bars
from infrastructure.market_data.store.reading import read_bars

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data"
NEW_YORK = "America/New_York"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the collected data is not here")


def bars_of(
    database: Database, name: str, calendar: str = "XNYS", timezone: str | None = None
) -> tuple[str, BarColumns]:
    """Interval and bars of a file, those outside the sessions included."""
    report = import_bars(database, SHARED / name, "X", timezone=timezone, calendar=calendar)
    bars = read_bars(database, "X", report.interval, calendar, session="extended")
    assert len(bars) == report.taken
    return report.interval, columns_of(bars)


def findings_of(
    database: Database, name: str, calendar: str = "XNYS", timezone: str | None = None
) -> dict[str, Finding]:
    """Findings of a file by kind."""
    interval, columns = bars_of(database, name, calendar, timezone)
    return found(columns, interval, calendar)


def days(finding: Finding) -> list[str]:
    """Dates (UTC) of a finding's stamps."""
    return [str(stamp)[:10] for stamp in finding.stamps.astype("datetime64[s]")]


@pytest.mark.parametrize(
    ("name", "calendar", "timezone"),
    [
        ("qqq_30min_2024-01_2025-05.csv", "XNYS", None),
        ("qqq_30min_2023-06_2023-08_yahoo.csv", "XNYS", NEW_YORK),
        ("qqq_5min_2025-05_2025-09_ibkr.csv.gz", "XNYS", NEW_YORK),
        ("qqq_daily_2000_2023_yahoo.csv.gz", "XNYS", None),
        ("goog_daily_2004_2013.csv", "XNYS", None),
        ("btcusdt_1h_2023-01_binance.csv", "24/7", None),
        *(
            (f"{name}_5min_2025-05_2025-09_ibkr.csv.gz", "XNYS", NEW_YORK)
            for name in ("aapl", "tsla")
        ),
    ],
)
def test_clean_files_give_nothing(
    database: Database, name: str, calendar: str, timezone: str | None
) -> None:
    """Half days, crashes of 2000, 2008 and 2020, round-the-clock hours: all of it is true."""
    assert findings_of(database, name, calendar, timezone) == {}


def test_unadjusted_apple_has_four_splits(database: Database) -> None:
    """The fall of 2000-09-29 to 0.53 of the price is left alone; the false prices are spikes."""
    findings = findings_of(database, "aapl_daily_raw_lean.csv.gz")
    assert days(findings["split"]) == ["2000-06-21", "2005-02-28", "2014-06-09", "2020-08-31"]
    assert findings["split"].mend == (
        "kairos data adjust QQQ --split 2000-06-21:2 --split 2005-02-28:2 --split 2014-06-09:7 "
        "--split 2020-08-31:4"
    )
    assert set(findings) == {"split", "spike"}
    assert days(findings["spike"]) == ["2009-09-21", "2010-08-31", "2011-01-03"]


@pytest.mark.parametrize(
    ("name", "split"),
    [("ibm", ["1999-05-27"]), ("qqq", ["2000-03-20"]), ("spy", [])],
)
def test_splits_of_other_unadjusted_files(database: Database, name: str, split: list[str]) -> None:
    """IBM 2:1 and QQQ 2:1; SPY never; QQQ's gap of seven years is missing sessions, no split."""
    findings = findings_of(database, f"{name}_daily_raw_lean.csv.gz")
    assert (days(findings["split"]) if "split" in findings else []) == split
    if name == "qqq":
        assert findings["missing_sessions"].count == 1_588
        assert "2004-12-01 to 2011-03-22" in findings["missing_sessions"].worst


def test_flash_crash_is_real(database: Database) -> None:
    """No spike in August 2015; six minutes after the halt are missing."""
    findings = findings_of(database, "ndx_cfd_1min_2015-08_flash_crash.csv.gz")
    assert set(findings) == {"missing_bars", "single_zero_range"}
    assert findings["missing_bars"].count == 6


def test_index_cfd_has_its_known_defects(database: Database) -> None:
    """17 sessions missing, 26 short days and 5 of a half day's length, 3 bars with high = low."""
    findings = findings_of(database, "ndx_cfd_30min_2012_2017.csv.gz")
    assert findings["missing_sessions"].count == 17
    assert "2012-03-14" in days(findings["missing_sessions"])
    kinds = ("half_sessions", "short_sessions", "missing_bars", "cut_sessions")
    short = {day for kind in kinds for day in days(findings[kind])}
    assert len(short) == 26 + 5
    assert findings["single_zero_range"].count == 3
    assert not {"spike", "split", "stale"} & set(findings)


def test_alpaca_half_days_have_an_afternoon(database: Database) -> None:
    """104 bars after 13:00 on three half days; one print among them is false."""
    findings = findings_of(database, "qqq_5min_2024-01_2025-05_alpaca.csv.gz")
    assert set(findings) == {"half_day_after_hours", "spike"}
    assert findings["half_day_after_hours"].count == 104
    assert sorted(set(days(findings["half_day_after_hours"]))) == [
        "2024-07-03",
        "2024-11-29",
        "2024-12-24",
    ]
    assert findings["spike"].severity == "warning"


def test_days_of_47_minutes_are_short(database: Database) -> None:
    """Four of them, and the last day, which was not over."""
    findings = findings_of(database, "qqq_1min_2025-08_ibkr.csv.gz", timezone=NEW_YORK)
    assert set(findings) == {"short_sessions", "cut_sessions"}
    assert days(findings["short_sessions"]) == [f"2025-08-{day}" for day in (12, 18, 20, 26)]
    assert "47 of 390 bars" in findings["short_sessions"].worst
    assert days(findings["cut_sessions"]) == ["2025-08-28"]


def test_mixed_sessions_and_closing_bars(database: Database) -> None:
    """SPY by the minute: the last six days are extended, 247 days keep 16:00, 3 half days go on."""
    findings = findings_of(database, "spy_1min_2024-03_2025-04.parquet")
    assert findings["mixed_sessions"].count == 6
    assert days(findings["mixed_sessions"])[0] == "2025-03-26"
    assert findings["closing_bar"].count == 247
    assert findings["half_day_after_hours"].count == 396
    outside = ("mixed_sessions", "closing_bar", "half_day_after_hours")
    assert sum(len(findings[kind].stamps) for kind in outside) == 2_972


def test_extended_hours_on_every_day_are_fine(database: Database) -> None:
    """Polygon: thin hours are no defect; its false prints are spikes, most outside the sessions."""
    findings = findings_of(database, "spy_1min_ext_2024-02_2024-05_polygon.csv.gz")
    assert set(findings) <= {"spike", "sudden_move"}
    assert "27 of them outside the sessions" in findings["spike"].worst


@pytest.mark.parametrize("interval", ["1min", "30min"])
def test_futures_pause_and_holidays_are_notes(database: Database, interval: str) -> None:
    """NQ: an hour's pause a day, Thanksgiving's evening, minutes without a trade."""
    name = f"nq_{interval}_2023-11_2023-12_firstrate_sample.csv.gz"
    findings = findings_of(database, name, "CMES", NEW_YORK)
    assert {finding.severity for finding in findings.values()} == {"note"}
    pause = findings["untraded_hours"].stamps
    assert ((pause - utc("2023-11-20 22:00")) % 86_400 < 3_600).all()


def test_forex_weekends_are_notes_and_its_holidays_short(database: Database) -> None:
    """Sunday evenings and Friday nights are its own hours; Christmas and New Year are short."""
    findings = findings_of(database, "eurusd_1h_2017_2018.csv.gz", "24/5", "UTC")
    assert days(findings["short_sessions"]) == ["2017-12-25", "2018-01-01"]
    worse = [kind for kind, finding in findings.items() if finding.severity != "note"]
    assert worse == ["short_sessions"]
    assert findings["no_session"].count == 108


def test_alpaca_and_ibkr_agree_but_for_five_bars(database: Database) -> None:
    """16,776 bars in common, a cent apart in the median, volumes about ten to one."""
    _, alpaca = bars_of(database, "qqq_5min_2024-01_2025-05_alpaca.csv.gz")
    report = import_bars(
        database, SHARED / "qqq_5min_2024-07_2025-08_ibkr.csv.gz", "Y", timezone=NEW_YORK
    )
    ibkr = columns_of(read_bars(database, "Y", report.interval))
    finding = compare_vendors("QQQ", "5m", alpaca, ibkr, ("Alpaca", "IBKR"))
    assert finding is not None
    assert finding.worst.startswith("16,776 bars of Alpaca and IBKR have the same time")
    assert "differ by 0.01 in the median" in finding.worst
    assert "9.28 times" in finding.worst
    assert np.isin(finding.stamps, alpaca.timestamp).all()
