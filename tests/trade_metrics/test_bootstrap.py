"""Laws of the session bootstrap, with scipy, arch and the project's own figures as referees."""

import warnings
from math import isnan, nan, sqrt
from typing import Any

import numpy as np
import pytest
from arch.bootstrap import StationaryBootstrap
from numpy.typing import NDArray
from scipy import stats

from infrastructure.errors import ConfigError, DataError
from infrastructure.trade_metrics.bca import bca_interval
from infrastructure.trade_metrics.bootstrap import (
    STATISTICS,
    BootstrapInterval,
    bootstrap_intervals,
)
from infrastructure.trade_metrics.drawdown import max_drawdown
from infrastructure.trade_metrics.ratios import sharpe_ratio
from infrastructure.trade_metrics.resampling import block_length, resampled_sessions
from infrastructure.trade_metrics.trade_statistics import sqn

Column = NDArray[np.float64]


def a_run(n_sessions: int = 120, n_trades: int = 80, seed: int = 1) -> tuple[Column, Column, Any]:
    """Session returns, trades' R and their sessions."""
    random = np.random.default_rng(seed)
    returns = random.normal(0.0008, 0.01, n_sessions)
    return (
        returns,
        random.normal(0.3, 1.2, n_trades),
        np.sort(random.integers(0, n_sessions, n_trades)),
    )


def plain_figures(rows: NDArray[np.int64], returns: Column, r: Column, session: Any) -> list[float]:
    """The figures of the chosen sessions, by the functions that every report uses."""
    multiples = [value for row in rows for value in r[session == row]]
    mean_r = float(np.mean(multiples)) if multiples else nan
    taken = returns[rows]
    depth = max_drawdown(np.cumprod(1.0 + taken), 1.0)
    return [mean_r, sqn(multiples), sharpe_ratio(taken, 252), 100.0 * depth]


def test_estimates_and_distributions_are_the_runs_own_figures() -> None:
    """Each resample has the figures that the reports' functions give of its sessions and trades."""
    returns, r, session = a_run()
    found = bootstrap_intervals(returns, r, session, 252, block=4.0, n_resamples=50, seed=3)
    own = plain_figures(np.arange(len(returns)), returns, r, session)
    draws = np.concatenate([*resampled_sessions(len(returns), 50, 4.0, 3)])
    plain = np.array([plain_figures(rows, returns, r, session) for rows in draws])
    for i, name in enumerate(STATISTICS):
        assert found[name].estimate == pytest.approx(own[i])
        assert found[name].distribution == pytest.approx(plain[:, i])


@pytest.mark.parametrize("statistic", range(3))
def test_intervals_equal_arch(statistic: int) -> None:
    """One statistic at a time, on the same draws, arch's own BCa interval is the same.

    Not of the drawdown: resamples often repeat it, and arch does not count such ties by half.
    """
    returns, r, session = a_run(60, 50)
    found = bootstrap_intervals(returns, r, session, 252, block=3.0, n_resamples=400, seed=7)

    def figure(rows: NDArray[np.int64]) -> Any:
        return np.array([plain_figures(rows, returns, r, session)[statistic]])

    bootstrap = StationaryBootstrap(3, np.arange(60), seed=7)
    low, high = bootstrap.conf_int(figure, 400, method="bca", size=0.95)[:, 0]
    interval = found[STATISTICS[statistic]]
    assert (interval.low, interval.high) == pytest.approx((low, high))


def test_a_bca_interval_equals_scipy() -> None:
    """On scipy's own resamples of skewed independent data the interval of the mean is scipy's."""
    data = np.random.default_rng(4).exponential(1.0, 40)
    referee = stats.bootstrap(
        (data,), np.mean, n_resamples=2_000, method="BCa", rng=np.random.default_rng(5)
    )
    jackknife = np.array([np.delete(data, i).mean() for i in range(40)])
    low, high = bca_interval(float(data.mean()), referee.bootstrap_distribution, jackknife)
    expected = referee.confidence_interval
    assert (low, high) == pytest.approx((expected.low, expected.high))


def test_independent_sessions_agree_with_scipys_bootstrap() -> None:
    """One trade a session, blocks of one: mean R's interval is that of an ordinary bootstrap."""
    r = np.random.default_rng(6).exponential(1.0, 100) - 0.7
    found = bootstrap_intervals(
        np.linspace(-0.01, 0.01, 100), r, np.arange(100), 252, block=1.0, n_resamples=20_000
    )["mean_r"]
    referee = stats.bootstrap(
        (r,), np.mean, n_resamples=20_000, method="BCa", rng=np.random.default_rng(7)
    ).confidence_interval
    assert (found.low, found.high) == pytest.approx((referee.low, referee.high), abs=0.01)


def test_a_loss_in_the_first_session_is_a_drawdown() -> None:
    """Max drawdown counts from the starting capital."""
    found = bootstrap_intervals([-0.5, 0.1, 0.1], [], [], 252, n_resamples=10)
    assert found["max_drawdown_pct"].estimate == pytest.approx(50.0)


def test_a_seed_gives_the_same_interval_again() -> None:
    """And another seed another distribution around the same estimate."""
    run = a_run()
    one, same, other = (
        bootstrap_intervals(*run, 252, n_resamples=100, seed=seed)["sqn"] for seed in (1, 1, 2)
    )
    assert (one.low, one.high) == (same.low, same.high)
    assert (one.distribution != other.distribution).any()
    assert one.estimate == other.estimate


