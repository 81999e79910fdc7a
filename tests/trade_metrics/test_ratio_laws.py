"""Laws of the ratios: their plain-Python twins, and where they are not defined."""

import statistics
from math import isnan, nan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.errors import ConfigError, DataError
from infrastructure.trade_metrics.ratios import (
    cagr,
    kurtosis,
    sharpe_ratio,
    skewness,
    sortino_ratio,
    volatility,
)
from infrastructure.trade_metrics.sharpe_significance import (
    deflated_sharpe,
    expected_maximum_sharpe,
    minimum_backtest_length,
    minimum_track_record_length,
    probabilistic_sharpe,
)

RETURNS = st.lists(
    st.integers(-900, 900).map(lambda per_mille: per_mille / 1000), min_size=2, max_size=40
).filter(lambda returns: len(set(returns)) > 1)


@given(RETURNS, st.sampled_from([1.0, 252.0, 365.0]), st.sampled_from([0.0, 4.0]))
def test_ratios_equal_their_plain_twins(returns: list[float], year: float, free: float) -> None:
    """Sharpe, Sortino and volatility equal the same formulas written with the standard library."""
    excess = [each - free / 100 / year for each in returns]
    mean, deviation = statistics.fmean(excess), statistics.stdev(excess)
    downside = sqrt(statistics.fmean([min(each, 0.0) ** 2 for each in excess]))
    assert sharpe_ratio(returns, year, free) == pytest.approx(mean / deviation * sqrt(year))
    assert volatility(returns, year) == pytest.approx(statistics.stdev(returns) * sqrt(year))
    sortino = sortino_ratio(returns, year, free)
    if downside == 0.0:
        assert isnan(sortino)
    else:
        assert sortino == pytest.approx(mean / downside * sqrt(year))


@given(RETURNS)
def test_moments_equal_their_plain_twins(returns: list[float]) -> None:
    """Skewness and kurtosis are mean powers of the standardised returns (ddof 0)."""
    mean, deviation = statistics.fmean(returns), statistics.pstdev(returns)
    standard = [(each - mean) / deviation for each in returns]
    assert skewness(returns) == pytest.approx(statistics.fmean([z**3 for z in standard]), abs=1e-9)
    assert kurtosis(returns) == pytest.approx(statistics.fmean([z**4 for z in standard]), abs=1e-9)


@given(RETURNS, st.sampled_from([1e-6, 0.5, 1000.0]))
def test_ratios_do_not_know_the_unit(returns: list[float], scale: float) -> None:
    """Returns in another unit have the same Sharpe, skewness and kurtosis."""
    scaled = np.array(returns) * scale
    assert sharpe_ratio(scaled) == pytest.approx(sharpe_ratio(returns), abs=1e-9)
    assert skewness(scaled) == pytest.approx(skewness(returns), abs=1e-9)
    assert kurtosis(scaled) == pytest.approx(kurtosis(returns), abs=1e-9)


def test_kurtosis_of_the_normal_is_three() -> None:
    """Kurtosis is not excess, as probabilistic_sharpe wants it."""
    sample = np.random.default_rng(1).standard_normal(200_000)
    assert kurtosis(sample) == pytest.approx(3.0, abs=0.05)
    assert skewness(sample) == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("returns", [[], [0.01], [0.0, 0.0, 0.0], [0.1 + 0.2, 0.3, 0.3]])
def test_no_variance_no_ratio(returns: list[float]) -> None:
    """Without two returns that differ by more than rounding there is no Sharpe and no Sortino."""
    assert isnan(sharpe_ratio(returns, 252))
    assert isnan(sortino_ratio(returns, 252))
    assert isnan(skewness(returns))
    assert isnan(kurtosis(returns))


def test_steady_growth_has_no_sharpe_in_spite_of_rounding() -> None:
    """Equal returns computed from an equity path differ in the last digit only: undefined."""
    equity = 100_000.0 * 1.0007 ** np.arange(300)
    assert isnan(sharpe_ratio(equity[1:] / equity[:-1] - 1.0, 252))


def test_no_losing_period_no_sortino() -> None:
    """Without a loss the downside is zero and the ratio undefined, not infinite."""
    assert isnan(sortino_ratio([0.01, 0.02], 252))


def test_one_losing_period_is_a_sortino() -> None:
    """A single loss has a Sortino ratio: only its spread needs no second one."""
    assert sortino_ratio([-0.5]) == pytest.approx(-1.0)


