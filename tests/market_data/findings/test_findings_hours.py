from datetime import date

from bar_rows import utc
from planted import clean, found, with_bars

CLOSES = ["2024-01-03 21:00", "2024-01-04 21:00", "2024-01-05 21:00"]


def test_bars_that_open_at_the_close_are_a_note() -> None:
    """The bar of 16:00, which many vendors keep."""
    finding = found(with_bars(clean(end=date(2024, 1, 9)), *CLOSES))["closing_bar"]
    assert (finding.severity, finding.count) == ("note", 3)
    assert finding.stamps.tolist() == [utc(moment) for moment in CLOSES]
    assert "2024-01-03 16:00 (21:00 UTC)" in finding.worst


def test_half_day_that_goes_on_is_a_note() -> None:
    """July 3 closed at 13:00; bars of the afternoon were cut by the clock."""
    afternoon = [f"2024-07-03 {clock}" for clock in ("17:00", "17:30", "19:30", "20:00")]
    bars = with_bars(clean(start=date(2024, 6, 3), end=date(2024, 7, 12)), *afternoon)
    findings = found(bars)
    assert list(findings) == ["half_day_after_hours"]
    assert findings["half_day_after_hours"].stamps.tolist() == [utc(m) for m in afternoon]
    assert "1 half day" in findings["half_day_after_hours"].worst


def test_some_sessions_with_extended_hours_are_mixed() -> None:
    """The last two sessions begin at 07:00: counted as sessions, stamps of the bars outside."""
    early = [f"2024-03-{day} {clock}" for day in (27, 28) for clock in ("11:00", "11:30")]
    finding = found(with_bars(clean(), *early))["mixed_sessions"]
    assert (finding.severity, finding.count) == ("warning", 2)
    assert finding.stamps.tolist() == [utc(moment) for moment in early]
    assert "2024-03-27 to 2024-03-28" in finding.worst
    assert finding.mend == "kairos data mend QQQ --interval 30m --remove mixed_sessions"


def test_extended_hours_on_every_day_are_not_mixed() -> None:
    """That is simply what the data is."""
    bars = clean(end=date(2024, 1, 9))
    early = [f"2024-01-{day:02} 13:00" for day in (2, 3, 4, 5, 8, 9)]
    assert found(with_bars(bars, *early)) == {}


def test_now_and_then_a_trade_before_the_open_is_not_mixed() -> None:
    """Every other day has one: chance, no change of the data."""
    days = [f"2024-01-{day:02} 13:00" for day in (3, 5, 9, 11, 16, 18, 22, 24, 26, 30)]
    assert found(with_bars(clean(end=date(2024, 1, 31)), *days)) == {}