def test_the_interval_is_equivariant_in_r() -> None:
    """R twice as large: mean R and its interval twice as large, SQN as it was."""
    returns, r, session = a_run()
    one = bootstrap_intervals(returns, r, session, 252, n_resamples=300, block=2.0)
    twice = bootstrap_intervals(returns, 2.0 * r, session, 252, n_resamples=300, block=2.0)
    assert twice["mean_r"].low == pytest.approx(2.0 * one["mean_r"].low)
    assert twice["mean_r"].high == pytest.approx(2.0 * one["mean_r"].high)
    assert twice["sqn"].low == pytest.approx(one["sqn"].low)


def is_undefined(interval: BootstrapInterval) -> bool:
    """Neither estimate nor bounds."""
    return all(isnan(each) for each in (interval.estimate, interval.low, interval.high))


def test_what_is_not_defined_is_nan() -> None:
    """No stops: no R figures. Equal R: no SQN. A flat account: no Sharpe, and no drawdown."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        flat = bootstrap_intervals(np.zeros(40), [nan, nan], [3, 4], 252, n_resamples=200)
        equal = bootstrap_intervals(np.zeros(40), [-1.1] * 40, range(40), 252, n_resamples=200)
    assert is_undefined(flat["mean_r"]) and is_undefined(flat["sqn"])
    assert is_undefined(flat["sharpe"])
    drawdown = flat["max_drawdown_pct"]
    assert (drawdown.estimate, drawdown.low, drawdown.high) == (0.0, 0.0, 0.0)
    assert is_undefined(equal["sqn"])
    mean_r = equal["mean_r"]
    assert (mean_r.low, mean_r.estimate, mean_r.high) == pytest.approx((-1.1, -1.1, -1.1))


def test_too_many_resamples_without_a_trade_leave_no_interval() -> None:
    """One trade in 40 sessions: a third of the resamples miss it, so there is no interval."""
    found = bootstrap_intervals(np.zeros(40), [1.5], [3], 252, n_resamples=300)["mean_r"]
    assert found.estimate == 1.5
    assert isnan(found.low) and isnan(found.high)
    assert 0.2 < np.isnan(found.distribution).mean() < 0.5


def test_an_estimate_beyond_all_resamples_still_has_an_interval() -> None:
    """The smallest of all values: arch refuses it, here the interval goes to the lowest ones."""
    low, high = bca_interval(-1.0, np.linspace(0.0, 1.0, 1_001), np.array([0.0, 1.0]))
    assert low == 0.0
    assert 0.0 <= high < 0.1


def test_blocks_have_the_mean_length_asked_for() -> None:
    """Runs of consecutive sessions end with probability 1 / block; the last is followed by 0."""
    draws = np.concatenate([*resampled_sessions(50, 2_000, 5.0, seed=1)])
    follows = draws[:, 1:] == (draws[:, :-1] + 1) % 50
    assert follows.mean() == pytest.approx(1.0 - 0.2 + 0.2 / 50, abs=0.005)
    assert np.bincount(draws.ravel()) == pytest.approx(np.full(50, 2_000), rel=0.1)


def test_long_blocks_for_dependent_sessions_only() -> None:
    """White noise, constants and a few sessions need blocks of one; a trending series long ones."""
    random = np.random.default_rng(8)
    white = random.standard_normal(1_000)
    trending = np.convolve(white, np.ones(20), mode="valid")
    assert block_length(white) < 2.0
    assert block_length(trending) > 10.0
    assert block_length(white[:981], trending) == block_length(trending)
    assert block_length(np.zeros(100)) == block_length([1.0, 2.0]) == block_length() == 1.0


def test_what_cannot_be_resampled_is_refused() -> None:
    """Each in one line."""
    with pytest.raises(DataError, match="at least two sessions; found 1"):
        bootstrap_intervals([0.1], [], [], 252)
    with pytest.raises(DataError, match="rows 0 to 1 of session_returns; found 0 to 2"):
        bootstrap_intervals([0.1, 0.2], [1.0, 1.0], [0, 2], 252)
    with pytest.raises(DataError, match="found nan in row 1"):
        bootstrap_intervals([0.1, nan], [], [], 252)
    with pytest.raises(ConfigError, match="confidence must be between 0 and 1; found 95"):
        bootstrap_intervals([0.1, 0.2], [], [], 252, confidence=95)
    with pytest.raises(ConfigError, match=r"block must be at least 1; found 0\.5"):
        bootstrap_intervals([0.1, 0.2], [], [], 252, block=0.5)


@pytest.mark.nightly
def test_intervals_cover_the_truth() -> None:
    """Of 400 runs drawn from a known world, about 95 % have its mean R and its Sharpe inside."""
    inside = np.zeros(2)
    for seed in range(400):
        random = np.random.default_rng(seed)
        returns = random.normal(0.001, 0.01, 250)
        r = random.exponential(1.5, 200) - 1.2
        found = bootstrap_intervals(
            returns, r, random.integers(0, 250, 200), 252, n_resamples=1_000, seed=seed
        )
        truths = {"mean_r": 0.3, "sharpe": 0.1 * sqrt(252)}
        inside += [found[name].low <= truth <= found[name].high for name, truth in truths.items()]
    assert inside / 400 == pytest.approx([0.95, 0.95], abs=0.03)
