from datetime import date

import numpy as np
from bar_rows import utc
from planted import between, clean, found, row_of

from infrastructure.market_data.columns import BarColumns

VALUES = ("open", "high", "low", "close", "volume")


def repeated(columns: BarColumns, first: str, last: str) -> BarColumns:
    """The bar at `first` again and again, up to but not including `last`."""
    rows = between(columns, first, last)
    for name in VALUES:
        getattr(columns, name)[rows] = getattr(columns, name)[row_of(columns, first)]
    return columns


def flat(columns: BarColumns, first: str, last: str) -> BarColumns:
    """Bars whose open, high, low and close are their open."""
    rows = between(columns, first, last)
    for name in ("high", "low", "close"):
        getattr(columns, name)[rows] = columns.open[rows]
    return columns


def test_stale_tail_of_a_session_is_found_but_for_its_first_bar() -> None:
    """Five bars the same: four repeats, and that they go on to the session's end."""
    finding = found(repeated(clean(), "2024-02-06 18:30", "2024-02-06 21:00"))["stale"]
    assert (finding.severity, finding.count) == ("warning", 4)
    assert finding.stamps.tolist() == [
        utc(f"2024-02-06 {t}") for t in ("19:00", "19:30", "20:00", "20:30")
    ]
    assert "1 run of the same bar, 1 to a session's end" in finding.worst
    assert "repeats the bar 2024-02-06 13:30 (18:30 UTC) 4 times" in finding.worst
    assert finding.mend == "kairos data mend QQQ --interval 30m --remove stale"


def test_stale_bars_in_the_middle_are_found() -> None:
    """Three the same are a run."""
    finding = found(repeated(clean(), "2024-02-06 16:00", "2024-02-06 17:30"))["stale"]
    assert finding.count == 2
    assert "session's end" not in finding.worst


def test_two_bars_alike_are_chance() -> None:
    """No finding for a pair."""
    assert found(repeated(clean(), "2024-02-06 16:00", "2024-02-06 17:00")) == {}


def test_stale_daily_bars_run_to_the_end_of_the_data() -> None:
    """A vendor that went on after the symbol was gone."""
    finding = found(repeated(clean("1d"), "2024-03-25 13:30", "2024-03-29"), "1d")["stale"]
    assert finding.count == 3
    assert "to the end of the data" in finding.worst


def test_run_of_bars_without_range_is_a_warning() -> None:
    """Four in a row; they can be removed."""
    finding = found(flat(clean(), "2024-02-06 16:00", "2024-02-06 18:00"))["zero_range"]
    assert (finding.severity, finding.count) == ("warning", 4)
    assert "4 bars from 2024-02-06 11:00 (16:00 UTC)" in finding.worst
    assert finding.mend.endswith("--remove zero_range")


def test_single_bar_without_range_is_a_note() -> None:
    """It may be true."""
    finding = found(flat(clean(), "2024-02-06 16:00", "2024-02-06 16:30"))["single_zero_range"]
    assert (finding.severity, finding.count, finding.mend) == ("note", 1, "")


def test_bars_without_range_are_usual_where_few_trade() -> None:
    """Every third bar is one trade: runs of them are no warning."""
    bars = clean("1m", end=date(2024, 1, 5))
    one_trade = np.random.default_rng(5).random(len(bars)) < 0.4
    for name in ("high", "low", "close"):
        getattr(bars, name)[one_trade] = bars.open[one_trade]
    findings = found(bars, "1m")
    assert list(findings) == ["frequent_zero_range"]
    assert findings["frequent_zero_range"].severity == "note"
    assert findings["frequent_zero_range"].count == (bars.high == bars.low).sum()


def test_closes_only_are_a_warning() -> None:
    """A vendor that writes the close four times: candles and stops mean nothing."""
    finding = found(flat(clean(), "2024-01-01", "2024-04-01"))["frequent_zero_range"]
    assert (finding.severity, finding.count, finding.mend) == ("warning", len(clean()), "")
    assert "100% of all" in finding.worst


def test_run_without_volume_is_a_warning_and_not_to_be_removed() -> None:
    """Prices move, volume is zero: fetched again, not thrown away."""
    bars = clean()
    bars.volume[between(bars, "2024-02-06 16:00", "2024-02-06 18:00")] = 0
    finding = found(bars)["zero_volume"]
    assert (finding.severity, finding.count) == ("warning", 4)
    assert finding.mend == (
        "kairos data download QQQ --interval 30m --start 2024-02-06 --end 2024-02-06"
    )


def test_series_without_any_volume_is_a_note() -> None:
    """An index: one note, no runs."""
    bars = clean()
    bars.volume[:] = 0
    findings = found(bars)
    assert list(findings) == ["no_volume"]
    assert findings["no_volume"].severity == "note"
