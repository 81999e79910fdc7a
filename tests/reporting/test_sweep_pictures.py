"""Pictures of a sweep: every cell, line and point is the trial it stands for."""

from math import inf, nan
from typing import Any

import numpy as np
import pandas as pd
import pytest
from research_setup import REWARD, SIX, STOP, TIGHT, listed, trials, words

from infrastructure.errors import ConfigError
from infrastructure.reporting.research_pictures import (
    parallel_coordinates,
    plateau_surface,
    sweep_curve,
    sweep_heat_map,
)

TWELVE = trials(
    tight=[0.1, 0.2] * 6,
    stop=[1.0, 1.0, 2.0, 2.0] * 3,
    reward=[1.0] * 4 + [2.0] * 4 + [3.0] * 4,
    sqn=[1.0, 2.0, 3.0, nan, 5.0, 6.0, 7.0, nan, 9.0, 1.0, 2.0, nan],
    max_drawdown_pct=[9.0, 2.0, 3.0, nan, 5.0, 6.0, 7.0, nan, 1.0, 1.0, 2.0, nan],
)
"""Three rewards to each pair of the other keys; one pair is undefined in all three."""


def test_a_cell_of_a_heat_map_is_its_trial() -> None:
    """Rows by the second key, columns by the first; a trial without the objective is a hole."""
    cells, holes = sweep_heat_map(SIX, TIGHT, STOP, "sqn").data
    assert listed(cells.z) == [[0.5, 1.5, -0.5], [1.0, None, 2.0]]
    assert listed(holes.z) == [[None, None, None], [None, 1.0, None]]
    assert (list(cells.x), list(cells.y)) == (["0.1", "0.2", "0.3"], ["1", "2"])
    assert cells.customdata.tolist() == [[1, 1, 1], [1, 0, 1]]


@pytest.mark.parametrize(
    ("objective", "rest", "expected"),
    [
        ("sqn", "median", [[5.0, 2.0], [3.0, None]]),
        ("sqn", "best", [[9.0, 6.0], [7.0, None]]),
        ("max_drawdown_pct", "best", [[1.0, 1.0], [2.0, None]]),
    ],
)
def test_trials_that_share_a_cell_show_their_median_or_their_best(
    objective: str, rest: Any, expected: list[Any]
) -> None:
    """The subtitle says which; of a drawdown the best is the smallest."""
    figure = sweep_heat_map(TWELVE, TIGHT, STOP, objective, rest=rest)
    assert listed(figure.data[0].z) == expected
    assert f"a cell is the {rest} of 3 trials · 12 trials, 3 of them undefined" in words(figure)


def test_the_chosen_trial_is_framed() -> None:
    """A whole row of the frame will do; categories are numbered from 0."""
    figure = sweep_heat_map(SIX, TIGHT, STOP, "sqn", chosen=SIX.loc[5])
    frame = figure.layout.shapes[-1]
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (1.5, 2.5, 0.5, 1.5)
    assert not sweep_heat_map(SIX, TIGHT, STOP, "sqn", chosen={TIGHT: 0.7}).layout.shapes


def test_colours_part_at_zero_and_at_a_profit_factor_of_one() -> None:
    """Loss and gain are equally far from the middle of the scale."""
    cells = sweep_heat_map(SIX, TIGHT, STOP, "sqn").data[0]
    assert (cells.zmin, cells.zmax) == (-2.0, 2.0)
    factors = SIX.assign(profit_factor=[0.5, 1.5, 1.0, 0.8, 1.2, 3.0])
    cells = sweep_heat_map(factors, TIGHT, STOP, "profit_factor").data[0]
    assert (cells.zmin, cells.zmax) == (-1.0, 3.0)


def test_one_wild_trial_does_not_bleach_the_others() -> None:
    """An SQN of two nearly equal trades may be 900: it is drawn, and said, beyond the scale."""
    wild = SIX.assign(sqn=[0.5, 1.5, 0.7, 1.0, 900.0, 2.0])
    figure = sweep_heat_map(wild, TIGHT, STOP, "sqn")
    assert figure.data[0].z[1][1] == 900.0
    assert figure.data[0].zmax < 10.0
    assert "1 beyond the colours' ends" in words(figure)


def test_words_are_categories_in_their_order() -> None:
    """Texts, true and false, nothing and lists have each a place of their own."""
    odd = trials(
        stop=["fix", "atr", "fix", None], reward=[[1, 2], [1, 3], [1, 3], True],
        sqn=[1.0, 2.0, 3.0, 4.0],
    )  # fmt: skip
    cells = sweep_heat_map(odd, STOP, REWARD, "sqn").data[0]
    assert list(cells.x) == ["fix", "atr", "none"]
    assert list(cells.y) == ["[1, 2]", "[1, 3]", "true"]
    assert listed(cells.z) == [[1.0, None, None], [3.0, 2.0, None], [None, None, 4.0]]


