"""Every published statistic, from the inputs it was published with."""

from math import log, sqrt

import numpy as np
import pytest

from infrastructure.trade_metrics.arithmetic import mean
from infrastructure.trade_metrics.drawdown import max_drawdown, ulcer_index
from infrastructure.trade_metrics.overfitting import probability_of_backtest_overfitting
from infrastructure.trade_metrics.ratios import cagr, sharpe_ratio, sortino_ratio
from infrastructure.trade_metrics.sharpe_significance import (
    deflated_sharpe,
    expected_maximum_sharpe,
    minimum_backtest_length,
    minimum_track_record_length,
    probabilistic_sharpe,
)
from infrastructure.trade_metrics.trade_statistics import (
    expectancy,
    expectancy_ratio,
    kelly_fraction,
    sqn,
)

THARP_R = [0.86, 4.40, -0.72, 0.44, 1.57, 1.13, -1.70, -0.58]
THARP_PNL = [100.0, 200.0, 50.0, -150.0, 300.0, -100.0, 80.0, -30.0]
FOUR_RETURNS = [0.01, -0.02, 0.03, -0.01]


def close_to(value: float) -> object:
    """`value` to twelve digits: beyond them libraries of the normal law differ."""
    return pytest.approx(value, rel=1e-12)


def test_expected_maximum_of_a_hundred_standard_normals() -> None:
    """Bailey and Lopez de Prado's formula gives 2.53 for 100 trials of variance 1."""
    assert expected_maximum_sharpe(100) == close_to(2.5306028932016846)


def test_expected_maximum_of_more_trials_than_floats_tell_apart() -> None:
    """It goes on rising where 1 - 1/N is 1: below the bound sqrt(2 log N)."""
    found = [expected_maximum_sharpe(10**power) for power in (12, 15, 18, 21)]
    assert found == sorted(found) and 9.0 < found[-1] < (2 * 21 * 2.302585093) ** 0.5


@pytest.mark.parametrize(
    ("trials", "expected"), [(100, 0.90039683444939034), (46, 0.95050170687558)]
)
def test_deflated_sharpe(trials: int, expected: float) -> None:
    """The worked example of the deflated Sharpe ratio, at 100 and at 46 trials."""
    found = deflated_sharpe(
        sharpe=2.5 / sqrt(250),
        n_returns=1250,
        n_trials=trials,
        trials_variance=0.5 / 250,
        skewness=-3.0,
        kurtosis=10.0,
    )
    assert found == close_to(expected)


def test_luck_of_the_deflated_sharpe() -> None:
    """The same example's benchmark: what the best of 100 would show by luck, per day."""
    assert expected_maximum_sharpe(100, 0.5 / 250) == pytest.approx(0.11317200, abs=5e-9)


def test_probabilistic_sharpe() -> None:
    """Two years of months of a skewed, fat-tailed fund beat zero with 91 %."""
    found = probabilistic_sharpe(1.585 / sqrt(12), 24, skewness=-2.448, kurtosis=10.164)
    assert found == close_to(0.91323430688486018)


@pytest.mark.parametrize(
    ("periods", "years"), [(250, 2.7311878017281761), (52, 2.8288335869452368)]
)
def test_minimum_track_record(periods: int, years: float) -> None:
    """An annual Sharpe of 2 needs 2.7 years of days, 2.8 of weeks, to be above 1 with 95 %."""
    returns = minimum_track_record_length(2 / sqrt(periods), benchmark=1 / sqrt(periods))
    assert returns / periods == close_to(years)


def test_minimum_backtest_length() -> None:
    """45 trials show an in-sample Sharpe of 1 by luck on anything under five years."""
    assert minimum_backtest_length(45, 1.0) == close_to(4.9980870044434038)


@pytest.mark.parametrize(
    ("columns", "probability", "logit"),
    [
        (([0.0, 0.0, 0.0, 10.0], [4.0, 3.0, 2.0, 1.0]), 1.0, -log(2)),
        (([1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 0.0, 1.0]), 0.0, log(2)),
    ],
)
def test_backtest_overfitting(
    columns: tuple[list[float], list[float]], probability: float, logit: float
) -> None:
    """A column that is best only in sample is overfit in all six splits; a dominant one in none."""
    found = probability_of_backtest_overfitting(np.transpose(columns), 4, metric="mean")
    assert found.probability == probability
    assert found.logits == pytest.approx([logit] * 6, abs=1e-15)


def test_choosing_among_noise_is_a_coin_toss() -> None:
    """On pure noise the best in sample is in the lower half out of sample half of the time."""
    found = [
        probability_of_backtest_overfitting(
            np.random.default_rng(seed).standard_normal((400, 50)), 8
        ).probability
        for seed in range(40)
    ]
    assert np.mean(found) == pytest.approx(0.5, abs=0.05)


def test_sharpe_and_sortino() -> None:
    """Four daily returns, 252 days a year, ddof 1, target 0."""
    assert sharpe_ratio(FOUR_RETURNS, 252) == close_to(1.789801617640478)
    assert sortino_ratio(FOUR_RETURNS, 252) == close_to(3.549647869859768)


def test_maximum_drawdown() -> None:
    """A first return of -50 % is a drawdown of a half; 0.9 then 0.75 of the start, of a quarter."""
    assert max_drawdown([50.0, 55.0], starting_capital=100.0) == 0.5
    assert max_drawdown([90.0, 75.0], starting_capital=100.0) == 0.25


def test_ulcer_index() -> None:
    """100, 90, 100: one of three rows is 10 % down."""
    assert ulcer_index([100.0, 90.0, 100.0]) == close_to(sqrt(100 / 3))


def test_system_quality_number() -> None:
    """Van Tharp's eight R-multiples: mean 0.675 R, SQN 1.0282."""
    assert mean(np.array(THARP_R)) == close_to(0.675)
    assert np.std(THARP_R, ddof=1) == pytest.approx(1.85683, abs=5e-6)
    assert sqn(THARP_R) == pytest.approx(1.0282, abs=5e-5)


def test_expectancy() -> None:
    """Eight trades earn 56.25 each, 0.60 for every unit of the average loss."""
    assert expectancy(THARP_PNL) == 56.25
    assert expectancy_ratio(THARP_PNL) == pytest.approx(0.60267857, abs=5e-9)


@pytest.mark.parametrize(("probability", "payoff", "stake"), [(0.6, 1.0, 0.20), (0.5, 2.0, 0.25)])
def test_kelly(probability: float, payoff: float, stake: float) -> None:
    """60 % at even money stakes a fifth of the capital; a fair coin at two to one, a quarter."""
    assert kelly_fraction(probability, payoff) == close_to(stake)


@pytest.mark.parametrize(
    ("start", "end", "days", "growth"),
    [(64_900, 176_000, 1_095, 0.3945), (1_000, 1_500, 100, 3.3927)],
)
def test_cagr(start: float, end: float, days: float, growth: float) -> None:
    """Growth a year by calendar days, 365 to the year."""
    assert cagr(start, end, days) == pytest.approx(growth, abs=5e-5)
