"""The sampler tpe: what it draws is its seed's, folds prune, an ended search goes on as it was."""

from pathlib import Path
from shutil import copyfile
from typing import Any

import numpy as np
import pytest
from trials_setup import Desk, assert_same, rows_of, strategy_json, values_of

from infrastructure.errors import ConfigError
from infrastructure.research.sweeping import sweep
from infrastructure.research.sweeps.result import SweepResult

pytest.importorskip("optuna")

PARAMETERS: dict[str, Any] = {
    "tightness_threshold": "0.02:0.5",
    "stop_loss.value": "0:1",
    "risk_reward": "1,1.5,2,3",
    "entry.type": "next_open,close",
}


@pytest.fixture
def desk(swept_store: Path, tmp_path: Path) -> Desk:
    """The tight candle, and a ledger of the test's own."""
    store = Path(copyfile(swept_store, tmp_path / "kairos.db"))
    return Desk({"tight": strategy_json("tight_candle_qqq")}, store)


def searched(desk: Desk, n_trials: int = 80, **others: Any) -> SweepResult:
    """A search, kept in memory unless `store` says otherwise."""
    terms = {"seed": 4, "store": False, "parameters": PARAMETERS} | others
    return sweep(desk.loaded, db_path=desk.store, sampler="tpe", n_trials=n_trials, **terms)


def test_a_seed_is_its_search(desk: Desk) -> None:
    """The same again, another one for another seed; inside the space."""
    found = searched(desk)
    assert found.frame.equals(searched(desk).frame)
    assert not found.frame.equals(searched(desk, seed=5).frame)
    assert found.frame["stop_loss.value"].between(0, 1).all()
    assert found.frame["tightness_threshold"].between(0.02, 0.5).all()
    assert set(found.frame["risk_reward"]) <= {1, 1.5, 2, 3}


def test_pruned_trials_are_counted_and_the_others_are_backtests(desk: Desk) -> None:
    """The first batch is never pruned; a pruned trial has no figure, and is no invalid one."""
    found = searched(desk)
    pruned = found.frame.trades.isna()
    assert 0 < found.pruned == pruned.sum() < 80
    assert not pruned[:32].any()
    assert found.n_invalid == 0
    assert found.n_met <= 80 - found.pruned
    keys = list(PARAMETERS)
    for row in rows_of(found.frame[~pruned].tail(5)):
        assert_same(row, desk.backtest(values_of(row, keys)))


def test_a_search_learns(desk: Desk) -> None:
    """What it draws late is better than what it drew first, by the median."""
    found = searched(desk, 160, objective="net_profit", folds=1)
    profit = found.frame.net_profit
    assert np.nanmedian(profit[96:]) > np.nanmedian(profit[:32])


@pytest.mark.parametrize("after", [32, 64, 79])
def test_a_search_that_was_ended_goes_on_as_it_would_have(desk: Desk, after: int) -> None:
    """The same trials to the last bit, the pruned ones too."""
    expected = searched(desk)

    class StoppedError(Exception):
        """In the middle."""

    def stop(done: int, in_all: int) -> None:
        if done >= after:
            raise StoppedError

    with pytest.raises(StoppedError):
        searched(desk, store=True, progress=stop)
    told: list[tuple[int, int]] = []
    found = searched(desk, store=True, progress=lambda *each: told.append(each))
    assert (found.sweep_id, found.n_resumed) == (1, told[0][0])
    assert found.n_resumed >= after
    assert found.frame.equals(expected.frame)
    assert (found.pruned, found.best_trial) == (expected.pruned, expected.best_trial)


def test_other_folds_are_another_search(desk: Desk) -> None:
    """What was pruned on four parts of the bars is not gone on with on two."""

    def stop(done: int, in_all: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        searched(desk, store=True, progress=stop)
    other = searched(desk, 33, store=True, folds=2)
    assert (other.sweep_id, other.n_resumed) == (2, 0)
    assert searched(desk, store=True).sweep_id == 1


def test_what_the_strategy_refuses_is_not_called_pruned(swept_store: Path) -> None:
    """Fast above slow is refused in the first fold, with the strategy's own words."""
    desk = Desk({"cross": strategy_json("moving_average_cross_qqq")}, swept_store)
    found = searched(desk, 64, parameters={"fast": "5:30", "slow": "5:30"})
    refused = found.frame.fast >= found.frame.slow
    assert found.n_invalid == refused.sum() > 0
    assert "fast must be shorter than slow" in found.reasons[0]
    assert found.pruned == (found.frame.trades.isna() & ~refused).sum()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"n_trials": 0}, "--trials: expected 1 to 20,000,000; found 0"),
        ({"folds": 0}, "folds: expected 1 to 188, the number of sessions; found 0"),
        ({"folds": 189}, "folds: expected 1 to 188, the number of sessions; found 189"),
        ({"seed": 2**32}, "--seed: expected a whole number, 0 to 4294967295; found 4294967296"),
        ({"seed": -1}, "--seed: expected a whole number"),
    ],
)
def test_a_search_that_cannot_be_is_one_line(
    desk: Desk, changes: dict[str, Any], said: str
) -> None:
    """Nothing is begun in the ledger."""
    with pytest.raises(ConfigError) as caught:
        searched(desk, store=True, **changes)
    assert str(caught.value).startswith(said)
    assert searched(desk, 1, store=True).sweep_id == 1
