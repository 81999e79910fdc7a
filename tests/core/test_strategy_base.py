"""VectorBTStrategy: what a child gets for one method."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.errors import ConfigError, StrategyError
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.synthetic import make_demo_bars
from strategies.tight_candle_strategy import TightCandleStrategy

ROOT = Path(__file__).resolve().parents[2]


class Nth(VectorBTStrategy):
    """Buys every nth bar."""

    every: int = 7
    share: float = 0.5

    def generate_signals(self, bars: Bars) -> Signals:
        """A rhythm, no idea."""
        return Signals(long=np.arange(len(bars)) % self.every == 0)


def demo() -> Bars:
    """Two and a half years of synthetic bars."""
    return make_demo_bars("QQQ", "30m")


def nth(**settings: object) -> Nth:
    """The strategy on the demo bars' symbol."""
    return Nth(symbols=["QQQ"], interval="30m", **settings)  # type: ignore[arg-type]  # any key


def test_parameters_config_and_repr_agree() -> None:
    """A keyword is an attribute, a config value and part of the repr."""
    strategy = nth(every=5)
    assert strategy.every == strategy.config.indicator.parameters["every"] == 5
    assert repr(strategy) == "Nth(every=5, share=0.5)"


def test_a_child_needs_generate_signals_only() -> None:
    """Without it the class stays abstract; with it alone the strategy runs and has figures."""
    with pytest.raises(TypeError, match="abstract"):
        VectorBTStrategy(symbols=["QQQ"], interval="30m")  # type: ignore[abstract]
    strategy = nth(risk_reward=2.0)
    strategy.run(demo())
    assert strategy.metrics.trades == len(strategy.trades) > 100


def test_the_portfolio_is_vectorbts_own_and_agrees() -> None:
    """A real vbt.Portfolio of the same orders: value, cash and trades as Kairos has them."""
    pytest.importorskip("vectorbt")
    strategy = nth(every=40)
    backtest = strategy.run(demo())
    portfolio = strategy.portfolio
    assert type(portfolio).__name__ == "Portfolio"
    theirs = np.asarray(portfolio.value()).ravel()
    assert np.abs(theirs - backtest.simulation.book_equity[:, 0]).max() < 0.01
    assert len(portfolio.exit_trades.records) == len(backtest.simulation.trades)


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"evry": 3}, r'evry is neither a parameter nor a config key \(did you mean "every"\?\)'),
        ({"every": "7"}, "every must be a whole number"),
        ({"every": 7.5}, "every must be a whole number"),
        ({"share": float("nan")}, "share must be a finite number"),
        ({"risk_reward": -1}, "risk_reward must be above 0"),
    ],
)
def test_a_wrong_setting_is_one_line(settings: dict[str, object], found: str) -> None:
    """It names the key, what was expected and what was found."""
    with pytest.raises(ConfigError, match=found) as error:
        nth(**settings)
    assert "\n" not in str(error.value)


