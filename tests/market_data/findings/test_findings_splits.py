from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from bar_rows import utc
from planted import between, clean, found, moved, scaled

DAY = date(2024, 2, 6)


@pytest.mark.parametrize("interval", ["1d", "30m", "5m"])
@pytest.mark.parametrize("ratio", [2, 3, 1.5, 4, 7, 20, 0.5, 0.1, 0.125])
def test_split_is_found_with_its_command(interval: str, ratio: float) -> None:
    """Prices divided and volumes multiplied from a day on: the day, the ratio, an error."""
    bars = clean(interval)
    later = bars.timestamp >= utc("2024-02-06")
    findings = found(scaled(bars, later, price=1 / ratio, volume=ratio), interval)
    finding = findings["split"]
    assert list(findings) == ["split"]
    assert (finding.severity, finding.count) == ("error", 1)
    assert finding.stamps.tolist() == [utc("2024-02-06 14:30")]
    assert finding.mend == f"kairos data adjust QQQ --split 2024-02-06:{ratio}"


def test_split_with_volumes_adjusted_before_is_found() -> None:
    """Vendors adjust one and forget the other; the money did not rush all the same."""
    bars = clean("1d")
    later = bars.timestamp >= utc("2024-02-06")
    assert found(scaled(bars, later, price=0.5), "1d")["split"].count == 1


def test_crash_to_a_half_is_left_alone() -> None:
    """The price halves and seven times the money changes hands: no split."""
    bars = clean("1d")
    later = bars.timestamp >= utc("2024-02-06")
    crash = scaled(bars, later, price=0.52, volume=3.0)
    crash = scaled(crash, between(bars, "2024-02-06", "2024-02-07"), volume=5.0)
    assert "split" not in found(crash, "1d")


def test_jump_far_from_any_ratio_is_no_split() -> None:
    """Down to 0.57, quietly."""
    bars = clean("1d")
    assert "split" not in found(scaled(bars, bars.timestamp >= utc("2024-02-06"), price=0.57), "1d")


def test_jump_far_from_any_ratio_is_no_split_in_wild_markets_either() -> None:
    """Nights of several percent widen the room, but not without end."""
    bars = clean("1d")
    nights = np.exp(np.random.default_rng(6).normal(0, 0.04, len(bars)).cumsum())
    wild = scaled(bars, slice(None), price=nights)
    later = bars.timestamp >= utc("2024-02-06")
    last, next_open = wild.close[~later][-1], wild.open[later][0]
    assert "split" in found(scaled(wild, later, price=last / next_open / 2.1), "1d")
    assert "split" not in found(scaled(wild, later, price=last / next_open / 3.45), "1d")


def test_small_ratio_is_a_warning() -> None:
    """5:4 looks much like bad news."""
    bars = clean("1d")
    later = bars.timestamp >= utc("2024-02-06")
    finding = found(scaled(bars, later, price=0.8, volume=1.25), "1d")["split"]
    assert finding.severity == "warning"
    assert "near 5:4" in finding.worst


def test_false_opening_price_is_a_spike_and_no_split() -> None:
    """Prices do not stay on the new level."""
    findings = found(moved(clean("1d"), "2024-02-06 14:30", open=2.0), "1d")
    assert list(findings) == ["spike"]


def test_split_without_volume_is_a_warning() -> None:
    """There is nothing to tell it from a crash by."""
    bars = clean("1d")
    bars = scaled(bars, bars.timestamp >= utc("2024-02-06"), price=0.25)
    finding = found(replace(bars, volume=np.zeros(len(bars))), "1d")["split"]
    assert finding.severity == "warning"
    assert "no volume to judge it by" in finding.worst


def test_known_split_is_not_reported_again() -> None:
    """The known one is quiet, the other is not; a wrong ratio is reported."""
    bars = clean("1d")
    bars = scaled(bars, bars.timestamp >= utc("2024-02-06"), price=0.5, volume=2)
    bars = scaled(bars, bars.timestamp >= utc("2024-03-05"), price=0.25, volume=4)
    both = found(bars, "1d")["split"]
    assert both.count == 2 and "near 4:1" in both.worst
    assert both.mend == "kairos data adjust QQQ --split 2024-02-06:2 --split 2024-03-05:4"
    one = found(bars, "1d", known_splits={DAY: 2.0})["split"]
    assert (one.count, one.mend) == (1, "kairos data adjust QQQ --split 2024-03-05:4")
    assert "split" not in found(bars, "1d", known_splits={DAY: 2.0, date(2024, 3, 5): 4.0})
    assert found(bars, "1d", known_splits={DAY: 3.0})["split"].count == 2


def test_jump_over_a_long_gap_is_no_split() -> None:
    """After two weeks without a bar anything may have happened."""
    bars = clean("1d")
    bars = scaled(bars, bars.timestamp >= utc("2024-02-06"), price=0.5, volume=2)
    assert "split" not in found(bars.take(~between(bars, "2024-01-22", "2024-02-06")), "1d")


@pytest.mark.parametrize("interval", ["1d", "30m"])
@pytest.mark.parametrize(("factor", "told"), [(100, "100 times more"), (0.1, "10 times less")])
def test_change_of_the_volume_unit_is_found(interval: str, factor: float, told: str) -> None:
    """Volumes change by a power of ten and stay; the shorter side is to be fetched again."""
    bars = clean(interval)
    finding = found(scaled(bars, bars.timestamp >= utc("2024-03-05"), volume=factor), interval)[
        "volume_unit"
    ]
    assert (finding.severity, finding.count) == ("warning", 1)
    assert finding.stamps.tolist() == [utc("2024-03-05 14:30")]
    assert finding.worst.startswith("from 2024-03-05 on volume is")
    assert "--start 2024-03-05 --end 2024-03-28" in finding.mend
    assert told.split()[-1] in finding.worst


def test_week_of_large_volume_is_no_change_of_unit() -> None:
    """It does not stay."""
    bars = clean("1d")
    week = between(bars, "2024-02-05", "2024-02-10")
    assert "volume_unit" not in found(scaled(bars, week, volume=10), "1d")


def test_wilder_market_that_trades_more_is_no_change_of_unit() -> None:
    """Ranges grow with volume: people really trade more."""
    bars = clean("1d")
    later = bars.timestamp >= utc("2024-02-06")
    middle = (bars.high + bars.low) / 2
    high = np.where(later, bars.high + 3 * (bars.high - middle), bars.high)
    low = np.where(later, bars.low - 3 * (middle - bars.low), bars.low)
    findings = found(scaled(replace(bars, high=high, low=low), later, volume=10), "1d")
    assert "volume_unit" not in findings