def test_words_that_begin_alike_are_not_one() -> None:
    """A label is cut, but two that are cut to the same are numbered."""
    long = "the same beginning of a very long choice "
    alike = trials(stop=[long + "A", long + "B"], reward=[1.0, 2.0], sqn=[1.0, 2.0])
    figure = sweep_heat_map(alike, STOP, REWARD, "sqn", chosen=alike.loc[1])
    assert listed(figure.data[0].z) == [[1.0, None], [None, 2.0]]
    assert figure.layout.shapes[-1].x0 == 0.5


def test_a_number_and_none_are_two_places() -> None:
    """null among numbers (no target) stands last."""
    some = trials(tight=[0.1, 0.1, 0.1], reward=[2.0, nan, 1.0], sqn=[1.0, 2.0, 3.0])
    figure = sweep_heat_map(some, REWARD, TIGHT, "sqn", chosen={REWARD: 2.0, TIGHT: 0.1})
    assert list(figure.data[0].x) == ["1", "2", "none"]
    assert listed(figure.data[0].z) == [[3.0, 1.0, 2.0]]
    assert figure.layout.shapes[-1].x0 == 0.5


def test_random_values_are_cut_into_intervals_of_one_width() -> None:
    """Every trial is in one cell, and a cell is the median of what lies in it."""
    rng = np.random.default_rng(5)
    tight, stop, sqn = rng.random((3, 2_000))
    cells = sweep_heat_map(trials(tight=tight, stop=stop, sqn=sqn), TIGHT, STOP, "sqn").data[0]
    width = cells.x[1] - cells.x[0]
    assert len(cells.x) == 22  # the root of a quarter of the trials
    assert cells.customdata.sum() == 2_000
    inside = (abs(tight - cells.x[3]) <= width / 2) & (abs(stop - cells.y[7]) <= width / 2)
    assert inside.any()
    assert cells.z[7][3] == pytest.approx(np.median(sqn[inside]))


def test_many_even_steps_are_joined_whole() -> None:
    """100 values become 50 places of two, not 60 of one or two."""
    steps = np.round(np.arange(100) * 0.01, 2)
    cells = sweep_heat_map(
        trials(tight=steps, stop=[1.0] * 100, sqn=steps), TIGHT, STOP, "sqn"
    ).data[0]
    assert cells.customdata.tolist() == [[2] * 50]
    assert cells.x[:2] == pytest.approx([0.005, 0.025])


def test_a_million_trials_become_a_small_picture() -> None:
    """A picture's size does not grow with the sweep's."""
    rng = np.random.default_rng(1)
    tight, stop, sqn = rng.random((3, 1_000_000))
    frame = trials(tight=tight, stop=stop, sqn=sqn)
    chosen = frame.loc[17]
    for figure in (
        sweep_heat_map(frame, TIGHT, STOP, "sqn", chosen),
        plateau_surface(frame, TIGHT, STOP, "sqn", chosen),
        parallel_coordinates(frame, [TIGHT, STOP], "sqn"),
        sweep_curve(frame, TIGHT, "sqn", chosen),
    ):
        assert len(figure.to_json()) < 250_000


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_undefined_everywhere_is_said(value: float) -> None:
    """Not drawn, and no crash."""
    none = SIX.assign(sqn=value)
    for figure in (
        sweep_heat_map(none, TIGHT, STOP, "sqn", chosen=SIX.loc[0]),
        plateau_surface(none, TIGHT, STOP, "sqn", chosen=SIX.loc[0]),
        parallel_coordinates(none, [TIGHT], "sqn"),
        sweep_curve(none, TIGHT, "sqn"),
        sweep_heat_map(none.iloc[:0], TIGHT, STOP, "sqn"),
    ):
        assert "no trial has a defined sqn" in words(figure)
        assert not figure.data


def test_unknown_columns_are_named() -> None:
    """With what was meant."""
    with pytest.raises(ConfigError, match=r'found "sqm" \(did you mean "sqn"\?\)'):
        sweep_heat_map(SIX, TIGHT, STOP, "sqm")
    with pytest.raises(ConfigError, match=r'found "stop_loss\.walue"'):
        parallel_coordinates(SIX, [TIGHT, "stop_loss.walue"], "sqn")
    with pytest.raises(ConfigError, match='rest: expected median or best; found "mean"'):
        sweep_heat_map(SIX, TIGHT, STOP, "sqn", rest="mean")
    with pytest.raises(ConfigError, match="found 0 keys and 2000 lines"):
        parallel_coordinates(SIX, [], "sqn")


