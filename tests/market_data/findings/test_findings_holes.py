from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from bar_rows import utc
from planted import between, clean, found, with_bars, without

from infrastructure.market_data.findings import series


def test_missing_bars_have_their_stamps() -> None:
    """Three bars on two days; the longest hole in words, by the exchange's clock and in UTC."""
    gone = ("2024-01-04 15:00", "2024-03-12 14:30", "2024-03-12 15:00")
    findings = found(without(clean(), *gone))
    assert list(findings) == ["missing_bars"]
    finding = findings["missing_bars"]
    assert (finding.severity, finding.count) == ("warning", 3)
    assert finding.stamps.tolist() == [utc(moment) for moment in gone]
    assert "in 2 sessions" in finding.worst
    assert "2 bars from 2024-03-12 10:30 (14:30 UTC)" in finding.worst
    assert "--start 2024-01-04 --end 2024-03-12" in finding.mend


def test_first_and_last_bar_of_a_session_may_be_missing() -> None:
    """The opening is the anchor, not the first bar that is there."""
    gone = ("2024-01-04 14:30", "2024-01-04 20:30")
    finding = found(without(clean(), *gone))["missing_bars"]
    assert finding.stamps.tolist() == [utc(moment) for moment in gone]


def test_minutes_lost_at_random_are_a_warning() -> None:
    """One bar in fifty is gone, whatever its volume: every lost stamp is found."""
    bars = clean("1m", end=date(2024, 1, 12))
    lost = np.random.default_rng(3).random(len(bars)) < 0.02
    lost[[0, -1]] = False
    finding = found(bars.take(~lost), "1m")["missing_bars"]
    assert finding.severity == "warning"
    assert finding.stamps.tolist() == bars.timestamp[lost].tolist()


def test_minutes_without_a_trade_are_a_note() -> None:
    """The quietest minutes are absent: volume beside the holes tells that nobody traded."""
    bars = clean("1m", end=date(2024, 1, 12))
    random = np.random.default_rng(4)
    asleep = np.repeat(random.random(len(bars) // 3 + 1) < 0.1, 3)[: len(bars)]
    volume = np.where(asleep, bars.volume * 0.01, bars.volume)
    absent = asleep & (np.arange(len(bars)) % 3 == 1)
    quiet = replace(bars, volume=volume).take(~absent)
    finding = found(quiet, "1m")["missing_bars"]
    assert (finding.severity, finding.mend) == ("note", "")
    assert finding.stamps.tolist() == bars.timestamp[absent].tolist()


def test_quiet_hole_that_is_long_is_a_warning() -> None:
    """Twenty minutes in a row are no chance, whatever the volume beside them."""
    bars = clean("1m", end=date(2024, 1, 12))
    bars.volume[between(bars, "2024-01-04 16:58", "2024-01-04 17:22")] *= 0.01
    gone = bars.take(~between(bars, "2024-01-04 17:00", "2024-01-04 17:20"))
    finding = found(gone, "1m")["missing_bars"]
    assert (finding.severity, finding.count) == ("warning", 20)


def test_quiet_half_hour_that_is_missing_is_a_warning() -> None:
    """In half an hour somebody trades."""
    bars = clean()
    bars.volume[between(bars, "2024-01-04 16:30", "2024-01-04 18:00")] *= 0.01
    finding = found(without(bars, "2024-01-04 17:00"))["missing_bars"]
    assert finding.severity == "warning"


def test_lunch_that_most_sessions_have_is_no_hole() -> None:
    """Places empty day after day are hours that nobody trades; one more hole is still found."""
    bars = clean("30m")
    lunch = np.isin((bars.timestamp - utc("2024-01-01 17:00")) % 86_400, (0, 1_800))
    winter = bars.timestamp < utc("2024-03-10")
    bars = bars.take(~lunch & winter)
    findings = found(without(bars, "2024-02-01 15:00"))
    assert findings["untraded_hours"].severity == "note"
    assert findings["untraded_hours"].count == 2 * 47
    assert findings["missing_bars"].stamps.tolist() == [utc("2024-02-01 15:00")]


def test_friday_night_of_forex_is_no_hole() -> None:
    """Empty on one day of the week only."""
    bars = clean("1h", calendar="24/5")
    friday = (bars.timestamp // 86_400 + 3) % 7 == 4
    night = friday & (bars.timestamp % 86_400 >= 22 * 3_600)
    findings = found(bars.take(~night), "1h", "24/5")
    assert list(findings) == ["untraded_hours"]
    assert findings["untraded_hours"].count == night.sum()


def test_hourly_bars_may_stand_on_the_clock() -> None:
    """09:30, 10:00, 11:00: whole sessions; without 11:00, one hole."""
    bars = clean("30m")
    first = (bars.timestamp - utc("2024-01-01 14:30")) % 86_400 == 0
    winter = bars.timestamp < utc("2024-03-10")
    hourly = bars.take(winter & (first | (bars.timestamp % 3_600 == 0)))
    assert found(hourly, "1h") == {}
    finding = found(without(hourly, "2024-02-01 16:00"), "1h")["missing_bars"]
    assert finding.stamps.tolist() == [utc("2024-02-01 16:00")]


def test_bar_between_the_marks_is_found() -> None:
    """14:47 is no opening time of half an hour."""
    finding = found(with_bars(clean(), "2024-01-04 14:47"))["off_grid"]
    assert finding.stamps.tolist() == [utc("2024-01-04 14:47")]
    assert finding.mend == "kairos data mend QQQ --interval 30m --remove off_grid"


def test_stamps_that_are_mostly_off_the_marks_are_not_removed() -> None:
    """Seven minutes late throughout: no command would mend that."""
    bars = clean()
    finding = found(replace(bars, timestamp=bars.timestamp + 420))["off_grid"]
    assert finding.count == len(bars)
    assert finding.mend == ""
    assert "opening times?" in finding.worst


def test_parts_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked at in parts of 40 bars, a series has the findings it has as a whole."""
    bars = clean()
    bars = without(bars, "2024-01-04 15:00", "2024-02-14 17:30", "2024-03-12 14:30")
    bars.high[300] *= 1.2
    tail = between(bars, "2024-02-20 18:00", "2024-02-20 21:00")
    for name in ("open", "high", "low", "close", "volume"):
        column = getattr(bars, name)
        column[tail] = column[np.flatnonzero(tail)[0]]
    whole = found(bars)
    monkeypatch.setattr(series, "ROWS_AT_ONCE", 40)
    parts = found(bars)
    assert list(whole) == ["spike", "missing_bars", "stale"]
    assert list(parts) == list(whole)
    for kind, finding in whole.items():
        assert parts[kind].stamps.tolist() == finding.stamps.tolist()
        assert (parts[kind].count, parts[kind].worst) == (finding.count, finding.worst)
