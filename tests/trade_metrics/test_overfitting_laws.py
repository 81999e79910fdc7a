"""Laws of combinatorially symmetric cross-validation."""

import statistics
from itertools import combinations
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infrastructure.errors import ConfigError, DataError
from infrastructure.trade_metrics.overfitting import (
    Metric,
    probability_of_backtest_overfitting,
)


def plain_score(values: list[float], metric: Metric) -> float:
    """One column's metric over the chosen rows."""
    mean = statistics.fmean(values)
    return mean if metric == "mean" else mean / statistics.stdev(values)


def plain_splits(
    columns: list[list[float]], n_blocks: int, metric: Metric
) -> list[tuple[float, float]]:
    """The paper's five steps, one split at a time, rows picked one by one: logit, and metric."""
    blocks = np.array_split(np.arange(len(columns[0])), n_blocks)
    splits = []
    for inside in combinations(range(n_blocks), n_blocks // 2):
        scores = []
        for members in (inside, set(range(n_blocks)) - set(inside)):
            rows = [row for block in sorted(members) for row in blocks[block]]
            scores.append([plain_score([c[row] for row in rows], metric) for c in columns])
        best = max(range(len(columns)), key=scores[0].__getitem__)
        worse = sum(score < scores[1][best] for score in scores[1])
        share = (worse + 1) / (len(columns) + 1)
        splits.append((log(share / (1 - share)), scores[1][best]))
    return splits


def plain_logits(columns: list[list[float]], n_blocks: int, metric: Metric) -> list[float]:
    """The logits alone."""
    return [logit for logit, _ in plain_splits(columns, n_blocks, metric)]


@settings(max_examples=30)
@given(
    st.integers(0, 2**31),
    st.integers(2, 6),
    st.sampled_from([2, 4, 6]),
    st.integers(12, 40),
    st.sampled_from(["sharpe", "mean"]),
)
def test_splits_equal_their_plain_twin(
    seed: int, n_columns: int, n_blocks: int, n_rows: int, metric: Metric
) -> None:
    """Sums over blocks give every split the logit that its own rows give."""
    table = np.random.default_rng(seed).standard_normal((n_rows, n_columns))
    found = probability_of_backtest_overfitting(table, n_blocks, metric)
    plain = plain_splits(table.T.tolist(), n_blocks, metric)
    assert found.logits == pytest.approx([logit for logit, _ in plain])
    assert found.probability == statistics.fmean([logit <= 0 for logit, _ in plain])
    assert found.loss_probability == statistics.fmean([score < 0 for _, score in plain])


def test_many_splits_are_worked_in_parts() -> None:
    """12 blocks make 924, 14 make 3,432 splits: every one of them is there."""
    table = np.random.default_rng(3).standard_normal((60, 4))
    assert len(probability_of_backtest_overfitting(table, 12).logits) == 924
    found = probability_of_backtest_overfitting(table, 14)
    assert found.logits == pytest.approx(plain_logits(table.T.tolist(), 14, "sharpe"))


def test_real_skill_is_not_overfit() -> None:
    """A column that is better everywhere is chosen and stays the best."""
    table = np.random.default_rng(5).normal(0.0, 1.0, (400, 10))
    table[:, 3] += 1.0
    assert probability_of_backtest_overfitting(table, 8).probability == 0.0


def test_a_choice_among_alike_brings_nothing_and_loses_nothing() -> None:
    """Ten columns of one skill and a little noise: the rank is a coin toss, the profit is not."""
    random = np.random.default_rng(8)
    table = random.normal(0.3, 1.0, (400, 1)) + random.normal(0.0, 0.1, (400, 10))
    found = probability_of_backtest_overfitting(table, 8)
    assert 0.2 < found.probability < 0.8
    assert found.loss_probability == 0.0


def test_a_column_that_stood_still_ranks_at_zero() -> None:
    """No trades in any row: better than a loser, worse than a winner, and no division by zero."""
    rng = np.random.default_rng(6)
    winner, loser = rng.normal(1.0, 0.2, 40), rng.normal(-1.0, 0.2, 40)
    still = np.zeros(40)
    behind = probability_of_backtest_overfitting(np.stack([winner, still], axis=1), 4)
    ahead = probability_of_backtest_overfitting(np.stack([loser, still], axis=1), 4)
    assert behind.logits == pytest.approx([log(2)] * 6)
    assert ahead.logits == pytest.approx([log(2)] * 6)


def test_equal_columns_share_their_rank() -> None:
    """Two equal backtests are both in the middle: a logit of zero, which counts as overfit."""
    column = np.random.default_rng(7).standard_normal(16)
    found = probability_of_backtest_overfitting(np.stack([column, column], axis=1), 4)
    assert found.logits == pytest.approx([0.0] * 6)
    assert found.probability == 1.0


def test_tables_that_cannot_be_split_are_refused() -> None:
    """Shape, NaN, an odd or too large number of blocks, an unknown metric: one line each."""
    table = np.ones((6, 2))
    with pytest.raises(DataError, match=r"at least 4 periods of 2 strategies; found \(6, 1\)"):
        probability_of_backtest_overfitting(table[:, :1], 2)
    with pytest.raises(DataError, match="found nan in row 5, column 1"):
        probability_of_backtest_overfitting([*table[:5].tolist(), [1.0, float("nan")]], 2)
    with pytest.raises(ConfigError, match=r"n_blocks must be even, from 2 to 6 .* found 3"):
        probability_of_backtest_overfitting(table, 3)
    with pytest.raises(ConfigError, match=r"n_blocks must be even, from 2 to 6 .* found 8"):
        probability_of_backtest_overfitting(table, 8)
    with pytest.raises(ConfigError, match=r'found "sharp" .did you mean "sharpe"'):
        probability_of_backtest_overfitting(table, 2, metric="sharp")  # type: ignore[arg-type]
