from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from bar_rows import utc
from planted import between, clean, found, moved, scaled, with_bars

SPIKE = "2024-02-06 16:00"


@pytest.mark.parametrize("interval", ["30m", "5m", "1m"])
@pytest.mark.parametrize(
    "prices",
    [
        {"high": 1.1},
        {"low": 0.9},
        {"close": 1.1},
        {"close": 0.9},
        {"open": 1.1},
        {"open": 1.1, "high": 1.1, "low": 1.1, "close": 1.1},
        {"open": 0.1, "high": 0.1, "low": 0.1, "close": 0.1},
    ],
)
def test_false_price_that_reverts_is_an_error(interval: str, prices: dict[str, float]) -> None:
    """A false high, low, open, close or whole bar; its stamp alone."""
    bars = clean(interval, start=date(2024, 2, 1), end=date(2024, 2, 9))
    findings = found(moved(bars, SPIKE, **prices), interval)
    assert list(findings) == ["spike"]
    finding = findings["spike"]
    assert (finding.severity, finding.count) == ("error", 1)
    assert finding.stamps.tolist() == [utc(SPIKE)]
    assert "2024-02-06 11:00 (16:00 UTC)" in finding.worst
    assert finding.mend == f"kairos data mend QQQ --interval {interval} --remove spike"


@pytest.mark.parametrize(("factor", "name"), [(1.3, "high"), (0.7, "low")])
def test_false_price_of_a_day_is_found(factor: float, name: str) -> None:
    """Daily bars have no time of the day; their neighbours tell what is usual."""
    finding = found(moved(clean("1d"), "2024-02-06 14:30", **{name: factor}), "1d")["spike"]
    assert finding.stamps.tolist() == [utc("2024-02-06 14:30")]
    assert f"2024-02-06: {name}" in finding.worst


@pytest.mark.parametrize("factor", [1.1, 0.9, 1.5])
@pytest.mark.parametrize("interval", ["30m", "1m", "1d"])
def test_gap_at_an_open_stays(interval: str, factor: float) -> None:
    """A night's news moves all prices from then on: that is no spike, nor anything else."""
    bars = clean(interval)
    later = bars.timestamp >= utc("2024-02-06")
    usual = np.ones(len(bars))
    usual[between(bars, "2024-02-06", "2024-02-07")] = 5.0  # everybody trades on the news
    bars.volume[:] = bars.volume * usual
    assert found(scaled(bars, later, price=factor), interval) == {}


def test_move_that_goes_on_is_no_spike() -> None:
    """A crash of a tenth in five bars and back in ten."""
    bars = clean("1m", start=date(2024, 2, 1), end=date(2024, 2, 9))
    first = int(np.flatnonzero(bars.timestamp == utc(SPIKE))[0])
    path = np.concatenate((np.linspace(1, 0.9, 6), np.linspace(0.9, 1, 11)[1:]))
    for step, (before, after) in enumerate(pairwise(path)):
        row = first + step
        bars.open[row] *= before
        bars.close[row] *= after
        bars.high[row] *= max(before, after)
        bars.low[row] *= min(before, after)
    assert found(bars.without_noise(), "1m") == {}


def test_wild_first_minutes_are_usual() -> None:
    """What the open does every day is no spike on one of them."""
    bars = clean("5m", end=date(2024, 2, 9))
    opens = (bars.timestamp - utc("2024-01-01 14:30")) % 86_400 == 0
    bars.high[opens] *= 1.02
    assert found(bars, "5m") == {}


def test_move_amid_a_rush_is_a_note() -> None:
    """The same false-looking low, where the bars around trade ten times as much: a real move."""
    bars = moved(clean("1m", end=date(2024, 2, 9)), SPIKE, low=0.97)
    busy = between(bars, "2024-02-06 15:57", "2024-02-06 16:04")
    findings = found(scaled(bars, busy, volume=10.0), "1m")
    assert list(findings) == ["sudden_move"]
    assert (findings["sudden_move"].severity, findings["sudden_move"].mend) == ("note", "")
    assert findings["sudden_move"].stamps.tolist() == [utc(SPIKE)]


def test_spike_outside_the_sessions_is_a_warning() -> None:
    """No stop is filled there in regular hours."""
    evening = [
        f"2024-02-{day:02} {clock}" for day in (6, 7) for clock in ("21:00", "21:30", "22:00")
    ]
    bars = moved(with_bars(clean(), *evening), "2024-02-06 21:30", high=1.2)
    finding = found(bars)["spike"]
    assert (finding.severity, finding.count) == ("warning", 1)
    assert "1 of them outside the sessions" in finding.worst


def test_a_price_that_stood_still_has_its_spikes_too() -> None:
    """Where hardly a bar moves, the whole series tells what is usual."""
    bars = clean("1m", start=date(2024, 2, 5), end=date(2024, 2, 7))
    still = between(bars, "2024-02-06", "2024-02-07")
    for name in ("open", "high", "low", "close"):
        getattr(bars, name)[still] = 300.0
    assert found(moved(bars, SPIKE, high=1.05), "1m")["spike"].stamps.tolist() == [utc(SPIKE)]


@pytest.mark.parametrize("interval", ["30m", "1m"])
@pytest.mark.parametrize("n_bars", [2, 3, 5])
@pytest.mark.parametrize("factor", [10.0, 0.01, 1.15, 0.85])
def test_few_bars_on_another_level_are_an_error(interval: str, n_bars: int, factor: float) -> None:
    """A decimal point that slipped for some bars: all of them, and none besides."""
    bars = clean(interval, start=date(2024, 2, 1), end=date(2024, 2, 9))
    first = int(np.flatnonzero(bars.timestamp == utc(SPIKE))[0])
    rows = slice(first, first + n_bars)
    findings = found(scaled(bars, rows, price=factor), interval)
    assert list(findings) == ["displaced"]
    assert (findings["displaced"].severity, findings["displaced"].count) == ("error", n_bars)
    assert findings["displaced"].stamps.tolist() == bars.timestamp[rows].tolist()
    assert f"{n_bars} bars from 2024-02-06 11:00 (16:00 UTC)" in findings["displaced"].worst
    assert findings["displaced"].mend.endswith(f"--interval {interval} --remove displaced")


def test_another_level_for_long_is_not_displaced() -> None:
    """Six bars and more: the market may have been there."""
    bars = clean("1m", start=date(2024, 2, 1), end=date(2024, 2, 9))
    first = int(np.flatnonzero(bars.timestamp == utc(SPIKE))[0])
    assert found(scaled(bars, slice(first, first + 6), price=1.15), "1m") == {}


def test_jump_back_to_a_third_level_is_not_displaced() -> None:
    """Up by a fifth and, three bars later, down by a tenth: prices never came back."""
    bars = clean("1m", start=date(2024, 2, 1), end=date(2024, 2, 9))
    first = int(np.flatnonzero(bars.timestamp == utc(SPIKE))[0])
    jumped = scaled(bars, slice(first, None), price=1.2)
    assert found(scaled(jumped, slice(first + 3, None), price=0.9), "1m") == {}
