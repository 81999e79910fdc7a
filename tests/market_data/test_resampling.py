"""Resampling: laws on random bars with gaps, half days, changes of clocks and extended hours."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from bar_rows import rows_at, utc
from hypothesis import given
from hypothesis import strategies as st
from resampling_cases import gappy_bars, plain_twin, rows_of

from infrastructure.database.engine import Database
from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.bars import AFTER_CLOSE, IN_SESSION, LAST_OF_SESSION, Bars
from infrastructure.market_data.derived import source_interval
from infrastructure.market_data.intake.importing import import_bars
from infrastructure.market_data.intervals import interval_name
from infrastructure.market_data.resampling import resampled
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.store.reading import make_bars, read_bars
from infrastructure.market_data.synthetic import make_demo_bars

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
PRICES = ("open", "high", "low", "close")
COARSER = st.sampled_from(("30m", "1h", "2h", "4h", "12h", "1d"))


def coarse(bars: Bars, interval: str) -> Bars:
    """Resampled by the bars' own calendar."""
    return resampled(bars, interval, get_calendar(bars.calendar))


def minutes(first: str, count: int, session: str = "regular", step: int = 30) -> Bars:
    """So many New York bars in a row from a moment (UTC) on, a cent dearer from one to the next."""
    stamps = utc(first) + 60 * step * np.arange(count)
    columns = {**vars(rows_at(*["2024-01-02"] * count)), "timestamp": stamps}
    return make_bars("X", interval_name(60 * step) or "", **columns, session=session)


@given(gappy_bars(), COARSER)
def test_resampling_is_its_plain_twin(bars: Bars, interval: str) -> None:
    """Every column of every bar, exactly (volumes are whole numbers)."""
    twin = plain_twin(bars, interval, get_calendar(bars.calendar))
    assert rows_of(coarse(bars, interval)) == (rows_of(bars) if interval == bars.interval else twin)


@given(gappy_bars(), COARSER, st.floats(0, 1))
def test_bars_of_a_prefix_are_a_prefix_of_the_bars(bars: Bars, interval: str, share: float) -> None:
    """No bar changes, and none is taken back, when later ones arrive; none is there too early."""
    known = bars.head(int(share * len(bars)))
    whole, part = rows_of(coarse(bars, interval)), rows_of(coarse(known, interval))
    assert part == whole[: len(part)]
    if len(known):
        until = known.closes_at[-1]
        assert all(row.closes_at <= until for row in part)
        shown = [row for row in whole if row.closes_at <= until]
        assert shown == part


@given(gappy_bars(("5m",)), st.sampled_from(("15m", "30m", "1h", "2h")), COARSER)
def test_two_steps_are_one(bars: Bars, between: str, interval: str) -> None:
    """5m to 30m to 1d is 5m to 1d, wherever the second step is a whole multiple of the first."""
    if source_interval(interval, [between]) is None:
        return
    once = rows_of(coarse(bars, interval))
    twice = rows_of(coarse(coarse(bars, between), interval))
    assert twice == once[: len(twice)]
    assert len(once) - len(twice) <= 1  # where the first step ends unfinished, so does the second


@given(gappy_bars(), COARSER)
def test_nothing_is_lost_but_the_unfinished_end(bars: Bars, interval: str) -> None:
    """Volume adds up and the extremes are the extremes, of the bars up to the last finished end."""
    made = coarse(bars, interval)
    done = bars.closes_at <= max(made.closes_at, default=0)
    if interval == "1d":  # of the sessions alone
        done &= get_calendar(bars.calendar).in_session(bars.timestamp)
    assert made.volume.sum() == bars.volume[done].sum()
    assert max(made.high, default=0) == max(bars.high[done], default=0)
    assert min(made.low, default=0) == min(bars.low[done], default=0)


@given(gappy_bars(), COARSER)
def test_coarse_bars_are_bars(bars: Bars, interval: str) -> None:
    """Ascending, complete before the next opens, open and close inside, one last bar a session."""
    made = coarse(bars, interval)
    assert (np.diff(made.timestamp) > 0).all()
    assert (made.closes_at > made.timestamp).all()
    assert (made.closes_at[:-1] <= made.timestamp[1:]).all()
    assert (made.low <= np.minimum(made.open, made.close)).all()
    assert (np.maximum(made.open, made.close) <= made.high).all()
    last = made.session[made.phase == LAST_OF_SESSION]
    assert len(np.unique(last)) == len(last)


def test_a_half_day_ends_in_a_short_bar() -> None:
    """2024-07-03 closes at 13:00: its third hour-and-a-half bar, and its last 4-hour bar."""
    bars = coarse(minutes("2024-07-03 13:30", 7), "4h")
    assert bars.timestamp.tolist() == [utc("2024-07-03 13:30")]
    assert bars.closes_at.tolist() == [utc("2024-07-03 17:00")]
    bars = coarse(minutes("2024-07-03 13:30", 7), "90m")
    assert bars.timestamp.tolist() == [utc(f"2024-07-03 {t}") for t in ("13:30", "15:00", "16:30")]
    assert bars.closes_at[-1] == utc("2024-07-03 17:00")
    assert bars.phase.tolist() == [IN_SESSION, IN_SESSION, LAST_OF_SESSION]
    assert bars.open.tolist() == [100.0, 100.03, 100.06]
    assert bars.close.tolist() == [100.52, 100.55, 100.56]