def test_constant_returns_have_zero_volatility() -> None:
    """No movement is a volatility of zero, which is defined; one return alone has none."""
    assert volatility([0.0, 0.0], 252) == 0.0
    assert isnan(volatility([0.01], 252))


def test_nan_is_never_skipped() -> None:
    """One unknown return makes every ratio unknown."""
    returns = [0.01, nan, -0.02]
    figures = (sharpe_ratio(returns), sortino_ratio(returns), volatility(returns))
    assert all(isnan(figure) for figure in (*figures, skewness(returns), kurtosis(returns)))


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [(0.0, 10.0, 5.0), (-1.0, 1.0, 5.0), (10.0, -1.0, 5.0), (10.0, 11.0, 0.0), (1.0, nan, 1.0)],
)
def test_growth_that_is_not_defined(start: float, end: float, days: float) -> None:
    """No capital, a debt at the end or no time passed: no growth rate."""
    assert isnan(cagr(start, end, days))


def test_growth_beyond_numbers_is_undefined() -> None:
    """A minute's doubling raised to a year is no number."""
    assert isnan(cagr(1.0, 2.0, 1 / 1440))


def test_total_loss_grows_by_minus_one() -> None:
    """Nothing left is -100 % a year."""
    assert cagr(100.0, 0.0, 30.0) == -1.0


@pytest.mark.parametrize("year", [0.0, -252.0, nan, float("inf")])
def test_a_year_without_periods_is_refused(year: float) -> None:
    """periods_per_year must be a finite number above zero."""
    with pytest.raises(ConfigError, match="periods_per_year must be a finite number above zero"):
        sharpe_ratio([0.01, 0.02], year)


def test_returns_are_one_column() -> None:
    """A table of returns is refused with its shape."""
    with pytest.raises(DataError, match=r"returns must have shape \(n,\); found \(1, 2\)"):
        sharpe_ratio([[0.01, 0.02]], 252)


def test_best_of_one_needs_no_luck() -> None:
    """One trial is expected at zero, so deflating by it changes nothing."""
    assert expected_maximum_sharpe(1, 0.3) == 0.0
    assert deflated_sharpe(0.1, 250, 1, 0.3) == probabilistic_sharpe(0.1, 250)


@given(st.floats(0.01, 0.5), st.floats(-1.0, 1.0), st.floats(3.0, 10.0), st.floats(0.55, 0.99))
def test_track_record_of_minimum_length_reaches_its_confidence(
    sharpe: float, skew: float, kurt: float, confidence: float
) -> None:
    """At the minimum T the probability of a Sharpe above zero is exactly the confidence."""
    length = minimum_track_record_length(sharpe, 0.0, skew, kurt, confidence)
    spread = sqrt(1.0 - skew * sharpe + (kurt - 1.0) / 4.0 * sharpe**2)
    z = sharpe * sqrt(length - 1.0) / spread
    assert statistics.NormalDist().cdf(z) == pytest.approx(confidence)


def test_no_track_record_shows_what_is_not_there() -> None:
    """A Sharpe ratio at or below its benchmark needs no length: none suffices."""
    assert isnan(minimum_track_record_length(0.1, benchmark=0.1))
    assert isnan(minimum_track_record_length(nan))


def test_impossible_moments_have_no_probability() -> None:
    """Moments that make the variance of the estimate negative give NaN."""
    assert isnan(probabilistic_sharpe(2.0, 100, skewness=3.0, kurtosis=1.0))
    assert isnan(probabilistic_sharpe(nan, 100))


def test_impossible_parameters_are_refused() -> None:
    """Counts below their minimum, a negative variance and a confidence of 1 are config errors."""
    with pytest.raises(ConfigError, match="n_returns must be at least 2; found 1"):
        probabilistic_sharpe(0.1, 1)
    with pytest.raises(ConfigError, match="n_trials must be at least 1; found 0"):
        expected_maximum_sharpe(0)
    with pytest.raises(ConfigError, match="trials_variance must be zero or more"):
        expected_maximum_sharpe(5, -0.1)
    with pytest.raises(ConfigError, match=r"confidence must be between 0.5 and 1; found 1.0"):
        minimum_track_record_length(0.1, confidence=1.0)
    with pytest.raises(ConfigError, match="annual_sharpe must be a finite number above zero"):
        minimum_backtest_length(10, 0.0)
