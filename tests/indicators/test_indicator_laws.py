"""Laws that hold for every indicator: no look-ahead, twins agree, docstrings run."""

import doctest
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure import indicators
from infrastructure.errors import ConfigError, DataError
from infrastructure.indicators.atr import average_true_range
from infrastructure.indicators.donchian import rolling_highest, rolling_lowest
from infrastructure.indicators.moving_average import simple_moving_average
from infrastructure.indicators.opening_range import opening_range
from infrastructure.indicators.rsi import relative_strength_index
from infrastructure.indicators.tight_candle import TightCandle
from infrastructure.market_data.bars import Bars
from tests.indicators import plain_twins
from tests.sample_bars import random_bars

Columns = tuple[np.ndarray[Any, Any], ...]

INDICATORS: dict[str, Callable[[Bars, int], Columns]] = {
    "tight_candle": lambda bars, n: TightCandle(0.1 * n, n).generate(bars),
    "atr": lambda bars, n: (average_true_range(bars.high, bars.low, bars.close, n),),
    "rsi": lambda bars, n: (relative_strength_index(bars.close, n),),
    "moving_average": lambda bars, n: (simple_moving_average(bars.close, n),),
    "highest": lambda bars, n: (rolling_highest(bars.high, n),),
    "lowest": lambda bars, n: (rolling_lowest(bars.low, n),),
    "opening_range": lambda bars, n: opening_range(bars, 30 * n),
}
PERIODS = st.integers(1, 9)


@pytest.mark.parametrize("name", INDICATORS)
@given(bars=random_bars(), period=PERIODS, share=st.floats(0, 1))
def test_the_past_does_not_change(name: str, bars: Bars, period: int, share: float) -> None:
    """What an indicator says of a prefix is the prefix of what it says of all, bit for bit."""
    n_known = int(share * len(bars))
    whole = INDICATORS[name](bars, period)
    known = INDICATORS[name](bars.head(n_known), period)
    for late, early in zip(whole, known, strict=True):
        assert late[:n_known].tobytes() == early.tobytes()


@given(bars=random_bars(), period=PERIODS)
def test_numbers_equal_their_plain_python(bars: Bars, period: int) -> None:
    """Smoothed averages agree with plain Python to 1e-12 of themselves, NaN where it has NaN."""
    atr = average_true_range(bars.high, bars.low, bars.close, period)
    np.testing.assert_allclose(
        atr, plain_twins.average_true_range(bars, period), rtol=1e-12, atol=1e-12
    )
    rsi = relative_strength_index(bars.close, period)
    twin = plain_twins.relative_strength_index(bars.close, period)
    np.testing.assert_allclose(rsi, twin[: len(bars)], rtol=1e-9, atol=1e-9)
    assert not np.any((rsi < 0) | (rsi > 100))


@given(bars=random_bars(), period=PERIODS)
def test_windows_equal_their_plain_python(bars: Bars, period: int) -> None:
    """Averages, extremes and opening ranges equal plain Python exactly."""
    average = simple_moving_average(bars.close, period)
    twin = plain_twins.simple_moving_average(bars.close, period)
    np.testing.assert_array_equal(average, twin)
    highest = rolling_highest(bars.high, period)
    np.testing.assert_array_equal(highest, plain_twins.rolling_highest(bars.high, period))
    rows = list(zip(*opening_range(bars, 30 * period), strict=True))
    np.testing.assert_array_equal(rows, plain_twins.opening_range(bars, 30 * period))


@given(st.lists(st.floats(-9, 9) | st.just(np.nan), max_size=40), PERIODS)
def test_a_gap_blanks_only_the_windows_that_hold_it(values: list[float], period: int) -> None:
    """Averages and extremes of a column with NaN are those of its whole windows."""
    whole = ~np.isnan(plain_twins.rolling_highest(values, period))
    assert np.array_equal(~np.isnan(simple_moving_average(values, period)), whole)
    lowest = plain_twins.rolling_highest([-value for value in values], period)
    np.testing.assert_array_equal(rolling_lowest(values, period), -np.array(lowest))


@pytest.mark.parametrize("name", INDICATORS)
def test_no_bars_give_no_rows(name: str) -> None:
    """An empty column in, an empty column out."""
    empty = _no_bars()
    assert all(len(column) == 0 for column in INDICATORS[name](empty, 3))


@pytest.mark.parametrize("period", [0, -1, 2.5, True, "20", None])
def test_a_period_is_a_whole_number_of_bars(period: Any) -> None:
    """Anything else is refused by name, with what was found."""
    with pytest.raises(ConfigError, match="period must be a whole number of at least 1; found"):
        simple_moving_average([1.0, 2.0], period)


def test_bad_columns_are_named() -> None:
    """A gap that would poison every later row, and columns of two lengths, are errors."""
    with pytest.raises(DataError, match=r"close: every value must be finite; found nan in row 1"):
        relative_strength_index([1.0, np.nan, 2.0])
    with pytest.raises(DataError, match=r"low: expected one row a bar, shape \(2,\); found \(1,\)"):
        average_true_range([2.0, 2.0], [1.0], [2.0, 2.0])


@pytest.mark.parametrize(
    "module", sorted(path.stem for path in Path(indicators.__path__[0]).glob("[a-z]*.py"))
)
def test_the_examples_in_the_docstrings_run(module: str) -> None:
    """Every doctest of an indicator prints what it says."""
    results = doctest.testmod(importlib.import_module(f"infrastructure.indicators.{module}"))
    assert results.failed == 0


def _no_bars() -> Bars:
    from tests.sample_bars import bars_of

    return bars_of([])
