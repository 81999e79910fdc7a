"""Whole backtests whose results were published: GOOG daily, simple averages that cross."""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scenario import Run, Trade, near, sizing
from scenario_bars import DAY, Bar, bars_of

from infrastructure.core.config import CostsConfig, RiskConfig, StrategyConfig
from infrastructure.core.execution.plan import AccountTerms, Book, Lane
from infrastructure.core.signals import Signals
from infrastructure.market_data.bars import LAST_OF_SESSION, Bars

if TYPE_CHECKING:
    import pandas as pd

START = 10_000.0


@cache
def goog() -> "pd.DataFrame":
    """The package's own file, read without importing the package (its plotting is not needed)."""
    import pandas as pd

    spec = find_spec("backtesting")
    if spec is None or spec.origin is None:
        pytest.skip("needs the PyPI package backtesting, which ships GOOG.csv")
    path = Path(spec.origin).parent / "test" / "GOOG.csv"
    return pd.read_csv(path, index_col=0, parse_dates=True)


def goog_bars() -> Bars:
    """Daily bars, each a session of its own."""
    frame = goog()
    days = frame.index.to_numpy().astype("datetime64[D]").astype(np.int64)
    prices = frame[["Open", "High", "Low", "Close"]].itertuples(index=False)
    rows = [
        Bar(*map(float, row), session=int(day), timestamp=int(day) * DAY, phase=LAST_OF_SESSION)
        for day, row in zip(days, prices, strict=True)
    ]
    return bars_of(rows, "GOOG", DAY)


def crosses(fast: int, slow: int) -> tuple["pd.Series[bool]", "pd.Series[bool]"]:
    """(above, below): where one average of Close strictly crosses the other."""
    close = goog()["Close"]
    quick, calm = close.rolling(fast).mean(), close.rolling(slow).mean()
    above = (quick.shift(1) < calm.shift(1)) & (quick > calm)
    below = (quick.shift(1) > calm.shift(1)) & (quick < calm)
    return above, below


@dataclass(frozen=True)
class Rate:
    """Costs of a table's row."""

    commission_bps: float = 0.0
    entry_slippage_bps: float = 0.0


def cross_backtest(fast: int, slow: int, costs: Rate, last_day: bool = False) -> Run:
    """Reverse on every cross with all of the cash, whole shares.

    The share count is cash / (price x (1 + commission)), as the published engines have it.
    last_day: leave at the last bar's open, by an exit signal on the bar before.
    """
    bars = goog_bars()
    above, below = crosses(fast, slow)
    leave = np.zeros(len(bars), dtype=np.bool_)
    leave[-2] = last_day
    signals = Signals(
        long=above.to_numpy(), short=below.to_numpy(), exit_long=leave, exit_short=leave
    )
    all_cash = 100.0 / (1.0 + costs.commission_bps / 10_000.0)
    config = StrategyConfig.model_validate(
        {
            "strategy_name": "cross",
            "class_name": "Cross",
            "symbols": ("GOOG",),
            "interval": "1d",
            "stop_loss": None,
            "sizing": sizing("percent_of_equity", all_cash),
            "exit_at_session_end": False,
            "on_opposite_signal": "reverse",
        }
    )
    terms = AccountTerms(
        total_capital=START,
        risk=RiskConfig(risk_per_trade=1.0, max_daily_risk=-100.0, max_leverage=10.0),
        costs=CostsConfig(
            commission_bps=costs.commission_bps, slippage_bps=costs.entry_slippage_bps
        ),
        exit_slippage_bps=0.0,
    )
    book = Book(config, 100.0, (Lane(bars, signals),))
    return Run([book], terms)


def marked_at_the_last_close(run: Run, costs: Rate) -> tuple[float, list[Trade]]:
    """(equity, closed trades) as if the end of the data had sold nothing."""
    last = run.trades[-1]
    assert last.exit_reason == "end_of_data"
    saved = last.quantity * last.exit_price * costs.commission_bps / 10_000.0
    return run.account[-1] + saved, run.trades[:-1]


MARKED = [
    (Rate(), 81_812.37, 0.005),
    (Rate(commission_bps=20), 56_263.51934, 0.000005),
    (Rate(commission_bps=10), 68_875.68, 0.005),
    (Rate(entry_slippage_bps=20), 68_935.11986, 0.000005),
]


@pytest.mark.parametrize(("costs", "final_equity", "precision"), MARKED)
def test_goog_10_20_marked_at_the_last_close(
    costs: Rate, final_equity: float, precision: float
) -> None:
    """Final equity to the last published digit, and 93 closed trades."""
    run = cross_backtest(10, 20, costs)
    equity, closed = marked_at_the_last_close(run, costs)
    assert equity == pytest.approx(final_equity, abs=precision)
    assert len(closed) == 93
    assert run.refusals == []


def returns_percent(trades: list[Trade]) -> list[float]:
    """Percent of the entry price, signed."""
    return [100 * t.direction * (t.exit_price / t.entry_price - 1) for t in trades]


def test_goog_10_30_closed_at_the_last_bar() -> None:
    """Every published figure of the run that is closed at the last bar."""
    run = cross_backtest(10, 30, Rate(), last_day=True)
    assert len(run.trades) == 66
    assert run.account[-1] == near(51_422.98999999996)

    returns = returns_percent(run.trades)
    pnl = np.array([trade.net_pnl for trade in run.trades])
    assert 100 * np.mean(pnl > 0) == near(46.96969696969697)
    assert max(returns) == near(53.59595229490424)
    assert min(returns) == near(-18.39887353835481)
    assert sqrt(66) * pnl.mean() / pnl.std(ddof=1) == near(1.0766187356697705)

    equity = np.array([START, *run.account])
    assert 100 * np.max(1 - equity / np.maximum.accumulate(equity)) == near(47.98012705007589)
    assert exposure_percent(run) == near(96.74115456238361)


def exposure_percent(run: Run) -> Any:
    """Bars on which a position was held, entry and exit bar included, over all bars."""
    held = np.zeros(len(goog()), dtype=np.bool_)
    for trade in run.trades:
        held[trade.entry_bar : trade.exit_bar + 1] = True
    return 100 * held.mean()
