"""Signals of many choices at once are those of each choice alone."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from trials_setup import Desk, rows_of, strategy_json

from infrastructure.core.execution.market_columns import decisions_of
from infrastructure.core.signals import Signals
from infrastructure.errors import AccountingError, ConfigError
from infrastructure.market_data.bars import Bars
from infrastructure.research.sweeping import sweep
from strategies.tight_candle_strategy import TightCandleStrategy
from tests.sample_bars import bars_of, random_bars

# A body of a tenth, of a third, none; wicks that are equal, twice, thrice each other, none.
EDGES = [
    (10.0, 11.0, 10.0, 10.1),
    (10.1, 11.0, 10.0, 10.1),
    (10.0, 10.3, 10.0, 10.1),
    (10.2, 10.3, 9.9, 10.1),
    (10.2, 10.4, 9.8, 10.1),
    (10.1, 10.1, 10.1, 10.1),
    (10.0, 10.2, 9.7, 10.0),
    (10.0, 10.2, 9.4, 10.0),
]
TIGHTNESS = st.sampled_from([0.0, 1.0, 0.1, 1 / 3, 0.5, 5e-324, 1.0 - 1e-16, 0.1 * (1 + 1e-10)])
RATIO = st.sampled_from([0.0, 1.0, 2.0, 3.0, 1e-300, 1e12, 2.0 * (1 + 1e-10), 1.0 - 1e-12])
PAIRS = st.lists(
    st.tuples(TIGHTNESS | st.floats(0, 1), RATIO | st.floats(0, 20)), min_size=1, max_size=12
)


@given(random_bars(), PAIRS)
@example(bars_of(EDGES), [(t, w) for t in (0.0, 0.1, 1 / 3, 1.0) for w in (0.0, 1.0, 2.0, 3.0)])
@example(bars_of([]), [(0.1, 2.0)])
def test_many_pairs_of_thresholds_are_each_alone(
    bars: Bars, pairs: list[tuple[float, float]]
) -> None:
    """On every bar, at every edge of both thresholds."""
    strategy = TightCandleStrategy(symbols=["X"], interval="30m")
    columns = dict(
        zip(("tightness_threshold", "wick_ratio_threshold"), np.array(pairs).T, strict=True)
    )
    many = strategy.generate_many(bars, columns)
    assert many.first[0] == 0
    assert many.first[-1] == len(many.bar) == len(many.side)
    for choice, (tightness, ratio) in enumerate(pairs):
        alone = TightCandleStrategy(
            symbols=["X"],
            interval="30m",
            tightness_threshold=tightness,
            wick_ratio_threshold=ratio,
        )
        expected = decisions_of(alone.generate_signals(bars), len(bars))
        found = np.zeros(len(bars), np.uint8)
        some = slice(many.first[choice], many.first[choice + 1])
        assert (np.diff(many.bar[some]) > 0).all()
        found[many.bar[some]] = many.side[some]
        assert found.tolist() == expected.tolist()


def test_thresholds_that_are_none_refuse_their_own_trials_alone(swept_store: Path) -> None:
    """Though all thresholds are worked out at once: the others trade."""
    desk = Desk({"tight": strategy_json("tight_candle_qqq")}, swept_store)
    found = sweep(
        desk.loaded, {"tightness_threshold": [0.2, 1.5, 0.4, -1]}, db_path=swept_store, store=False
    )
    assert found.n_invalid == 2
    assert "tightness_threshold must be a number, from 0 to 1" in found.reasons[0]
    trades = [row["trades"] for row in rows_of(found.frame)]
    assert np.isnan(trades).tolist() == [False, True, False, True]
    alone = [desk.backtest({"tightness_threshold": each}) for each in (0.2, 0.4)]
    assert [each["trades"] for each in alone if each] == [trades[0], trades[2]]


class _Leaning(TightCandleStrategy):
    """Decides other things for many than for one."""

    def generate_signals(self, bars: Bars) -> Signals:
        """Never."""
        return Signals()


def test_a_strategy_that_disagrees_with_itself_is_found_out(
    swept_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The best trial is run again by generate_signals: the sweep stops where that differs."""
    monkeypatch.setattr(TightCandleStrategy, "generate_signals", _Leaning.generate_signals)
    desk = Desk({"tight": strategy_json("tight_candle_qqq")}, swept_store)
    with pytest.raises(
        AccountingError, match="does generate_many decide what generate_signals does"
    ):
        sweep(desk.loaded, {"tightness_threshold": "0.2,0.3"}, db_path=swept_store, store=False)


def test_a_strategy_that_refuses_every_trial_leaves_no_best(swept_store: Path) -> None:
    """Its own words say why; there is no row of the best."""
    desk = Desk({"cross": strategy_json("moving_average_cross_qqq")}, swept_store)
    found = sweep(
        desk.loaded, {"fast": "20:25:1", "slow": "5,10"}, db_path=swept_store, store=False
    )
    assert (found.n_trials, found.n_invalid, found.n_met) == (12, 12, 0)
    assert found.top(5).empty
    with pytest.raises(ConfigError, match=r"the strategy refused all, .*fast must be shorter"):
        _ = found.best
