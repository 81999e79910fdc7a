"""What a walk forward reckons, by hand: shares of promises, moves of parameters."""

from datetime import date
from math import isnan, nan
from typing import Any

import pytest

from infrastructure.research.folds import Fold
from infrastructure.research.walking.drift import drifts
from infrastructure.research.walking.figures import annualised_pct, efficiency
from infrastructure.research.walking.result import FoldResult, whole_efficiency

DAY = date(2024, 1, 2)


def fold(inside: float, outside: float, sessions: int = 60, trial: int | None = 3) -> FoldResult:
    """A fold with these profits a year, percent."""
    cut = Fold(1, DAY, DAY, DAY, DAY, 100, sessions)
    figures: dict[str, Any] = {"net_profit": outside}
    return FoldResult(
        **vars(cut), sweep_id=1, trial=trial, n_trials=9, n_met=9, parameters={},
        in_sample=figures, out_of_sample=figures, in_sample_pct_a_year=inside,
        out_of_sample_pct_a_year=outside, efficiency=efficiency(inside, outside),
    )  # fmt: skip


def test_profits_of_unlike_periods_are_compared_by_the_year() -> None:
    """6 % in 126 sessions are 12 % a year of 252; nothing is compounded."""
    assert annualised_pct({"net_profit_pct": 6.0, "sessions": 126}, 252.0) == 12.0
    assert annualised_pct({"net_profit_pct": -1.0, "sessions": 365}, 365.0) == -1.0
    assert isnan(annualised_pct({}, 252.0))
    assert isnan(annualised_pct({"net_profit_pct": None, "sessions": 5}, 252.0))


def test_efficiency_is_the_share_that_came_out_of_sample() -> None:
    """Half of it is 0.5, a loss is below 0; a promise of no profit has none."""
    assert efficiency(12.0, 6.0) == 0.5
    assert efficiency(12.0, -3.0) == -0.25
    assert (
        isnan(efficiency(0.0, 3.0)) and isnan(efficiency(-4.0, 3.0)) and isnan(efficiency(nan, 1))
    )


def test_the_whole_weighs_folds_by_their_tests() -> None:
    """(10 x 60 + 40 x 20) / 80 was promised, (5 x 60 - 10 x 20) / 80 came; one chose nothing."""
    folds = [fold(10.0, 5.0), fold(40.0, -10.0, sessions=20), fold(nan, 0.0, trial=None)]
    assert whole_efficiency(folds) == pytest.approx((300 - 200) / (600 + 800))
    assert isnan(whole_efficiency(folds[2:]))
    assert [each.profitable for each in folds] == [True, False, False]


def test_drift_counts_steps_of_what_was_tried_and_percents_of_what_was_chosen() -> None:
    """The list is sorted for it; a stay is a step of zero; signs tell the way."""
    (drift,) = drifts([{"a": 0.2}, {"a": 0.4}, {"a": 0.4}, {"a": 0.1}], {"a": [0.4, 0.1, 0.2, 0.3]})
    assert drift.steps == (2.0, 0.0, -3.0)
    assert drift.change_pct == pytest.approx((100.0, 0.0, -75.0))
    assert drift.changed == 2
    assert drift.mean_steps == pytest.approx(5 / 3)
    assert drift.mean_change_pct == pytest.approx(175 / 3)


def test_words_and_spans_have_no_steps() -> None:
    """A word only changes; any number of a span has percents; from zero there are none."""
    chosen = [{"w": "atr", "s": 2.0, "z": 0}, {"w": "candle", "s": 3.0, "z": 1}]
    words, span, zero = drifts(chosen, {"w": ["atr", "candle"], "s": None, "z": [0, 1]})
    assert words.changed == 1 and isnan(words.mean_steps) and isnan(words.mean_change_pct)
    assert isnan(span.mean_steps) and span.change_pct == (50.0,)
    assert zero.steps == (1.0,) and isnan(zero.mean_change_pct)
    (alone,) = drifts(chosen[:1], {"w": ["atr"]})
    assert alone.changed == 0 and alone.steps == () and isnan(alone.mean_steps)
