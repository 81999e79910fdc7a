from datetime import date

import numpy as np
import pytest
from bar_rows import utc
from planted import between, clean, found, with_bars, without

from infrastructure.market_data.sessions.calendars import get_calendar


@pytest.mark.parametrize(
    ("interval", "calendar"),
    [
        ("30m", "XNYS"),
        ("1d", "XNYS"),
        ("1m", "XNYS"),
        ("1h", "24/7"),
        ("1h", "24/5"),
        ("1h", "CMES"),
    ],
)
def test_whole_sessions_give_nothing(interval: str, calendar: str) -> None:
    """Sessions as the calendar has them, half days included, are no finding."""
    assert found(clean(interval, calendar=calendar, end=date(2024, 7, 8)), interval, calendar) == {}


def test_missing_sessions_are_counted_between_first_and_last() -> None:
    """Two days without a bar: their openings, the longest gap in words, a download of both."""
    bars = clean()
    gone = between(bars, "2024-01-09", "2024-01-11")
    finding = found(bars.take(~gone))["missing_sessions"]
    assert (finding.severity, finding.count) == ("warning", 2)
    assert finding.stamps.tolist() == [utc("2024-01-09 14:30"), utc("2024-01-10 14:30")]
    assert "2024-01-09 to 2024-01-10" in finding.worst
    assert finding.mend == (
        "kairos data download QQQ --interval 30m --start 2024-01-09 --end 2024-01-10"
    )


def test_missing_daily_bars_are_missing_sessions() -> None:
    """A daily series lacks sessions, never bars inside them."""
    bars = clean("1d")
    gone = found(bars.take(~between(bars, "2024-02-01", "2024-02-02")), "1d")
    assert list(gone) == ["missing_sessions"]
    assert "1 session: 2024-02-01" in gone["missing_sessions"].worst


def test_half_day_that_the_calendar_has_not() -> None:
    """July 2 with a half day's bars, where the series knows of the half day July 3."""
    bars = clean(start=date(2024, 6, 3), end=date(2024, 7, 12))
    afternoon = between(bars, "2024-07-02 17:00", "2024-07-02 20:00")
    gone = found(bars.take(~afternoon))
    assert list(gone) == ["half_sessions"]
    assert gone["half_sessions"].stamps.tolist() == [utc("2024-07-02 13:30")]
    assert "2024-07-02: 7 of 13 bars" in gone["half_sessions"].worst


def test_short_session_is_reported_as_a_whole() -> None:
    """A day with 3 of 13 bars is short; its missing bars are not counted again."""
    bars = clean()
    late = between(bars, "2024-02-06 16:00", "2024-02-06 21:00")
    gone = found(bars.take(~late))
    assert list(gone) == ["short_sessions"]
    assert gone["short_sessions"].count == 1
    assert "2024-02-06: 3 of 13 bars" in gone["short_sessions"].worst
    assert "--start 2024-02-06 --end 2024-02-06" in gone["short_sessions"].mend


def test_data_may_begin_and_end_inside_a_session() -> None:
    """A note, and neither a short session nor missing bars."""
    bars = clean()
    cut = found(bars.take(slice(9, -9)))
    assert list(cut) == ["cut_sessions"]
    assert (cut["cut_sessions"].severity, cut["cut_sessions"].count) == ("note", 2)
    assert "2024-01-02 14:00 (19:00 UTC)" in cut["cut_sessions"].worst
    assert "2024-03-28 11:00 (15:00 UTC)" in cut["cut_sessions"].worst


def test_one_session_may_be_cut_on_both_sides() -> None:
    """A few bars of one day: a hole among them is missing, what lies around is not."""
    bars = without(clean(end=date(2024, 1, 2)).take(slice(3, 9)), "2024-01-02 17:30")
    findings = found(bars)
    assert list(findings) == ["missing_bars", "cut_sessions"]
    assert findings["missing_bars"].stamps.tolist() == [utc("2024-01-02 17:30")]
    assert "begin inside a session" in findings["cut_sessions"].worst
    assert "end inside a session" in findings["cut_sessions"].worst


def test_bars_on_a_holiday_can_be_removed() -> None:
    """Martin Luther King Day had no session; the stamps are those of the bars."""
    bars = with_bars(clean(), "2024-01-15 15:00", "2024-01-15 15:30")
    finding = found(bars)["no_session"]
    assert (finding.severity, finding.count) == ("warning", 2)
    assert finding.stamps.tolist() == [utc("2024-01-15 15:00"), utc("2024-01-15 15:30")]
    assert "2024-01-15 10:00 (15:00 UTC)" in finding.worst
    assert finding.mend == "kairos data mend QQQ --interval 30m --remove no_session"


def test_daily_bar_on_a_holiday_is_found() -> None:
    """Stored at noon of its date, as daily bars without a session are."""
    finding = found(with_bars(clean("1d"), "2024-01-15 17:00"), "1d")["no_session"]
    assert finding.count == 1
    assert "the first 2024-01-15" in finding.worst


def test_bars_of_every_sunday_are_a_markets_own_hours() -> None:
    """Forex opens on Sunday evening: a note, and nothing to remove."""
    bars = clean("1h", calendar="24/5")
    sundays = [f"2024-{day} 22:00" for day in ("01-07", "01-14", "01-21", "01-28", "02-04")]
    sundays += [f"2024-{day} 22:00" for day in ("02-11", "02-18", "02-25", "03-03", "03-10")]
    finding = found(with_bars(bars, *sundays), "1h", "24/5")["no_session"]
    assert (finding.severity, finding.count, finding.mend) == ("note", 10, "")


def test_futures_evening_belongs_to_the_next_session() -> None:
    """Sunday 17:00 in Chicago opens Monday: neither a bar without a session nor a hole."""
    bars = clean("1h", calendar="CMES", end=date(2024, 1, 31))
    monday = np.searchsorted(
        get_calendar("CMES").session, (date(2024, 1, 8) - date(1970, 1, 1)).days
    )
    assert get_calendar("CMES").opens_at[monday] == utc("2024-01-07 23:00")
    gone = found(bars.take(bars.timestamp != utc("2024-01-07 23:00")), "1h", "CMES")
    assert list(gone) == ["missing_bars"]
    assert "2024-01-07 17:00 (23:00 UTC)" in gone["missing_bars"].worst


def test_no_bar_inside_any_session_is_one_error() -> None:
    """Nights only: the calendar or the time zone is wrong."""
    bars = clean(end=date(2024, 1, 5))
    shifted = found(type(bars)(bars.timestamp + 36_000, *list(vars(bars).values())[1:]))
    assert list(shifted) == ["all_outside"]
    assert shifted["all_outside"].severity == "error"
    assert shifted["all_outside"].count == len(bars)


def test_no_bars_give_no_finding() -> None:
    """An empty series is nothing to complain of."""
    assert found(clean().take(slice(0, 0))) == {}
