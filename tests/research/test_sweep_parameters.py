"""Parameters of every type, and strategies that fail: what a strategy of one's own may bring."""

import sys
from pathlib import Path
from typing import Any

import pytest
from trials_setup import Desk, assert_same, rows_of, values_of

import strategies
from infrastructure.errors import ConfigError, StrategyError
from infrastructure.research.sweeping import sweep
from infrastructure.research.sweeps import checking
from infrastructure.research.sweeps.configs import build_configs
from infrastructure.research.sweeps.result import SweepResult
from infrastructure.strategy_management import strategy_registry

SOURCE = '''
"""A strategy with parameters of every type; it fails where it is told to."""

import numpy as np

from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.errors import ConfigError


class Motley(VectorBTStrategy):
    """Buys on chosen rows of the day."""

    rows: list[int] = [3]
    side: str = "long"
    skip: bool = False
    above: float | None = 0.5
    every: int = 2
    trades: float = 1.0

    def generate_signals(self, bars):
        """On chosen rows."""
        assert isinstance(self.rows, tuple)
        assert type(self.trades) is float
        if self.side == "neither":
            raise ConfigError("Motley: side must be long or short")
        if self.side == "broken":
            raise ZeroDivisionError("nothing there")
        row = np.arange(len(bars)) % 13
        chosen = np.isin(row, self.rows) & (np.arange(len(bars)) // 13 % self.every == 0)
        if self.above is not None:
            chosen &= bars.close > bars.open * (1 + self.above / 1000)
        if self.skip:
            chosen[::2] = False
        return Signals(**{self.side: chosen})
'''
EVERY_TYPE: dict[str, Any] = {
    "rows": [[1], [2, 5], (4, 7, 9)],
    "side": "long,short",
    "skip": "true,false",
    "above": "null,0,0.25,1",
    "every": "1:3",
    "indicator.parameters.trades": "1,2.5",
}


@pytest.fixture
def desk(swept_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A portfolio of that strategy, in a folder of its own."""
    (tmp_path / "motley.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.setattr(strategy_registry, "STRATEGIES", tmp_path)
    monkeypatch.setattr(strategies, "__path__", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "strategies.motley", raising=False)
    monkeypatch.setattr("infrastructure.research.sweeps.configs._CLASSES", {})
    strategy = {
        "strategy_name": "Motley",
        "class_name": "Motley",
        "symbols": ["QQQ"],
        "interval": "30m",
        "stop_loss": {"type": "fix_perc", "value": 0.5},
    }
    return Desk({"motley": strategy}, swept_store)


def swept(desk: Desk, parameters: Any, **others: Any) -> SweepResult:
    """Kept in memory."""
    return sweep(desk.loaded, parameters, db_path=desk.store, store=False, **others)


def test_parameters_of_every_type_are_swept(desk: Desk) -> None:
    """Lists, words, flags, null, whole numbers and floats reach the strategy as its config does."""
    found = swept(desk, EVERY_TYPE, sampler="random", n_trials=40, seed=2)
    for row in rows_of(found.frame):
        assert_same(row, desk.backtest(values_of(row, list(EVERY_TYPE))))
    assert found.frame.trades.min() > 0


def test_a_parameter_called_like_a_figure_is_told_in_full(desk: Desk) -> None:
    """Its column and the figure's stand beside each other."""
    frame = swept(desk, {"trades": "1,2"}).frame
    assert frame["indicator.parameters.trades"].tolist() == [1, 2]
    assert frame["trades"].min() > 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("every=1.5,2", "every must be a whole number; found 1.5"),
        ("every=1,2.0", "every must be a whole number; found 2.0 (write 2)"),
        ("skip=0,1", "skip must be true or false; found 0"),
        ("side=1,2", "side must be text; found 1"),
        ("rows=1,2", "rows must be a valid list; found 1"),
        ('above="a"', "above"),
        ("trades=null", "trades must be a number; found null"),
    ],
)
def test_a_value_of_another_type_is_one_line(desk: Desk, text: str, said: str) -> None:
    """Strict, as in a config's file."""
    with pytest.raises(ConfigError) as caught:
        swept(desk, [text])
    assert said in str(caught.value)
    assert str(caught.value).startswith("--param ")
    assert "\n" not in str(caught.value)


def test_a_refusal_is_one_trial_s_and_a_fault_is_the_strategy_s(desk: Desk) -> None:
    """A ConfigError refuses its trial; any other error ends the sweep, with its line."""
    found = swept(desk, {"side": "long,neither,short", "every": "1,2"})
    assert found.n_invalid == 2
    assert found.reasons == ("Motley: Motley: side must be long or short",)
    with pytest.raises(StrategyError, match=r"raised ZeroDivisionError: nothing there \(motley.py"):
        swept(desk, {"side": "long,broken"})
    with pytest.raises(StrategyError, match="ZeroDivisionError"):
        swept(desk, {"side": "long,broken", "symbols": [["QQQ", "SPY"]]})


def test_values_are_checked_once_under_many_books(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds of values beside twenty kinds of books are not thousands of configs."""
    built = []

    def counted(*given: Any) -> Any:
        built.append(given)
        return build_configs(*given)

    monkeypatch.setattr(checking, "build_configs", counted)
    parameters = {
        "stop_loss.period": "1:10",
        "exit_at_session_end": "true,false",
        "every": "1:200",
        "above": "0:1:0.01",
        "stop_loss.value": "0.1:0.5:0.01",
    }
    swept(desk, parameters, sampler="random", n_trials=5)
    assert 200 + 101 + 41 < len(built) < 600
