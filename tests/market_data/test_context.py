"""Coarser bars beside finer ones: nothing is seen before it has closed."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from resampling_cases import gappy_bars, rows_of

from infrastructure.errors import ConfigError, StrategyError
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.resampling import resampled
from infrastructure.market_data.sessions.calendars import get_calendar
from tests.sample_bars import flat

COARSER = st.sampled_from(("1h", "4h", "1d"))


def beside(bars: Bars, interval: str) -> Bars:
    """The bars with their own coarser ones."""
    coarse = resampled(bars, interval, get_calendar(bars.calendar))
    return bars.with_coarser({interval: coarse})


def three_days() -> Bars:
    """Two bars a day, closing at 1, 2, ... 6; days end at midnight UTC."""
    return beside(flat(1, 2, 3, 4, 5, 6, a_session=2), "1d")


@given(gappy_bars(), COARSER)
def test_a_bar_sees_the_last_one_that_has_closed(bars: Bars, interval: str) -> None:
    """Row by row: of the coarser bars with closes_at up to its own, the last; NaN without one."""
    context = beside(bars, interval).context(interval)
    for row, now in enumerate(bars.closes_at):
        closed = np.flatnonzero(context.bars.closes_at <= now)
        last = closed[-1] if len(closed) else -1
        assert context.row[row] == last
        want = context.bars.close[last] if len(closed) else np.nan
        np.testing.assert_equal(context.close[row], want)


@given(gappy_bars(), COARSER, st.floats(0, 1))
def test_a_prefix_sees_the_same(bars: Bars, interval: str, share: float) -> None:
    """head(n) knows the coarser bars that had closed then, and aligns them as the whole does."""
    n_known = int(share * len(bars))
    whole, known = beside(bars, interval), beside(bars, interval).head(n_known)
    assert known.context(interval).row.tolist() == whole.context(interval).row[:n_known].tolist()
    assert (known.coarser[interval].closes_at <= max(known.closes_at, default=0)).all()
    assert rows_of(known.coarser[interval]) == rows_of(
        beside(bars.head(n_known), interval).coarser[interval]
    )


def test_values_of_days_are_values_of_bars() -> None:
    """The first day is seen from the second on; the last has not ended when the bars do."""
    daily = three_days().context("1d")
    assert daily.bars.close.tolist() == [2.0, 4.0]
    assert daily.row.tolist() == [-1, -1, 0, 0, 1, 1]
    since_midnight = [54_000, 55_800]  # the bars close at 15:00 and 15:30 UTC
    assert daily.age.tolist() == [-1, -1, *since_midnight, *since_midnight]
    np.testing.assert_equal(daily.align([7, 9]), [np.nan, np.nan, 7.0, 7.0, 9.0, 9.0])
    columns = (daily.open, daily.high, daily.low, daily.close, daily.volume)
    assert [column[-1] for column in columns] == [3.0, 4.0, 3.0, 4.0, 2.0]


def test_an_hour_is_seen_at_the_close_of_its_last_half() -> None:
    """From 14:30 on: at 15:00 the hour of 14:00 is new, at 15:30 it is half an hour old."""
    hourly = beside(flat(1, 2, 3, 4), "1h").context("1h")
    assert hourly.row.tolist() == [0, 0, 1, 1]
    assert hourly.age.tolist() == [0, 1_800, 0, 1_800]


def test_a_cut_at_the_start_changes_nothing_after_it() -> None:
    """Row and age of a bar do not depend on where the bars begin."""
    whole, cut = three_days().context("1d"), three_days().rows(3, 6).context("1d")
    assert (cut.row.tolist(), cut.age.tolist()) == (whole.row[3:].tolist(), whole.age[3:].tolist())
    assert three_days().head(0).context("1d").age.tolist() == []


def test_rows_keep_the_history_before_them() -> None:
    """A cut at the start leaves the coarser bars from before it: warm-up."""
    assert three_days().rows(4, 5).coarser["1d"].close.tolist() == [2.0, 4.0]
    assert len(three_days().rows(4, 4).coarser["1d"]) == 0


def test_coarser_bars_are_cut_to_what_had_closed() -> None:
    """Bars that close after the last finer one are not there to be looked at."""
    days = resampled(flat(1, 2, 3, 4, 5, 6, a_session=2), "1d", get_calendar("24/7"))
    bars = flat(1, 2, 3, a_session=2).with_coarser({"1d": days})
    assert bars.coarser["1d"].close.tolist() == [2.0]


def test_what_was_not_asked_for_is_told() -> None:
    """The interval, and those that there are."""
    told = 'context_intervals must name "1h", which the strategy asks for; known are 1d'
    with pytest.raises(ConfigError, match=told):
        three_days().context("1h")
    with pytest.raises(ConfigError, match=r'must name "1d".*; it names none'):
        flat(1, 2).context("1d")


def test_values_are_one_a_coarser_bar() -> None:
    """An indicator of the finer bars does not fit."""
    bars = three_days()
    with pytest.raises(StrategyError, match=r"each of the 2 1d bars, .*; found shape \(6,\)"):
        bars.context("1d").align(bars.close)


def test_coarser_bars_of_something_else_are_refused() -> None:
    """Another symbol, calendar or interval."""
    bars = three_days()
    with pytest.raises(ConfigError, match="must be of X 1h 24/7; found X 1d 24/7"):
        bars.with_coarser({"1h": bars.coarser["1d"]})


def test_what_is_beside_cannot_be_changed() -> None:
    """Other strategies of the run look at it too."""
    with pytest.raises(TypeError):
        three_days().coarser["1d"] = flat(1)  # type: ignore[index]  # that is the point


def test_bars_travel_to_other_processes_with_what_is_beside_them() -> None:
    """Pickled and back they are the same, and still read-only."""
    bars = pickle.loads(pickle.dumps(three_days()))
    assert rows_of(bars) == rows_of(three_days())
    assert bars.coarser["1d"].fingerprint == three_days().coarser["1d"].fingerprint
    assert not bars.close.flags.writeable
    with pytest.raises(TypeError):
        bars.coarser["1d"] = bars
