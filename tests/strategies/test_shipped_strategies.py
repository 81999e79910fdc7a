"""The six shipped strategies: signals by hand, and laws that hold for all."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.errors import ConfigError
from infrastructure.indicators.tight_candle import TightCandle
from infrastructure.market_data.bars import Bars
from strategies.daily_trend_pullback import DailyTrendPullback
from strategies.donchian_breakout import DonchianBreakout
from strategies.moving_average_cross import MovingAverageCross
from strategies.opening_range_breakout import OpeningRangeBreakout
from strategies.rsi_mean_reversion import RsiMeanReversion
from strategies.tight_candle_strategy import TightCandleStrategy
from tests.sample_bars import bars_of, flat, random_bars

CONFIGS = Path(__file__).resolve().parents[2] / "backtest_config" / "strategies"

SMALL: dict[type[VectorBTStrategy], dict[str, Any]] = {
    TightCandleStrategy: {"tightness_threshold": 0.3, "wick_ratio_threshold": 1.5},
    OpeningRangeBreakout: {"opening_minutes": 60},
    DonchianBreakout: {"entry_period": 4, "exit_period": 2},
    RsiMeanReversion: {"period": 3},
    MovingAverageCross: {"fast": 2, "slow": 3},
    DailyTrendPullback: {"trend_days": 2, "period": 3},
}
"""Every strategy with parameters so small that a handful of bars makes it signal."""

CONTEXT: dict[type[VectorBTStrategy], list[str]] = {DailyTrendPullback: ["1d"]}
"""The coarser bars that a strategy looks at."""


def signals_of(kind: type[VectorBTStrategy], bars: Bars, **overrides: Any) -> Signals:
    """What a strategy says of `bars`."""
    asked = {"context_intervals": CONTEXT.get(kind, [])}
    strategy = kind(symbols=["X"], interval=bars.interval, **(SMALL[kind] | asked | overrides))
    return strategy.signals(bars)


def rows(column: Any, first: int = 0) -> list[int]:
    """The rows where a signal column that begins at row `first` is True."""
    found: list[int] = [] if column is None else (np.flatnonzero(column) + first).tolist()
    return found


@pytest.mark.parametrize("kind", SMALL)
@given(bars=random_bars(), share=st.floats(0, 1))
def test_signals_of_a_prefix_are_the_prefix_of_the_signals(
    kind: type[VectorBTStrategy], bars: Bars, share: float
) -> None:
    """No strategy's decision changes when later bars arrive."""
    n_known = int(share * len(bars))
    whole, known = signals_of(kind, bars), signals_of(kind, bars.head(n_known))
    for field in fields(Signals):
        late, early = getattr(whole, field.name), getattr(known, field.name)
        assert (late is None) == (early is None)
        assert late is None or late[:n_known].tobytes() == early.tobytes()


@pytest.mark.parametrize("kind", SMALL)
@given(bars=random_bars())
def test_signals_never_contradict_themselves(kind: type[VectorBTStrategy], bars: Bars) -> None:
    """One row a bar; never long and short, nor in and out of one side, at one close."""
    signals = signals_of(kind, bars).checked(len(bars), kind.__name__)
    never = np.zeros(len(bars), bool)
    long, short = signals.long, signals.short
    exit_long = never if signals.exit_long is None else signals.exit_long
    exit_short = never if signals.exit_short is None else signals.exit_short
    assert not np.any((long & short) | (long & exit_long) | (short & exit_short))


def test_tight_candle_hands_on_its_indicator() -> None:
    """The strategy's signals are the indicator's, with the strategy's thresholds."""
    bars = bars_of([(10.0, 10.2, 9.0, 10.05), (10.0, 11.0, 9.8, 10.05), (10.0, 10.4, 9.0, 10.2)])
    signals = signals_of(TightCandleStrategy, bars, tightness_threshold=0.1)
    assert (rows(signals.long), rows(signals.short)) == ([0], [1])
    assert rows(signals.long) == rows(TightCandle(0.1, 1.5).generate(bars).long)


def test_opening_range_orders_once_a_day_in_the_ranges_direction() -> None:
    """Up, down and undecided opening ranges: a buy stop, a sell stop, nothing."""
    up = [(10.0, 10.4, 9.9, 10.1), (10.1, 10.3, 9.8, 10.2), (10.2, 10.9, 10.0, 10.8)]
    down = [(10.0, 10.4, 9.9, 10.1), (10.1, 10.3, 9.8, 9.9), (9.9, 10.9, 9.0, 9.1)]
    undecided = [(10.0, 10.4, 9.9, 10.1), (10.1, 10.3, 9.8, 10.0), (10.0, 10.9, 9.0, 9.1)]
    signals = signals_of(OpeningRangeBreakout, bars_of([*up, *down, *undecided], a_session=3))
    assert (rows(signals.long), rows(signals.short)) == ([1], [4])
    assert (signals.long_level[1], signals.short_level[4]) == (10.4, 9.8)
    assert np.isnan(signals.long_level).sum() == np.isnan(signals.short_level).sum() == 8


