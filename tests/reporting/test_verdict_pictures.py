"""Pictures of folds, bootstraps, fans and gates: they hold the numbers that they were given."""

from math import nan
from typing import Any

import numpy as np
from research_setup import (
    REWARD,
    STOP,
    TIGHT,
    Fan,
    FanOfTrades,
    Fold,
    Gate,
    Gates,
    Interval,
    listed,
    words,
)

from infrastructure.reporting.research_pictures import (
    bootstrap_distributions,
    fold_bars,
    gate_bars,
    in_out_scatter,
    monte_carlo_fan,
    parameter_drift,
)

FOLDS = (
    Fold(1, {"sqn": 2.0}, {"sqn": 1.0}, 0.5, {TIGHT: 0.1, "stop_loss.type": "atr", REWARD: 2.0}),
    Fold(2, {"sqn": 1.5}, {"sqn": -0.5}, -0.3, {TIGHT: 0.2, "stop_loss.type": "fix", REWARD: 2.0}),
    Fold(3, {"sqn": 0.1}, {"sqn": 0.9}, 9.0, {TIGHT: 0.1, "stop_loss.type": "atr", REWARD: 2.0}),
    Fold(4, {"sqn": 1.0}, {"sqn": None}, nan, {TIGHT: 0.1}),
)


def test_fold_bars_are_the_folds() -> None:
    """Both sides of each fold, and the efficiency below; an undefined one is left open."""
    figure = fold_bars(FOLDS)
    bars = {trace.name: trace for trace in figure.data if trace.type == "bar"}
    assert listed(bars["in sample"].y) == [2.0, 1.5, 0.1, 1.0]
    assert listed(bars["out of sample"].y) == [1.0, -0.5, 0.9, None]
    assert list(bars["in sample"].x) == ["1", "2", "3", "4"]
    assert "median 1.25 in sample, 0.90 out of sample" in words(figure)
    assert "2 of 3 folds above 0 out of sample · 1 undefined" in words(figure)


def test_an_efficiency_beyond_the_scale_is_a_triangle_at_its_edge() -> None:
    """Its own number stands in the hover label."""
    points = fold_bars(FOLDS).data[-1]
    assert listed(points.y) == [0.5, -0.3, 2.0, None]
    assert points.marker.symbol[:3] == ("circle", "circle", "triangle-up")
    assert points.customdata[2].endswith("efficiency 9.00")


def test_losing_folds_have_the_colour_of_losses() -> None:
    """And the legend names it."""
    figure = fold_bars(FOLDS)
    colours = next(trace for trace in figure.data if trace.name == "out of sample").marker.color
    assert colours[0] != colours[1]
    assert "out of sample, a loss" in {trace.name for trace in figure.data}
    assert "out of sample, a loss" not in {trace.name for trace in fold_bars(FOLDS[:1]).data}


def test_a_point_of_the_scatter_is_a_fold() -> None:
    """Folds without the figure on both sides have none; both axes have one range."""
    figure = in_out_scatter(FOLDS)
    points = figure.data[0]
    assert (list(points.x), list(points.y)) == ([2.0, 1.5, 0.1], [1.0, -0.5, 0.9])
    assert list(points.text) == ["1", "2", "3"]
    assert figure.layout.xaxis.range == figure.layout.yaxis.range


def test_hover_tells_dates_and_parameters() -> None:
    """Of the training, of the test, and what was chosen."""
    assert in_out_scatter(FOLDS).data[0].customdata[1] == (
        "trained 2 Jan 2020 – 31 Dec 2021<br>tested 3 Jan 2022 – 30 Jun 2022<br>"
        "tightness_threshold 0.2<br>stop_loss.type fix<br>risk_reward 2<br>efficiency -0.30"
    )


def test_drift_shows_every_choice() -> None:
    """Numbers as numbers, words as categories; what a fold did not choose is open."""
    figure = parameter_drift(FOLDS)
    tight, kind, reward = figure.data
    assert list(tight.y) == [0.1, 0.2, 0.1, 0.1]
    assert list(kind.y) == ["atr", "fix", "atr", "none"]
    assert list(reward.y) == [2.0, 2.0, 2.0, None]
    assert figure.layout.yaxis2.type == "category"
    assert "4 folds · 3 parameters · 0 the same in every fold" in words(figure)
    assert "1 parameter · 1 the same in every fold" in words(parameter_drift([Fold(1, {}, {})]))


def test_folds_without_figures_are_said() -> None:
    """None at all, or none of that name."""
    empty = [Fold(1, {}, {"sqn": nan})]
    for picture in (fold_bars, in_out_scatter):
        assert "there are no folds" in words(picture([]))
        assert "no fold has a defined sqn" in words(picture(empty))
    assert "there are no folds" in words(parameter_drift([]))
    assert "the folds chose nothing" in words(parameter_drift([Fold(1, {}, {}, parameters={})]))


