"""Laws of trades in another order, and of trades that were missed."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infrastructure.errors import ConfigError, DataError
from infrastructure.trade_metrics.drawdown import max_drawdown
from infrastructure.trade_metrics.monte_carlo import (
    QUANTILES,
    compounding_returns,
    monte_carlo,
)

FOUR = [0.10, -0.20, 0.30, -0.10]


def test_drawdowns_of_all_orders_of_four_trades() -> None:
    """Each quantile of the shuffles stands where it does among the 24 orders there are."""
    depths = np.array([
        100.0 * max_drawdown(np.cumprod(1.0 + np.array(order)), 1.0) for order in permutations(FOUR)
    ])  # fmt: skip
    found = monte_carlo(FOUR, n_paths=20_000).order.drawdown_pct
    for quantile, level in zip(found, QUANTILES, strict=True):
        assert (depths < quantile - 1e-9).mean() - 0.01 <= level
        assert level <= (depths <= quantile + 1e-9).mean() + 0.01


def test_ruin_of_all_orders_of_four_trades() -> None:
    """The share of orders that ever stand 25 % below the start; reaching the limit is ruin."""
    lowest = [min(np.cumprod(1.0 + np.array(order))) for order in permutations(FOUR)]
    expected = np.mean([low <= 0.75 for low in lowest])
    assert 0.0 < expected < 1.0
    found = monte_carlo(FOUR, ruin_pct=25.0, n_paths=20_000).order
    assert found.ruin == pytest.approx(expected, abs=0.01)
    assert monte_carlo([-0.2], ruin_pct=20.0, n_paths=10).order.ruin == 1.0


def test_missing_half_of_two_trades() -> None:
    """Each of the four subsets has a quarter of the paths: 50, 75, 100 and 150 are left."""
    found = monte_carlo([0.5, -0.5], 100.0, skip_probability=0.5, n_paths=40_000, ruin_pct=40.0)
    low, lower, middle, upper, high = found.skipped.final_equity
    assert (low, lower, upper, high) == (50.0, 50.0, 150.0, 150.0)
    assert middle in (75.0, 100.0)
    assert found.skipped.losing == pytest.approx(0.5, abs=0.01)
    assert found.skipped.ruin == pytest.approx(0.25 + 0.125, abs=0.01)  # half of the 75s lost first


@settings(max_examples=30)
@given(st.lists(st.floats(-0.2, 0.3), min_size=1, max_size=300), st.integers(0, 1_000))
def test_another_order_ends_where_the_run_did(returns: list[float], seed: int) -> None:
    """Products do not mind their order: one final equity, and the fan ends on it."""
    end = 1_000.0 * float(np.prod(1.0 + np.array(returns)))
    found = monte_carlo(returns, 1_000.0, n_paths=50, seed=seed, skip_probability=0.0)
    assert found.order.final_equity == pytest.approx(np.full(5, end))
    assert found.fan.equity[:, -1] == pytest.approx(np.full(5, end))
    assert found.fan.equity[:, 0] == pytest.approx(np.full(5, 1_000.0))
    assert (found.fan.trades[0], found.fan.trades[-1]) == (0, len(returns))
    assert (np.diff(found.fan.equity, axis=0) >= -1e-9).all()


def test_equal_trades_leave_nothing_to_chance() -> None:
    """Twenty losses of 1 %: every order falls by 1 - 0.99^20."""
    found = monte_carlo([-0.01] * 20, n_paths=30)
    assert found.order.drawdown_pct == pytest.approx(np.full(5, 100 * (1 - 0.99**20)))
    assert found.order.losing == 1.0


def test_a_seed_gives_the_same_paths_again() -> None:
    """However many are drawn at a time; another seed gives others."""
    returns = np.random.default_rng(1).normal(0.001, 0.01, 200)
    one, same, other = (monte_carlo(returns, n_paths=300, seed=seed) for seed in (1, 1, 5))
    assert one.fan.equity.tolist() == same.fan.equity.tolist()
    assert one.order.drawdown_pct.tolist() != other.order.drawdown_pct.tolist()


def test_a_runs_returns_compound_to_its_own_equity() -> None:
    """Profits in money, each as a fraction of what stood before it."""
    returns = compounding_returns([10.0, -22.0, 8.8], 100.0)
    assert returns == pytest.approx([0.1, -0.2, 0.1])
    assert 100.0 * np.prod(1.0 + returns) == pytest.approx(96.8)


def test_a_trade_that_takes_everything_is_the_last() -> None:
    """An account that owes money cannot lose a share of it."""
    assert compounding_returns([-50.0, -60.0, 30.0], 100.0).tolist() == [-0.5, -1.0]
    assert monte_carlo([-0.5, -1.0], n_paths=10).order.final_equity.tolist() == [0.0] * 5
    assert compounding_returns([], 100.0).tolist() == []


def test_what_cannot_be_shuffled_is_refused() -> None:
    """Each in one line."""
    with pytest.raises(DataError, match="fractions of -1 or more; found none"):
        monte_carlo([])
    with pytest.raises(DataError, match=r"found one of -1\.5"):
        monte_carlo([0.1, -1.5])
    with pytest.raises(ConfigError, match="ruin_pct must be above 0, up to 100; found -20"):
        monte_carlo([0.1], ruin_pct=-20)
    with pytest.raises(ConfigError, match=r"from 0 to below 1; found 10"):
        monte_carlo([0.1], skip_probability=10)
