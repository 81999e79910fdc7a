"""Laws of the tests against a benchmark, with arch as the referee."""

from typing import Any

import numpy as np
import pytest
from arch.bootstrap import SPA, StepM
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from infrastructure.errors import ConfigError, DataError
from infrastructure.trade_metrics.superiority import long_run_variance, superiority


def models(n_sessions: int, n_models: int, seed: int, best: float = 0.0) -> NDArray[np.float64]:
    """Noise of different sizes; the first column has a mean of `best` standard deviations."""
    random = np.random.default_rng(seed)
    table = random.standard_normal((n_sessions, n_models)) + random.normal(0.0, 0.1, n_models)
    table[:, 0] = random.standard_normal(n_sessions) + best
    return table * 0.01


@pytest.mark.parametrize("seed", range(6))
def test_unstudentized_it_is_arch(seed: int) -> None:
    """On the same resamples: the same three p-values and the same superior models."""
    table = models(150, 12, seed, best=0.15 * (seed % 3))
    against = np.random.default_rng(seed + 100).normal(0.0, 0.005, 150)
    options: dict[str, Any] = {"block_size": 4, "reps": 300, "seed": seed}
    spa = SPA(-against, -table, **options)
    spa.compute()
    stepwise = StepM(-against, -table, size=0.1, **options)
    stepwise.compute()
    found = superiority(
        table, against, size=0.1, block=4, n_resamples=300, studentized=False, seed=seed
    )
    assert [found.lower, found.consistent, found.upper] == list(spa.pvalues)
    assert np.flatnonzero(found.superior).tolist() == stepwise.superior_models


@pytest.mark.parametrize("block", [1.0, 3.5, 20.0])
def test_the_long_run_variance_is_arch(block: float) -> None:
    """Sums over lags, one at a time, give the same as the spectrum."""
    table = np.cumsum(models(80, 5, seed=1), axis=0)
    referee: Any = SPA(np.zeros(80), -table, block_size=block)
    referee._compute_variance()
    assert long_run_variance(table, block) == pytest.approx(referee._loss_diff_var)


@settings(max_examples=30)
@given(st.integers(0, 2**31), st.integers(3, 60), st.integers(1, 20), st.booleans())
def test_lower_consistent_upper(
    seed: int, n_sessions: int, n_models: int, studentized: bool
) -> None:
    """The three p-values never fall, and all superior models mean a small one."""
    table = models(n_sessions, n_models, seed)
    found = superiority(table, n_resamples=50, studentized=studentized, seed=seed)
    assert 0.0 <= found.lower <= found.consistent <= found.upper <= 1.0
    assert not found.superior.any() or found.consistent <= 0.05 + 1.0 / 50


def test_the_size_of_a_models_bets_does_not_matter() -> None:
    """Studentized, a model that bets ten times as much is judged as before."""
    table = models(200, 8, seed=2, best=0.1)
    scaled = table * np.array([1.0, 10.0, 0.1, 3.0, 1.0, 1.0, 50.0, 1.0])
    one = superiority(table, block=2, n_resamples=500)
    other = superiority(scaled, block=2, n_resamples=500)
    assert (one.lower, one.consistent, one.upper) == (other.lower, other.consistent, other.upper)
    assert one.superior.tolist() == other.superior.tolist()


def test_skill_is_found_and_luck_is_not() -> None:
    """A clear edge among twenty is found, that one only; without it none is."""
    noise = np.random.default_rng(3).standard_normal((500, 20))
    found = superiority(noise + np.eye(20)[4] * 0.4)
    assert found.consistent < 0.01
    assert np.flatnonzero(found.superior).tolist() == [4]
    none = superiority(noise)
    assert none.consistent > 0.1
    assert not none.superior.any()


def test_the_more_were_tried_the_less_one_proves() -> None:
    """The same model beside none, ten and a thousand of noise: the p-value grows."""
    random = np.random.default_rng(4)
    model = random.standard_normal((250, 1)) + 0.15
    noise = random.standard_normal((250, 1_000))
    p_values = [
        superiority(np.concatenate([model, noise[:, :n]], axis=1), block=1).consistent
        for n in (0, 10, 1_000)
    ]
    assert p_values == sorted(p_values)
    assert p_values[0] < 0.05 < p_values[2]


def test_a_market_that_rose_more_is_not_beaten() -> None:
    """Better than nothing, and yet no better than holding."""
    model = np.random.default_rng(5).normal(0.002, 0.005, 400)[:, None]
    holding = np.random.default_rng(6).normal(0.003, 0.01, 400)
    assert superiority(model).consistent < 0.01
    assert superiority(model, holding).consistent > 0.3


def test_models_that_never_traded_are_no_better() -> None:
    """They change no p-value; alone they are 1."""
    table = models(100, 4, seed=7, best=0.5)
    idle = np.concatenate([np.zeros((100, 2)), table], axis=1)
    one, other = superiority(table, block=2), superiority(idle, block=2)
    assert (one.lower, one.consistent, one.upper) == (other.lower, other.consistent, other.upper)
    assert other.superior.tolist() == [False, False, *one.superior.tolist()]
    alone = superiority(np.zeros((100, 2)))
    assert (alone.lower, alone.consistent, alone.upper) == (1.0, 1.0, 1.0)


def test_what_cannot_be_compared_is_refused() -> None:
    """Each in one line."""
    with pytest.raises(DataError, match=r"at least 3 sessions of 1 model; found \(2, 1\)"):
        superiority([[0.1], [0.2]])
    with pytest.raises(DataError, match=r"each of the 3 sessions; found 2"):
        superiority(np.zeros((3, 1)), [0.0, 0.0])
    with pytest.raises(DataError, match="found nan in row 1, column 0"):
        superiority([[0.1], [float("nan")], [0.2]])
    with pytest.raises(ConfigError, match="size must be between 0 and 1; found 5"):
        superiority(np.zeros((3, 1)), size=5)


@pytest.mark.nightly
def test_false_alarms_are_as_rare_as_the_size_says() -> None:
    """Of 300 sets of ten models without skill, few enough are said to hold a superior one."""
    alarms = sum(
        superiority(
            np.random.default_rng(seed).standard_normal((200, 10)), n_resamples=500, seed=seed
        ).superior.any()
        for seed in range(300)
    )
    assert alarms / 300 < 0.09
