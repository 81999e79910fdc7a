"""Honest strategies pass: the shipped ones, and those that forget slowly."""

from typing import Any

import numpy as np
import pytest
from audit_setup import audited, checks, subject

from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.indicators.rsi import relative_strength_index
from infrastructure.market_data.bars import Bars
from infrastructure.research.audit.comparing import differing
from infrastructure.strategy_management.strategy_registry import find_strategy_classes
from tests.sample_bars import bars_of

SHIPPED = find_strategy_classes()
ON_DAYS = ["DonchianBreakout", "MovingAverageCross", "RsiMeanReversion", "TightCandleStrategy"]
KEYS: dict[str, dict[str, Any]] = {"DailyTrendPullback": {"context_intervals": ["1d"]}}


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_strategy_passes_on_half_hours(name: str, half_year: Bars) -> None:
    """All of strategies/, whoever adds the next one."""
    result = audited(SHIPPED[name], half_year, **KEYS.get(name, {}))
    assert result.findings == ()
    assert result.truncations >= 24


@pytest.mark.parametrize("name", ON_DAYS)
def test_shipped_strategies_pass_on_days(name: str, some_years: Bars) -> None:
    """Those whose idea needs no hours."""
    result = audited(SHIPPED[name], some_years)
    assert result.findings == ()


class SlowAverages(VectorBTStrategy):
    """Exponential averages, which forget slowly, and a level on one of them."""

    span: int = 60

    def generate_signals(self, bars: Bars) -> Signals:
        close = bars.to_frame()["close"]
        slow = close.ewm(span=self.span, adjust=False).mean()
        above = close > slow
        return Signals(long=above & ~above.shift(1, fill_value=True), long_level=slow.to_numpy())


class RollingMeans(VectorBTStrategy):
    """The rolling mean of pandas: a sum carried along, whose rounding depends on where it began."""

    def generate_signals(self, bars: Bars) -> Signals:
        close = bars.to_frame()["close"]
        return Signals(
            long=close > close.rolling(10).mean(), short=close < close.rolling(10).mean()
        )


class WilderLevel(VectorBTStrategy):
    """Wilder's RSI, as a level: every digit of it counts."""

    def generate_signals(self, bars: Bars) -> Signals:
        rsi = relative_strength_index(bars.close, 14)
        return Signals(long=rsi < 30, long_level=rsi, exit_long=rsi > 50)


def test_an_average_that_forgets_slowly_settles(half_year: Bars) -> None:
    """Levels settle where they differ by less than 1e-9: after some ten spans; it is measured."""
    result = audited(SlowAverages, half_year)
    assert result.findings == ()
    # A difference of d in the first value shrinks by (1 - 2 / (span + 1)) a bar; d is at most a
    # few tenths of the price in this series, at least a thousandth.
    per_bar = -np.log(1 - 2 / 61)
    low, high = np.log(1e-3 / 1e-9) / per_bar, np.log(0.3 / 1e-9) / per_bar
    assert low < checks(result)["warm-up"].figures["settles_after"] < high


def test_wilders_average_settles(half_year: Bars) -> None:
    """The RSI's 14 bars are forgotten after a few hundred."""
    result = audited(WilderLevel, half_year)
    assert result.findings == ()
    assert 100 < checks(result)["warm-up"].figures["settles_after"] < 400


def test_an_average_that_fades_is_no_anchor(half_year: Bars) -> None:
    """Half a year is too short for its last digits: a caution, not a finding."""
    result = audited(SlowAverages, half_year, span=150)
    (note,) = checks(result)["warm-up"].notes
    assert result.passed
    assert "an anchor on the first bar is not ruled out" in note


@pytest.mark.parametrize("seed", range(3))
def test_ties_that_rounding_decides_are_told_and_forgiven(seed: int) -> None:
    """Prices in few whole cents equal their mean all the time; pandas decides as it rounds."""
    cents = 10_000 + np.cumsum(np.random.default_rng(seed).integers(-2, 3, 3_000))
    bars = bars_of([(price, price + 0.01, price - 0.01, price) for price in cents / 100])
    asked = subject(RollingMeans, bars, calendar="24/7")
    later = asked.signals_on(bars.rows(7, len(bars)))
    late = differing(asked.whole, later, len(bars) // 2, len(bars), shift=7)
    assert late  # or there is nothing to forgive
    result = audited(RollingMeans, bars, calendar="24/7")
    assert result.findings == ()
    assert "rounding" in checks(result)["warm-up"].notes[0]


def test_a_warm_up_is_measured(half_year: Bars) -> None:
    """Twenty days of context are 260 half hours where the context begins with the bars."""
    kind = SHIPPED["DailyTrendPullback"]
    result = checks(audited(kind, half_year, context_intervals=["1d"]))
    alone = result["warm-up"].figures["settles_after"]
    with_context = result["context warm-up"].figures["settles_after"]
    assert alone < 100 < with_context <= 21 * 13
