"""Laws of the plateau around a trial."""

from itertools import product
from math import isnan, nan

import numpy as np
import pytest

from infrastructure.errors import ConfigError, DataError
from infrastructure.trade_metrics.plateau import grid_positions, plateau, spread_positions

GRID = np.array([*product([0.1, 0.2, 0.4], [1.0, 2.0, 3.0])])
"""A grid of 3 x 3, the middle in row 4."""

HILL = [1.0, 9.0, 2.0, 8.0, 10.0, 7.9, 3.0, 8.5, 4.0]
"""10 in the middle; left, right, below, above: 8, 7.9, 9, 8.5."""


def test_neighbours_on_the_axes_and_in_the_box() -> None:
    """Three of four keep 80 % of ten, and of the box of eight the same three."""
    found = plateau(grid_positions(GRID), HILL, 4)
    assert (found.on_axes, found.in_box) == (4, 8)
    assert (found.share, found.box_share) == (0.75, 0.375)
    assert found.chosen == 10.0
    assert found.at_edge.tolist() == [False, False]


def test_the_median_drop() -> None:
    """Lost of ten, sorted: 1, 1.5, 2, 2.1, 6, 7, 8, 9; the median is 4.05, or 40.5 %."""
    assert plateau(grid_positions(GRID), HILL, 4).median_drop_pct == pytest.approx(40.5)


def test_what_a_picture_needs() -> None:
    """Steps from the chosen trial, and the objective there."""
    found = plateau(grid_positions(GRID), HILL, 4)
    table = {
        tuple(step): value
        for step, value in zip(found.offsets.tolist(), found.objective, strict=True)
    }
    assert table[(-1.0, 0.0)] == 9.0
    assert table[(1.0, 1.0)] == 4.0
    assert (0.0, 0.0) not in table


def test_a_corner_has_fewer_neighbours_and_says_so() -> None:
    """Two on the axes, three in the box; the true best may lie outside the grid."""
    found = plateau(grid_positions(GRID), HILL, 0)
    assert (found.on_axes, found.in_box) == (2, 3)
    assert found.at_edge.tolist() == [True, True]
    side = plateau(grid_positions(GRID), HILL, 1)
    assert side.at_edge.tolist() == [True, False]


def test_an_axis_of_one_value_has_no_edge() -> None:
    """It was not searched."""
    found = plateau(grid_positions([[5.0, 1.0], [5.0, 2.0], [5.0, 3.0]]), [1.0, 2.0, 1.0], 1)
    assert found.at_edge.tolist() == [False, False]
    assert (found.on_axes, found.share, found.median_drop_pct) == (2, 0.0, 50.0)


def test_a_neighbour_that_never_traded_lost_everything() -> None:
    """NaN is no reason to look away."""
    found = plateau([[0.0], [1.0], [2.0]], [nan, 2.0, 1.9], 1)
    assert found.share == 0.5
    assert found.median_drop_pct == pytest.approx((100.0 + 5.0) / 2)


def test_where_smaller_is_better() -> None:
    """A drawdown of 10 keeps its plateau at 12 and lower, not at 13."""
    found = plateau([[0.0], [1.0], [2.0]], [12.0, 10.0, 13.0], 1, smaller_is_better=True)
    assert found.share == 0.5
    assert found.objective.tolist() == [12.0, 13.0]


def test_random_trials_are_neighbours_within_a_tenth_of_the_range() -> None:
    """Each axis in tenths of what was searched."""
    values = [[0.0, 100.0], [0.5, 150.0], [0.59, 155.0], [0.5, 169.0], [0.62, 150.0], [1.0, 200.0]]
    steps = spread_positions(values)
    assert steps[1].tolist() == [5.0, 5.0]
    found = plateau(steps, [0.0, 4.0, 3.5, 1.0, 4.0, 0.0], 1)
    assert (found.in_box, found.box_share) == (1, 1.0)


def test_nothing_around_is_nan() -> None:
    """One trial has no neighbours; a trial without an objective has no height."""
    alone = plateau([[1.0]], [2.0], 0)
    assert (alone.on_axes, alone.in_box) == (0, 0)
    assert isnan(alone.share) and isnan(alone.box_share) and isnan(alone.median_drop_pct)
    unknown = plateau([[0.0], [1.0]], [nan, 1.0], 0)
    assert isnan(unknown.share) and isnan(unknown.median_drop_pct)


def test_what_has_no_neighbourhood_is_refused() -> None:
    """Each in one line."""
    with pytest.raises(DataError, match="NaN among them"):
        plateau([[nan]], [1.0], 0)
    with pytest.raises(DataError, match=r"each of the 2 trials; found shape \(1,\)"):
        plateau([[1.0], [2.0]], [1.0], 0)
    with pytest.raises(ConfigError, match="a trial from 0 to 1; found 2"):
        plateau([[1.0], [2.0]], [1.0, 1.0], 2)
