"""A trial of a sweep is the backtest that `kairos run` makes of the same configs: every figure."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from trials_setup import Desk, assert_same, rows_of, strategy_json, values_of

from infrastructure.research.sweeping import sweep

_REVERSE = {"on_opposite_signal": "reverse", "exit_at_session_end": False}
_STOPS: list[Any] = [
    {"type": "candle", "value": 0.05},
    {"type": "fix_abs", "value": 0.8},
    {"type": "fix_perc", "value": 0.4},
    {"type": "atr", "value": 1.5, "period": 20},
    {"type": "variable", "price_ranges": [{"min_price": 0, "delta_perc": 0.5}]},
    {
        "type": "variable",
        "price_ranges": [
            {"min_price": 100, "max_price": 300, "delta_abs": 0.9},
            {"min_price": 300, "max_price": 305, "delta_perc": 0.3},
        ],
    },
]


@dataclass(frozen=True)
class Case:
    """A portfolio, what is swept of it, and how many trials are drawn.

    changes: keys of the first strategy's config. settings: of the portfolio.
    """

    strategies: tuple[str, ...]
    parameters: dict[Any, Any]
    changes: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    n_trials: int = 12


CASES = {
    "tight candle": Case(
        ("tight_candle_qqq",),
        {
            "tightness_threshold": "0:1",
            "wick_ratio_threshold": "0:5",
            "stop_loss.value": "0:1",
            "risk_reward": "0.2:5",
            "portfolio:risk.max_daily_risk": "-3:-0.3",
            "portfolio:risk.risk_per_trade": "0.05:2",
            "portfolio:costs.slippage_bps": "0:30",
            "portfolio:lot_size": [0.001, 1, 7, 100],
        },
        n_trials=20,
    ),
    "tight candle, books built anew": Case(
        ("tight_candle_qqq",),
        {
            "stop_loss": _STOPS,
            "entry.type": "next_open,close",
            "exit_at_session_end": "true,false",
            "risk_reward": "null,1,2.5",
            "portfolio:fill_policy": "stop_first,target_first,detail",
            "tightness_threshold": "0.05:0.4",
        },
        n_trials=24,
    ),
    "tight candle, levels that are not given": Case(
        ("tight_candle_qqq",),
        {"entry.type": "next_open,stop,limit", "tightness_threshold": "0.1,0.4"},
    ),
    "tight candle, another market": Case(
        ("tight_candle_qqq",),
        {
            "symbols": [["QQQ"], ["SPY"], ["QQQ", "SPY"], ["SPY", "QQQ"]],
            "interval": ["30m", "1d"],
            "tightness_threshold": [0.1, 0.3],
            "stop_loss.value": [0, 0.2],
            "portfolio:risk.max_open_positions": [None, 1],
        },
        n_trials=16,
    ),
    "tight candle, costs and caps": Case(
        ("tight_candle_qqq",),
        {
            "portfolio:costs.commission_per_share": "0,0.01",
            "portfolio:costs.commission_minimum": "0,2",
            "portfolio:costs.commission_bps": "0:5",
            "portfolio:risk.min_risk_per_trade": "0:0.5",
            "portfolio:risk.max_leverage": "0.5:6",
            "portfolio:risk.max_open_positions": "null,1,3",
            "portfolio:risk.max_daily_risk+portfolio:risk.risk_per_trade": "-1,-2/0.5,1",
        },
        changes={"indicator": {"name": "t", "parameters": {"tightness_threshold": 0.4}}},
    ),
    "tight candle, sizes": Case(
        ("tight_candle_qqq",),
        {
            "sizing": [
                {"type": "risk"},
                {"type": "percent_of_equity", "value": 80},
                {"type": "fixed_notional", "value": 30_000},
                {"type": "fixed_quantity", "value": 37.5},
            ],
            "tightness_threshold": "0.1:0.5",
            "portfolio:lot_size": "0.5,1",
        },
    ),
    "averages that reverse": Case(
        ("moving_average_cross_qqq",),
        {
            "fast": "2:25",
            "slow": "5:40",
            "stop_loss.value": "0.2:3",
            "on_opposite_signal": "ignore,reverse",
            "risk_reward": "null,1,2",
        },
        n_trials=30,
    ),
    "linked averages": Case(
        ("moving_average_cross_qqq",),
        {"fast+slow": "5,10,20,30/20,40,20,10", "entry.type": "next_open,close"},
    ),
    "rsi without a stop": Case(
        ("rsi_mean_reversion_qqq",),
        {
            "period": "2:30",
            "oversold+overbought": "20.0,30,40/80.0,70,60",
            "exit_level": "35:65",
            "sizing.value": "20:100",
            "exit_at_session_end": "true,false",
        },
    ),
    "rsi, a stop or none": Case(
        ("rsi_mean_reversion_qqq",),
        {"stop_loss": [None, {"type": "atr", "value": 2}], "period": "5:20"},
    ),
    "donchian overnight": Case(
        ("donchian_qqq_daily",),
        {
            "entry_period": "5:60",
            "exit_period": "3:30",
            "stop_loss.value": "0.5:4",
            "stop_loss.period": "5,14,30",
            "symbols": [["QQQ"], ["SPY"], ["QQQ", "SPY"]],
        },
        n_trials=20,
    ),
    "opening range, stop entries": Case(
        ("opening_range_breakout_qqq",),
        {
            "opening_minutes": "5,15,30,60",
            "entry.expiry_bars": "1:80",
            "stop_loss.value": "0.5:6",
            "risk_reward": "0.5:4",
        },
    ),
    "opening range, targets and limits": Case(
        ("opening_range_breakout_qqq",),
        {
            "entry.type": "stop,limit,next_open",
            "risk_reward": "null,1",
            "opening_minutes": [10, 30],
        },
    ),
    "pullback with the days beside it": Case(
        ("daily_trend_pullback_qqq",),
        {
            "trend_days": "5:60",
            "period": "3:30",
            "oversold": "20:45",
            "stop_loss.value": "0.5:4",
            "interval": "30m,1h",
        },
        n_trials=16,
    ),
    "a period of the bars": Case(
        ("daily_trend_pullback_qqq",),
        {"trend_days": "5:30", "period": "3:20", "stop_loss.value": "1:3"},
        settings={"start": "2024-03-04", "end": "2024-07-31", "fill_policy": "target_first"},
    ),
    "a strategy's own session and calendar": Case(
        ("moving_average_cross_qqq",),
        {"fast": "3:15", "slow": "16:30", "session": "regular,extended"},
        settings={"calendar": "24/7", "total_capital": 12_345.67},
    ),
    "three ideas on one account": Case(
        ("tight_candle_qqq", "moving_average_cross_qqq", "rsi_mean_reversion_qqq"),
        {
            "tight_candle_qqq:tightness_threshold": "0.05:0.5",
            "tight_candle_qqq:risk_reward": "null,2",
            "moving_average_cross_qqq:fast": "5:15",
            "moving_average_cross_qqq:slow": "10:30",
            "rsi_mean_reversion_qqq:sizing.value": "10:90",
            "portfolio:risk.max_daily_risk": "-4:-0.5",
            "portfolio:risk.max_open_positions": "null,1,2",
        },
        n_trials=16,
    ),
    "two symbols of one strategy": Case(
        ("tight_candle_qqq",),
        {
            "tightness_threshold": "0.05:0.5",
            "stop_loss.value": "0:0.5",
            "risk_reward": "0.5:4",
            "portfolio:risk.max_daily_risk": "-3:-0.5",
            "portfolio:costs.slippage_bps": "0:20",
        },
        changes={"symbols": ["QQQ", "SPY"]},
    ),
}


def desk_of(case: Case, store: Path) -> Desk:
    """The case's portfolio on the bars of a database."""
    strategies = {name: strategy_json(name) for name in case.strategies}
    strategies[case.strategies[0]] |= case.changes
    return Desk(strategies, store, case.settings)


def assert_trials_are_backtests(case: Case, store: Path, n_trials: int, seed: int) -> None:
    """Draw trials, and run each of them the ordinary way."""
    desk = desk_of(case, store)
    found = sweep(
        desk.loaded,
        case.parameters,
        sampler="random",
        n_trials=n_trials,
        seed=seed,
        db_path=store,
        store=False,
        objective="net_profit",
    )
    keys = [key for axis in found.axes for key in axis.keys]
    traded = 0
    for row in rows_of(found.frame):
        assert_same(row, desk.backtest(values_of(row, keys)))
        traded += row["trades"] > 0
    assert 3 * traded >= found.n_trials, "a law about trades needs trades"


@pytest.mark.parametrize("name", CASES)
def test_every_trial_is_the_ordinary_backtest(name: str, swept_store: Path) -> None:
    """Random configurations of every shipped strategy, with every way in which a key is applied."""
    assert_trials_are_backtests(CASES[name], swept_store, CASES[name].n_trials, seed=1)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(10, 20))
@pytest.mark.parametrize("name", CASES)
def test_many_more_trials(name: str, seed: int, swept_store: Path) -> None:
    """The same with fifty of each at a time."""
    assert_trials_are_backtests(CASES[name], swept_store, 50, seed)