def test_a_line_is_a_trial() -> None:
    """Keys, objective and further figures in order; the best is drawn last."""
    figure = parallel_coordinates(SIX, [TIGHT, STOP], "sqn", figures=["trades"])
    lines = figure.data[0]
    assert [each.label for each in lines.dimensions] == [
        "tightness_threshold", "stop_loss.value", "SQN", "Trades",
    ]  # fmt: skip
    assert [each["values"].tolist() for each in lines.dimensions] == [
        [0.3, 0.1, 0.1, 0.2, 0.3],
        [1.0, 1.0, 2.0, 1.0, 2.0],
        [-0.5, 0.5, 1.0, 1.5, 2.0],
        [60.0, 40.0, 70.0, 50.0, 90.0],
    ]
    assert lines.line.color.tolist() == [-0.5, 0.5, 1.0, 1.5, 2.0]
    assert "5 trials · 1 of 6 trials undefined" in words(figure)


def test_too_many_lines_are_the_best_and_a_sample() -> None:
    """A quarter are the best; the rest is drawn by the seed; the subtitle counts."""
    order = np.random.default_rng(3).permutation(1_000).astype(float)
    frame = trials(tight=order, sqn=order)

    def drawn(**terms: Any) -> list[float]:
        figure = parallel_coordinates(frame, [TIGHT], "sqn", most=40, **terms)
        assert "40 of 1,000 trials: the best 10 and a random 30 of the others" in words(figure)
        values: list[float] = figure.data[0].dimensions[1]["values"].tolist()
        return values

    assert drawn()[-10:] == list(range(990, 1_000))
    assert len(set(drawn())) == 40
    assert drawn() == drawn()
    assert drawn()[:30] != drawn(seed=1)[:30]
    falling = trials(tight=order, max_drawdown_pct=order)
    lines = parallel_coordinates(falling, [TIGHT], "max_drawdown_pct", most=40).data[0]
    assert lines.dimensions[1]["values"].tolist()[-10:] == list(range(9, -1, -1))


def test_words_of_a_line_are_named_on_their_axis() -> None:
    """A place for each, with the word beside it."""
    frame = trials(stop=["atr", "fix", "atr"], sqn=[1.0, 2.0, 3.0])
    axis = parallel_coordinates(frame, [STOP], "sqn").data[0].dimensions[0]
    assert axis["values"].tolist() == [0.0, 1.0, 0.0]
    assert list(axis.ticktext) == ["atr", "fix"]


def test_a_plateau_is_cut_at_the_chosen_trial() -> None:
    """Other keys are held at its values, and the ball stands where it does."""
    figure = plateau_surface(TWELVE, TIGHT, STOP, "sqn", chosen=TWELVE.loc[8])
    surface, ball = figure.data
    assert listed(surface.z) == [[9.0, 1.0], [2.0, None]]
    assert (list(surface.x), list(surface.y)) == ([0.1, 0.2], [1.0, 2.0])
    assert (ball.x[0], ball.y[0], ball.z[0]) == (0.1, 1.0, 9.0)
    assert "risk_reward as chosen · 4 trials" in words(figure)


def test_a_plateau_without_neighbours_is_the_median() -> None:
    """Random trials share no value of the other keys: then they are not held, and it is said."""
    rng = np.random.default_rng(2)
    tight, stop, reward, sqn = rng.random((4, 400))
    frame = trials(tight=tight, stop=stop, reward=reward, sqn=sqn)
    figure = plateau_surface(frame, TIGHT, STOP, "sqn", chosen=frame.loc[0])
    assert figure.data[0].z.shape == (10, 10)
    assert "a point is the median of" in words(figure)
    assert "as chosen" not in words(figure)


def test_a_surface_of_one_row_is_refused_in_words() -> None:
    """It would be invisible."""
    figure = plateau_surface(SIX[SIX[STOP] == 1.0], TIGHT, STOP, "sqn")
    assert "a surface needs two values of either key" in words(figure)


def test_a_curve_is_the_median_with_a_band() -> None:
    """A point for each value; the 10th and 90th percentile where trials share it."""
    frame = trials(tight=[0.1] * 11 + [0.2], sqn=[*map(float, range(11)), 4.0])
    above, below, line = sweep_curve(frame, TIGHT, "sqn", chosen={TIGHT: 0.2}).data
    assert list(line.x) == ["0.1", "0.2"]
    assert list(line.y) == [5.0, 4.0]
    assert list(above.y) == [9.0, 4.0]
    assert list(below.y) == [1.0, 4.0]


def test_a_frame_of_nullable_numbers_is_read() -> None:
    """pandas's own missing value is undefined, as NaN is."""
    frame = SIX.assign(sqn=SIX["sqn"].astype(pd.Float64Dtype()))
    assert listed(sweep_heat_map(frame, TIGHT, STOP, "sqn").data[0].z)[1] == [1.0, None, 2.0]