class Raises(Nth):
    """Fails."""

    def generate_signals(self, bars: Bars) -> Signals:
        """Divide by zero."""
        return Signals(long=[1 // 0])


class Short(Nth):
    """Forgets a bar."""

    def generate_signals(self, bars: Bars) -> Signals:
        """One row too few."""
        return Signals(long=np.zeros(len(bars) - 1, bool))


class Writes(Nth):
    """Changes its bars."""

    def generate_signals(self, bars: Bars) -> Signals:
        """Bars are read-only."""
        bars.close[0] = 1.0
        return Signals()


class Guesses(Nth):
    """Returns floats."""

    def generate_signals(self, bars: Bars) -> Signals:
        """NaN is no decision."""
        return Signals(long=np.full(len(bars), np.nan))


class Tuple(Nth):
    """Returns something else."""

    def generate_signals(self, bars: Bars) -> Signals:
        """Not Signals."""
        return (1, 2)  # type: ignore[return-value]  # that is the point


@pytest.mark.parametrize(
    ("child", "found"),
    [
        (Raises, r"Raises: generate_signals raised ZeroDivisionError.*test_strategy_base.py, line"),
        (Short, "one row per bar; long has 12 rows for 13 bars"),
        (Writes, "read-only"),
        (Guesses, "Signals.long must hold True or False"),
        (Tuple, "must return Signals; found tuple"),
    ],
)
def test_a_faulty_strategy_is_one_line(child: type[Nth], found: str) -> None:
    """Its own fault is named, with the place where it lies."""
    with pytest.raises(StrategyError, match=found) as error:
        child(symbols=["QQQ"], interval="30m").run(demo().head(13))
    assert "\n" not in str(error.value)


def test_a_parameter_that_its_indicator_refuses_keeps_its_line() -> None:
    """It stays a ConfigError, with the strategy's name before the key."""
    found = "^Doji: tightness_threshold must be a number, .*; found -1.0$"
    wrong = {"tightness_threshold": -1.0, "strategy_name": "Doji"}
    strategy = TightCandleStrategy(symbols=["QQQ"], interval="30m", **wrong)  # type: ignore[arg-type]  # any key
    with pytest.raises(ConfigError, match=found):
        strategy.run(demo().head(13))


def test_a_parameter_may_not_hide_a_config_key() -> None:
    """Whoever writes the class learns it when the class is made."""
    with pytest.raises(TypeError, match=r"Bad.interval"):
        type(
            "Bad",
            (VectorBTStrategy,),
            {"__annotations__": {"interval": str}, "generate_signals": Nth.generate_signals},
        )


def test_a_strategy_file_runs_alone_from_the_repositorys_root(tmp_path: Path) -> None:
    """The documented command makes demo bars where there are none, and labels them."""
    command = [sys.executable, "strategies/tight_candle_strategy.py"]
    environment = {"KAIROS_DB": str(tmp_path / "k.db"), "PATH": ""}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert "SYNTHETIC" in done.stdout
    assert "net profit" in done.stdout
    assert done.stderr == ""


def test_bars_of_another_series_are_refused() -> None:
    """Bars under the wrong symbol or interval never trade."""
    with pytest.raises(ConfigError, match="bars must be of QQQ 1h XNYS; found QQQ 30m XNYS"):
        Nth(symbols=["QQQ"], interval="1h").run(demo().head(26))
    with pytest.raises(ConfigError, match="bars must be Bars, or Bars by symbol; found list"):
        nth().run([demo()])  # type: ignore[arg-type]  # that is the point


def test_start_and_end_cut_given_bars_too() -> None:
    """A run on given bars trades the sessions asked for, and no others."""
    backtest = nth(start="2024-03-04", end="2024-03-05").run(demo())
    sessions = backtest.books[0].lanes[0].bars.session.astype("datetime64[D]").astype(str)
    assert sorted(set(sessions)) == ["2024-03-04", "2024-03-05"]


def test_bars_cannot_be_made_writable() -> None:
    """The columns are views of read-only ones: what others trade on stays as it is."""
    with pytest.raises(ValueError, match="WRITEABLE"):
        demo().close.flags.writeable = True


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"total_capital": -5.0}, "total_capital must be above 0"),
        ({"total_capital": float("nan")}, "total_capital must be above 0"),
        ({"fill_policy": "x"}, "fill_policy must be one of stop_first"),
        ({"risk_manager": "x"}, "risk_manager must be a RiskManager; found str"),
        ({"start": "soon"}, "start must be a date"),
    ],
)
def test_what_runs_it_alone_is_checked(settings: dict[str, object], found: str) -> None:
    """Capital, policy and dates of a run alone: one line each."""
    with pytest.raises(ConfigError, match=found):
        nth(**settings).run(demo().head(26))


def test_signals_in_another_order_are_refused() -> None:
    """A pandas Series whose index runs backwards would be taken the wrong way round."""
    import pandas as pd

    with pytest.raises(StrategyError, match="in the order of the bars"):
        Signals(long=pd.Series([True, False], index=[1, 0]))