def test_opening_range_waits_for_its_last_bar() -> None:
    """A session that ends inside its opening range gives no order."""
    signals = signals_of(
        OpeningRangeBreakout, flat(10, 11, 12, 13, 14, a_session=3), opening_minutes=120
    )
    assert rows(signals.long) == []


def test_opening_range_is_a_whole_number_of_bars() -> None:
    """Forty-five minutes cannot be seen on half-hour bars."""
    with pytest.raises(ConfigError, match="multiple of the bars' interval, 30m; found 45"):
        signals_of(OpeningRangeBreakout, flat(10, 11), opening_minutes=45)


def test_donchian_breaks_the_channel_of_the_bars_before() -> None:
    """A close beyond the four bars before enters; beyond the two before, the other way, leaves."""
    bars = flat(10, 11, 12, 11, 12, 13, 14, 13, 12, 11, 10, 13)
    signals = signals_of(DonchianBreakout, bars)
    assert (rows(signals.long), rows(signals.short)) == ([5, 6], [9, 10])
    assert rows(signals.exit_long) == [8, 9, 10]
    assert rows(signals.exit_short) == [2, 5, 6, 11]


def test_rsi_enters_on_the_crossing_and_leaves_in_the_middle() -> None:
    """One signal as the RSI falls below 30, none while it stays there, an exit from 50 up."""
    bars = flat(10, 11, 10, 11, 10, 9, 8, 7, 12)
    signals = signals_of(RsiMeanReversion, bars)
    assert rows(signals.long) == [5]
    assert rows(signals.exit_long) == [3, 8]
    mirrored = signals_of(RsiMeanReversion, flat(*(20 - bars.close)))
    assert (rows(mirrored.short), rows(mirrored.exit_short)) == ([5], [3, 8])


def test_averages_cross_strictly() -> None:
    """A cross is below one bar ago and above now; averages that touch in between do not cross."""
    signals = signals_of(MovingAverageCross, flat(12, 11, 10, 11, 13, 13, 10))
    assert (rows(signals.long), rows(signals.short)) == ([4], [6])
    touching = signals_of(MovingAverageCross, flat(12, 11, 10, 10, 10, 10, 11, 12))
    assert rows(touching.long) == []


@pytest.mark.parametrize(("fast", "slow"), [(2, 3), (4, 8), (10, 20)])
def test_averages_cross_where_those_of_whole_cents_do(fast: int, slow: int) -> None:
    """Crosses are those of whole cents: averages equal in cents never cross as floats."""
    cents = 10_000 + np.cumsum(np.random.default_rng(1).integers(-9, 10, 20_000))
    sums = np.concatenate(([0], np.cumsum(cents)))
    gap = ((sums[fast:] - sums[:-fast]) * slow)[slow - fast :] - (sums[slow:] - sums[:-slow]) * fast
    signals = signals_of(MovingAverageCross, flat(*(cents / 100)), fast=fast, slow=slow)
    assert rows(signals.long) == rows((gap[:-1] < 0) & (gap[1:] > 0), slow)
    assert rows(signals.short) == rows((gap[:-1] > 0) & (gap[1:] < 0), slow)


def test_averages_need_two_lengths() -> None:
    """A fast average that is not the faster one is refused."""
    with pytest.raises(ConfigError, match="fast must be shorter than slow; found 20 and 20"):
        signals_of(MovingAverageCross, flat(10, 11), fast=20, slow=20)


def test_pullback_enters_when_the_rsi_is_back_and_the_days_go_its_way() -> None:
    """Days that close at 10, 12 and 13: the third and fourth see a rise, so one dip is bought."""
    first, second = [10.0] * 6, [12.0] * 6
    dip = [13.0, 12.0, 11.0, 10.0, 12.5, 13.0]
    bars = flat(*first, *second, *dip, *dip, a_session=6)
    signals = signals_of(DailyTrendPullback, bars)
    assert (rows(signals.long), rows(signals.short)) == ([16, 22], [])
    mirrored = signals_of(DailyTrendPullback, flat(*(25 - bars.close), a_session=6))
    assert (rows(mirrored.long), rows(mirrored.short)) == ([], [16, 22])


def test_pullback_says_what_it_needs() -> None:
    """Without the daily bars there is no trend."""
    told = 'DailyTrendPullback: context_intervals must name "1d", which the strategy asks for'
    with pytest.raises(ConfigError, match=told):
        signals_of(DailyTrendPullback, flat(10, 11), context_intervals=["1h"])


@pytest.mark.parametrize("kind", SMALL)
def test_the_shipped_json_names_real_parameters(kind: type[VectorBTStrategy]) -> None:
    """Each strategy has a JSON of its class with the class's own parameters at their defaults."""
    configs = [json.loads(path.read_text()) for path in sorted(CONFIGS.glob("*.json"))]
    parameters = [
        config["indicator"]["parameters"]
        for config in configs
        if config["class_name"] == kind.__name__
    ]
    defaults = {name: getattr(kind, name) for name in SMALL[kind]}
    assert all(each.keys() >= defaults.keys() for each in parameters)
    assert any(defaults.items() <= each.items() for each in parameters)
