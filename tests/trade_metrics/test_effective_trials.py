"""Laws of counting correlated trials."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from infrastructure.errors import ConfigError, DataError
from infrastructure.trade_metrics.effective_trials import effective_rank, effective_trials

TWO_ALONE = np.tile([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]], (2_000, 1))
"""Two columns of correlation zero, exactly."""


def noise(n_sessions: int, m: int, seed: int = 1) -> NDArray[np.float64]:
    """Independent standard normals."""
    return np.random.default_rng(seed).standard_normal((n_sessions, m))


@pytest.mark.parametrize("correlation", [0.0, 0.6, 0.8, 1.0])
def test_two_trials_count_by_their_correlation(correlation: float) -> None:
    """Eigenvalues 1 + c and 1 - c: (sqrt(1 + c) + sqrt(1 - c))^2 / 2, so 2, 1.8, 1.6 and 1."""
    one, other = TWO_ALONE.T
    second = correlation * one + sqrt(1.0 - correlation**2) * other
    expected = 1.0 + sqrt(1.0 - correlation**2)
    assert effective_rank(np.stack([one, second], axis=1)) == pytest.approx(expected, rel=1e-3)


def test_equal_trials_are_one() -> None:
    """A million copies of one backtest are one try, whatever their scale and sign."""
    column = noise(200, 1)
    copies = column * np.array([1.0, 2.0, -0.5, 1e-6] * 25)
    assert effective_trials(copies, 1_000_000) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("n_sessions", "m", "tried"), [(1_000, 200, 200), (1_000, 400, 10_000), (250, 500, 5_000)]
)
def test_independent_trials_all_count(n_sessions: int, m: int, tried: int) -> None:
    """Noise counts in full, also where there are more trials than sessions."""
    assert effective_trials(noise(n_sessions, m), tried) == pytest.approx(tried, rel=0.1)


def test_clones_of_a_few_ideas_count_as_those() -> None:
    """400 of 100,000 trials, each a copy of one of 20 ideas: about 20, not 100,000."""
    ideas = noise(1_000, 20)
    chosen = np.random.default_rng(2).integers(0, 20, 400)
    assert 15 < effective_trials(ideas[:, chosen], 100_000) < 30


def test_strongly_correlated_trials_are_few() -> None:
    """At a correlation of 0.99, a hundred trials count as less than ten."""
    common = noise(1_000, 1, seed=3)
    table = sqrt(0.99) * common + sqrt(0.01) * noise(1_000, 100, seed=4)
    assert 1.0 < effective_rank(table) < 10.0


def test_trials_that_never_traded_count_for_nothing() -> None:
    """Columns of zeros, and of any one number, leave the count as it was; alone they are one."""
    table = noise(300, 10)
    idle = np.concatenate([table, np.zeros((300, 5)), np.full((300, 1), 0.1)], axis=1)
    assert effective_trials(idle) == pytest.approx(effective_trials(table))
    assert effective_trials(np.zeros((300, 5)), 1_000) == 1.0


@settings(max_examples=40)
@given(
    st.integers(0, 2**31),
    st.integers(3, 60),
    st.integers(1, 40),
    st.integers(1, 6),
    st.integers(0, 10_000),
)
def test_never_above_the_number_tried(
    seed: int, n_sessions: int, m: int, n_ideas: int, unseen: int
) -> None:
    """From 1 to M, and no fewer where more were tried, for any mixture and any shape."""
    random = np.random.default_rng(seed)
    ideas = random.standard_normal((n_sessions, n_ideas))
    table = ideas @ random.standard_normal((n_ideas, m))
    seen = effective_trials(table)
    assert 1.0 <= seen <= m
    assert seen <= effective_trials(table, m + unseen) <= m + unseen


def test_what_cannot_be_counted_is_refused() -> None:
    """Shape, NaN and more columns than trials: one line each."""
    with pytest.raises(DataError, match=r"at least 3 sessions of 1 trial; found \(2, 2\)"):
        effective_rank([[1.0, 2.0], [2.0, 1.0]])
    with pytest.raises(DataError, match="found nan in row 1, column 0"):
        effective_trials([[1.0], [float("nan")], [2.0]])
    with pytest.raises(ConfigError, match="at least the 3 columns given; found 2"):
        effective_trials(noise(10, 3), 2)