def test_an_unfinished_bar_is_not_there() -> None:
    """Eight half hours make four hours, thirteen a day; one fewer makes none."""
    for count, interval, made in ((7, "4h", 0), (8, "4h", 1), (12, "4h", 1), (13, "4h", 2)):
        assert len(coarse(minutes("2024-01-02 14:30", count), interval)) == made
    assert [len(coarse(minutes("2024-01-02 14:30", n), "1d")) for n in (12, 13)] == [0, 1]


def test_a_bar_whose_end_is_missing_is_there_once_a_later_one_is() -> None:
    """The day's last half hour did not trade: the next bar, after hours or not, tells so."""
    bars = minutes("2024-01-02 14:30", 15, session="extended")
    for later in (13, 14):
        rows = np.delete(np.arange(later + 1), 12)
        columns = {name: getattr(bars, name)[rows] for name in (*PRICES, "timestamp", "volume")}
        gappy = make_bars("X", "30m", **columns, session="extended")
        assert len(coarse(gappy, "1d")) == 1
    assert len(coarse(bars.head(12), "1d")) == 0


def test_hours_outside_the_session_never_mix_with_it() -> None:
    """The bucket 12:30 to 13:30 of a half day is two bars: to the close, and after it."""
    bars = coarse(minutes("2024-07-03 12:30", 11, session="extended"), "1h")
    labels = [
        "12:30",
        "13:30",
        "14:30",
        "15:30",
        "16:30",
        "17:00",
    ]
    assert bars.timestamp.tolist() == [utc(f"2024-07-03 {label}") for label in labels]
    ends = [*labels[1:], "17:30"]
    assert bars.closes_at.tolist() == [utc(f"2024-07-03 {end}") for end in ends]
    assert bars.phase.tolist() == [0, 0, 0, 0, LAST_OF_SESSION, AFTER_CLOSE]
    daily = coarse(minutes("2024-07-03 12:30", 11, session="extended"), "1d")
    assert (daily.open.tolist(), daily.close.tolist()) == ([100.02], [100.58])
    assert daily.volume.tolist() == [7_000.0]


def test_synthetic_bars_of_all_intervals_agree() -> None:
    """They are cut from one path: resampling the minutes cuts it again, and they stay synthetic."""
    days = {"start": date(2024, 6, 20), "end": date(2024, 7, 5)}
    fine = make_demo_bars("QQQ", "1m", **days)
    for interval in ("5m", "30m", "1h", "1d"):
        made = coarse(fine, interval)
        assert rows_of(made) == rows_of(make_demo_bars("QQQ", interval, **days))
        assert made.synthetic and made.interval == interval


def test_the_same_interval_is_the_same_bars() -> None:
    """Nothing is made, and nothing left out."""
    bars = minutes("2024-01-02 14:30", 5)
    assert coarse(bars, "30m") is bars
    assert len(coarse(bars.head(0), "1h")) == len(coarse(bars.head(0), "1d")) == 0


@pytest.mark.parametrize("interval", ["45m", "15m", "5m"])
def test_another_interval_than_a_multiple_is_refused(interval: str) -> None:
    """Half of a bar cannot be told from the other half."""
    told = f"X 30m: expected a whole multiple of 30m, or 1d; found {interval}"
    with pytest.raises(ConfigError, match=told):
        coarse(minutes("2024-01-02 14:30", 5), interval)


def test_another_calendar_is_refused() -> None:
    """Sessions are those of the bars."""
    with pytest.raises(ConfigError, match=r"X 30m: bars of XNYS .* found the calendar 24/7"):
        resampled(minutes("2024-01-02 14:30", 5), "1h", get_calendar("24/7"))


def test_bars_that_are_not_counted_from_the_open_are_refused() -> None:
    """A bar from 15:00 to 16:00 UTC belongs to two 4-hour bars, or knows of the next one."""
    bars = minutes("2024-01-02 15:00", 5, step=60)
    with pytest.raises(DataError, match=r"X 1h: .* the bar of 2024-01-02 18:00 .* over .* 18:30"):
        coarse(bars, "4h")


@pytest.mark.parametrize(
    ("wanted", "stored", "found"),
    [
        ("30m", ["1m", "5m", "1h"], "5m"),
        ("30m", ["30m", "1m"], "30m"),
        ("1d", ["1m", "7m", "4h"], "4h"),
        ("45m", ["30m", "1h"], None),
        ("5m", ["1d"], None),
        ("1d", [], None),
    ],
)
def test_a_bar_is_made_of_the_coarsest_that_fits(
    wanted: str, stored: list[str], found: str | None
) -> None:
    """Whole multiples, and any interval for a day."""
    assert source_interval(wanted, stored) == found


@pytest.mark.skipif(not SHARED.is_dir(), reason="the collected data is not here")
def test_five_minutes_give_the_half_hours_bar_for_bar(database: Database) -> None:
    """The collected files: 27,504 bars make 4,584, prices and volumes exactly; and 354 days."""
    for name, symbol in (
        ("5min_2024-01_2025-05_alpaca.csv.gz", "F"),
        ("30min_2024-01_2025-05.csv", "C"),
    ):
        import_bars(database, SHARED / f"qqq_{name}", symbol)
    fine, there = read_bars(database, "F", "5m"), read_bars(database, "C", "30m")
    assert len(there) == 4_584
    assert rows_of(coarse(fine, "30m")) == rows_of(there)
    assert rows_of(coarse(there, "1d")) == rows_of(coarse(fine, "1d"))
    extended = coarse(read_bars(database, "F", "5m", session="extended"), "30m")
    inside = extended.phase != AFTER_CLOSE
    assert (~inside).sum() == 18
    assert rows_of(extended)[:13] == rows_of(there)[:13]
    assert (extended.close[inside] == there.close).all()
