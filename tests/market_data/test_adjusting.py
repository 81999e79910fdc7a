"""Splits and dividends: laws of adjusting, by small numbers and by hypothesis."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.factors.adjusting import (
    ADJUSTMENTS,
    Adjustment,
    Factors,
    adjusted,
    no_factors,
    unadjusted,
)

PRICES = ("open", "high", "low", "close")
SPLIT_AND_DIVIDEND = Factors("X", [10, 20], [0.25, 1.0], [1.0, 0.99])
"""Day 10 is the last before a split of 4 for 1, day 20 the last before a dividend of 1 %."""


def flat(*prices: float) -> BarColumns:
    """A bar each day, 100 shares, that stays at its price."""
    column = np.array(prices)
    stamps = np.arange(len(prices), dtype=np.int64)
    return BarColumns(stamps, column, column, column, column, np.full(len(prices), 100.0))


def days(*numbers: int) -> Any:
    """Exchange dates."""
    return np.array(numbers, dtype=np.int64)


@pytest.mark.parametrize(
    ("how", "came", "closes", "volumes"),
    [
        ("none", "none", [100.0, 100.0, 100.0], [100.0, 100.0, 100.0]),
        ("split", "none", [25.0, 100.0, 100.0], [400.0, 100.0, 100.0]),
        ("all", "none", [24.75, 99.0, 100.0], [400.0, 100.0, 100.0]),
        ("all", "split", [99.0, 99.0, 100.0], [100.0, 100.0, 100.0]),
        ("split", "split", [100.0, 100.0, 100.0], [100.0, 100.0, 100.0]),
        ("none", "all", [100.0, 100.0, 100.0], [100.0, 100.0, 100.0]),
        ("split", "all", [100.0, 100.0, 100.0], [100.0, 100.0, 100.0]),
    ],
)
def test_later_events_count_once(
    how: Adjustment, came: Adjustment, closes: list[float], volumes: list[float]
) -> None:
    """Bars of the days 10, 11 and 21: each meets the events after it that it does not hold yet."""
    bars = adjusted(flat(100, 100, 100), days(10, 11, 21), SPLIT_AND_DIVIDEND, how, came)
    assert (bars.close.tolist(), bars.volume.tolist()) == (closes, volumes)


def test_a_new_event_leaves_the_old_rows_as_they_are() -> None:
    """Factors are of one event each: the products are made on reading."""
    more = Factors("X", [10, 20, 30], [0.25, 1.0, 0.5], [1.0, 0.99, 1.0])
    bars = adjusted(flat(100, 100), days(10, 31), more, "split")
    assert bars.close.tolist() == [12.5, 100.0]


def test_without_factors_bars_are_the_very_same() -> None:
    """Nothing is copied where nothing is to be done."""
    bars = flat(1, 2)
    assert adjusted(bars, days(1, 2), no_factors("X"), "all") is bars
    assert adjusted(bars, days(1, 2), SPLIT_AND_DIVIDEND, "none") is bars


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (([2, 1], [1, 1], [1, 1]), "X: factors must be in order.* 1970-01-02 follows 1970-01-03"),
        (([1, 1], [1, 1], [1, 1]), "each date once"),
        (([1], [0.0], [1]), "the split factor of 1970-01-02 must be a number above 0; found 0.0"),
        (([1], [1], [np.nan]), "the dividend factor of 1970-01-02 must be a number above 0"),
        (([1], [1], [np.inf]), "found inf"),
        (([1, 2], [1], [1, 1]), "of one length"),
    ],
)
def test_bad_factors_are_one_line(columns: Any, found: str) -> None:
    """Order, dates, and numbers above zero."""
    with pytest.raises(DataError, match=found):
        Factors("X", *columns)


def test_factors_beyond_all_numbers_are_refused() -> None:
    """A price of zero would be made silently."""
    absurd = Factors("X", [*range(4)], [1e-80] * 4, [1.0] * 4)
    with pytest.raises(DataError, match="X: its factors together leave the range"):
        adjusted(flat(1), days(0), absurd, "split")


def test_another_adjustment_names_the_right_ones() -> None:
    """As every choice does."""
    told = r"adjust: expected none, split or all; found 'splits' \(did you mean \"split\"\?\)"
    with pytest.raises(ConfigError, match=told):
        adjusted(flat(1), days(0), SPLIT_AND_DIVIDEND, "splits")
    with pytest.raises(ConfigError, match="adjusted: expected none, split or all"):
        adjusted(flat(1), days(0), SPLIT_AND_DIVIDEND, "all", "al")


FACTOR = st.floats(1e-3, 1e3)
PRICE = st.floats(1e-4, 1e7)


@st.composite
def market(draw: Any) -> tuple[BarColumns, Any, Factors]:
    """Bars on some days, with prices whose last bits differ, and events on some days."""
    events = draw(st.lists(st.integers(0, 40), unique=True, max_size=6).map(sorted))
    n_events = len(events)
    split, dividend = (
        draw(st.lists(FACTOR, min_size=n_events, max_size=n_events)) for _ in range(2)
    )
    session = draw(st.lists(st.integers(0, 41), min_size=1, max_size=20).map(sorted))
    rows = []
    for _ in session:
        low, one, other, high = sorted(draw(st.lists(PRICE, min_size=4, max_size=4)))
        near = np.nextafter(low, np.inf)  # the smallest body that there is
        rows.append(draw(st.sampled_from([(one, high, low, other), (low, near, low, near)])))
    open_, high_, low_, close = np.array(rows).T
    volume = np.array(draw(st.lists(PRICE, min_size=len(rows), max_size=len(rows))))
    stamps = np.arange(len(rows), dtype=np.int64)
    bars = BarColumns(stamps, open_, high_, low_, close, volume)
    return bars, np.array(session), Factors("X", events, split, dividend)


@given(market(), st.sampled_from(ADJUSTMENTS), st.sampled_from(ADJUSTMENTS))
def test_unadjusting_gives_the_bars_back(
    drawn: tuple[BarColumns, Any, Factors], how: Adjustment, came: Adjustment
) -> None:
    """Identity, but for a few roundings."""
    bars, session, factors = drawn
    there = adjusted(bars, session, factors, how, came)
    back = unadjusted(there, session, factors, how, came)
    for name in (*PRICES, "volume"):
        np.testing.assert_allclose(getattr(back, name), getattr(bars, name), rtol=1e-12, atol=0)
    assert back.timestamp is bars.timestamp


@given(market(), st.sampled_from(ADJUSTMENTS), st.sampled_from(ADJUSTMENTS))
def test_a_bar_stays_a_bar(
    drawn: tuple[BarColumns, Any, Factors], how: Adjustment, came: Adjustment
) -> None:
    """Rounding never puts open or close outside low and high, not by the last bit."""
    bars, session, factors = drawn
    for made in (adjusted, unadjusted):
        bar = made(bars, session, factors, how, came)
        assert (bar.low <= np.minimum(bar.open, bar.close)).all()
        assert (np.maximum(bar.open, bar.close) <= bar.high).all()
        assert ((bar.open == bar.low) >= (bars.open == bars.low)).all()


@given(market())
def test_the_newest_scale_and_turnover_stay(drawn: tuple[BarColumns, Any, Factors]) -> None:
    """Bars after the last event are as they were; price times volume does not know of splits."""
    bars, session, factors = drawn
    bar = adjusted(bars, session, factors, "split")
    np.testing.assert_allclose(bar.close * bar.volume, bars.close * bars.volume, rtol=1e-12)
    newest = session > max(factors.until.tolist(), default=-1)
    assert (bar.close[newest] == bars.close[newest]).all()


@given(market())
def test_splits_first_and_dividends_then_are_all(drawn: tuple[BarColumns, Any, Factors]) -> None:
    """What came split-adjusted needs the dividends only."""
    bars, session, factors = drawn
    steps = adjusted(
        adjusted(bars, session, factors, "split"), session, factors, "all", came="split"
    )
    once = adjusted(bars, session, factors, "all")
    np.testing.assert_allclose(steps.close, once.close, rtol=1e-12)
    np.testing.assert_allclose(steps.volume, once.volume, rtol=1e-12)


@given(market())
def test_adjusting_is_its_plain_twin(drawn: tuple[BarColumns, Any, Factors]) -> None:
    """Bar by bar: the product over the events whose last old session is not before the bar's."""
    bars, session, factors = drawn
    bar = adjusted(bars, session, factors, "all")
    events = list(zip(factors.until, factors.split, factors.dividend, strict=True))
    for row, day in enumerate(session):
        price = np.prod([split * paid for until, split, paid in events if day <= until])
        split = np.prod([split for until, split, _ in events if day <= until])
        assert bar.high[row] == pytest.approx(bars.high[row] * price, rel=1e-12)
        assert bar.volume[row] == pytest.approx(bars.volume[row] / split, rel=1e-12)