def bands(figure: Any) -> list[tuple[float, float]]:
    """Where the shaded intervals of a figure lie."""
    return [(each.x0, each.x1) for each in figure.layout.shapes if each.type == "rect"]


def test_a_bootstrap_panel_counts_every_defined_resample() -> None:
    """But for the thousandth at either end; the interval is shaded, the estimate a line."""
    spread = np.append(np.linspace(-1.0, 3.0, 1_000), nan)
    figure = bootstrap_distributions({"sqn": Interval(1.2, -0.5, 2.5, spread)})
    assert figure.data[0].y.sum() == 998
    assert bands(figure) == [(-0.5, 2.5)]
    lines = [each.x0 for each in figure.layout.shapes if each.type == "line"]
    assert lines == [0.0, 1.2]
    assert "<b>SQN</b> 1.20, interval -0.50 to 2.50" in words(figure)
    assert "1,000 resamples · 1 undefined ones left out" in words(figure)


def test_resamples_below_zero_have_the_colour_of_losses() -> None:
    """Those of a drawdown have not: less of it is no loss."""
    values = np.linspace(-1.0, 1.0, 100)
    intervals = {name: Interval(0.0, nan, nan, values) for name in ("sqn", "max_drawdown_pct")}
    sqn, drawdown = bootstrap_distributions(intervals).data
    assert len(set(sqn.marker.color)) == 2
    assert sqn.marker.color[0] != sqn.marker.color[-1]
    assert len(set(drawdown.marker.color)) == 1


def test_figures_without_resamples_are_named() -> None:
    """And where there are none at all, that is said."""
    some = {"sqn": Interval(1, 0, 2, [1.0, 1.1]), "sharpe": Interval(nan, nan, nan, [nan, nan])}
    assert "nothing defined of Sharpe" in words(bootstrap_distributions(some))
    none = {"sharpe": some["sharpe"]}
    assert "no figure has a defined resample" in words(bootstrap_distributions(none))
    assert "no figure has a defined resample" in words(bootstrap_distributions({}))


def test_a_fan_holds_its_paths_in_the_order_of_quantiles() -> None:
    """However they come; a band from the lowest to the highest, and the median a line."""
    fan = FanOfTrades(
        [0.95, 0.05, 0.5], [[100.0, 120.0, 150.0], [100.0, 80.0, 70.0], [100.0, 101.0, 103.0]],
        trades=[0, 10, 25],
    )  # fmt: skip
    figure = monte_carlo_fan(fan, limit=60.0)
    low, high, median = figure.data
    assert [list(each.y) for each in (low, high, median)] == [
        [100.0, 80.0, 70.0], [100.0, 120.0, 150.0], [100.0, 101.0, 103.0],
    ]  # fmt: skip
    assert list(median.x) == [0, 10, 25]
    assert (high.name, median.name) == ("5 % to 95 %", "median")
    assert figure.layout.shapes[-1].y0 == 60.0
    assert "25 trades · at the end 5 % below 70, 50 % below 103, 95 % below 150" in words(figure)


def test_long_paths_are_thinned_and_keep_their_ends() -> None:
    """A step is a trade where the fan does not say otherwise."""
    paths = np.array([np.arange(50_001.0), np.arange(50_001.0) + 1.0])
    figure = monte_carlo_fan(Fan([0.1, 0.9], paths))
    line = figure.data[0]
    assert len(line.x) == 600
    assert (line.x[0], line.x[-1], line.y[-1]) == (0, 50_000, 50_000.0)


def test_a_fan_without_equity_is_said() -> None:
    """No crash on NaN or on nothing."""
    for fan in (Fan([0.5], [[nan, nan]]), Fan([], []), Fan([0.5], [[]])):
        assert "no path has a defined equity" in words(monte_carlo_fan(fan))


def test_gates_tell_what_they_stopped_and_cost() -> None:
    """Rules that stopped nothing are left out; an undefined mean is no point."""
    gates = Gates(
        [
            Gate("daily_limit", 143, 140, -0.2, -0.4, -0.1),
            Gate("session_end", 66, 0),
            Gate("risk_budget", 0, 0),
        ]
    )
    figure = gate_bars(gates)
    taken, stopped, points = figure.data
    assert (list(stopped.x), list(taken.x)) == ([143, 66], [140, 0])
    assert list(stopped.y) == ["daily limit", "session end"]
    assert listed(points.x) == [-0.2, None]
    assert np.allclose(points.error_x.array[:1], [0.1])
    assert np.allclose(points.error_x.arrayminus[:1], [0.2])
    assert "209 signals stopped · 140 of them taken on the side" in words(figure)
    assert "no rule stopped a signal" in words(gate_bars(Gates([Gate("daily_limit", 0, 0)])))


def test_a_stop_key_keeps_its_full_name() -> None:
    """Only the folder of the indicator's parameters is left out."""
    assert STOP in words(parameter_drift([Fold(1, {}, {})]))
    assert "tightness_threshold" in words(parameter_drift(FOLDS))
    assert "indicator.parameters" not in words(parameter_drift(FOLDS))
