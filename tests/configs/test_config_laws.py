"""Configs: their defaults, and what holds for every good one."""

import json
import subprocess
import sys
from datetime import date
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from infrastructure.core.config import (
    AllocationConfig,
    EntryConfig,
    IndicatorConfig,
    PortfolioConfig,
    PriceRange,
    RiskConfig,
    SizingConfig,
    StopLossConfig,
    StrategyConfig,
    explain,
    parse,
)
from infrastructure.errors import ConfigError
from infrastructure.strategy_management.strategy_loader import StrategyLoader

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "backtest_config"
STRATEGY: dict[str, Any] = {
    "strategy_name": "Tight",
    "class_name": "TightCandleStrategy",
    "symbols": ["QQQ"],
    "interval": "30m",
}
PORTFOLIO: dict[str, Any] = {
    "portfolio_name": "Single",
    "total_capital": 100000,
    "strategies": [{"strategy": "tight", "allocation_percentage": 100}],
    "risk": {"risk_per_trade": 0.5, "max_daily_risk": -2},
}


def test_the_defaults_of_a_strategy_are_the_published_ones() -> None:
    """Next open, a candle stop of 0, sized by risk, flat at the session's end, nothing else."""
    assert parse(StrategyConfig, STRATEGY, "x").model_dump() == {
        **STRATEGY,
        "version": "1.0",
        "variant": "",
        "symbols": ("QQQ",),
        "calendar": "XNYS",
        "indicator": {"name": "", "parameters": {}},
        "entry": {"type": "next_open", "expiry_bars": 1},
        "stop_loss": {"type": "candle", "value": 0.0, "price_ranges": (), "period": 14},
        "risk_reward": None,
        "sizing": {"type": "risk", "value": None},
        "exit_at_session_end": True,
        "on_opposite_signal": "ignore",
        "session": "regular",
        "instrument_type": "stock",
    }


def test_the_defaults_of_a_portfolio_are_the_published_ones() -> None:
    """No costs, no leverage, no cap, whole lots, the stop first, all bars."""
    assert parse(PortfolioConfig, PORTFOLIO, "x").model_dump() == {
        "portfolio_name": "Single",
        "account_id": "backtest",
        "total_capital": 100_000.0,
        "start": None,
        "end": None,
        "strategies": ({"strategy": "tight", "allocation_percentage": 100.0},),
        "risk": {
            "risk_per_trade": 0.5,
            "max_daily_risk": -2.0,
            "min_risk_per_trade": 0.0,
            "max_leverage": 1.0,
            "max_open_positions": None,
        },
        "costs": {
            "commission_per_share": 0.0,
            "commission_minimum": 0.0,
            "commission_bps": 0.0,
            "slippage_bps": 0.0,
        },
        "lot_size": 1.0,
        "fill_policy": "stop_first",
        "calendar": None,
    }


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.glob("strategies/*.json")), ids=lambda path: path.stem
)
def test_every_example_of_a_strategy_loads(path: Path) -> None:
    """What ships must be right, and is found by its name."""
    assert StrategyLoader(EXAMPLES).load_strategy(path.stem).symbols


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.glob("portfolios/*.json")), ids=lambda path: path.stem
)
def test_every_example_of_a_portfolio_loads_with_its_strategies(path: Path) -> None:
    """What ships must be right, down to the strategies it names."""
    loaded = StrategyLoader(EXAMPLES).load_portfolio(path)
    assert len(loaded.strategies) == len(loaded.config.strategies) > 0


@pytest.mark.parametrize(
    "changes",
    [
        {"stop_loss": {"type": "fix_abs", "value": 1}},
        {"stop_loss": {"type": "fix_perc", "value": 99.9}},
        {"stop_loss": {"type": "atr", "value": 2, "period": 1}},
        {"stop_loss": {"type": "candle", "value": None}},
        {"stop_loss": {"type": "variable", "price_ranges": [{"min_price": 0, "delta_abs": 1}]}},
        {
            "stop_loss": {
                "type": "variable",
                "price_ranges": [
                    {"min_price": 0, "max_price": 50, "delta_abs": 0.5},
                    {"min_price": 50, "max_price": 100, "delta_perc": 1},
                    {"min_price": 200, "delta_perc": 2},
                ],
            }
        },
        {"stop_loss": None, "sizing": {"type": "percent_of_equity", "value": 150}},
        {"sizing": {"type": "fixed_notional", "value": 5000}, "risk_reward": 1},
        {"sizing": {"type": "fixed_quantity", "value": 0.001}, "instrument_type": "crypto"},
        {"entry": {"type": "stop", "expiry_bars": 3}},
        {"entry": {"type": "close"}, "on_opposite_signal": "reverse"},
        {"symbols": ["BRK.B", "^NDX", "EURUSD=X", "BTC/USDT", "NASDAQ:QQQ"], "calendar": "24/7"},
        {"strategy_name": "Übung 1: 三角", "interval": "1d", "session": "extended"},
        {"context_intervals": ["1h", "1d"]},
        {"indicator": {"parameters": {"a": 1, "b": 0.5, "c": "x", "d": None, "e": [1, 2]}}},
    ],
    ids=str,
)
def test_a_config_written_out_and_read_again_is_the_same(changes: dict[str, Any]) -> None:
    """The ledger keeps what was run; from that the config comes back."""
    config = parse(StrategyConfig, {**STRATEGY, **changes}, "x")
    written = json.dumps(config.model_dump(mode="json"))
    assert parse(StrategyConfig, json.loads(written), "x") == config


def test_a_strategy_without_context_is_written_as_before_the_key_came() -> None:
    """Its hash in the ledger stays what it was: the key is written where it says something."""
    config = parse(StrategyConfig, STRATEGY, "x")
    assert config.context_intervals == ()
    assert parse(StrategyConfig, {**STRATEGY, "context_intervals": []}, "x") == config
    assert config.adjust == "split" and "adjust" not in config.model_dump()
    assert "context_intervals" not in config.model_dump(mode="json")
    beside = parse(StrategyConfig, {**STRATEGY, "context_intervals": ["1d"]}, "x")
    assert beside.model_dump(mode="json")["context_intervals"] == ["1d"]


def test_a_portfolio_written_out_and_read_again_is_the_same() -> None:
    """Dates come back as dates."""
    data = {**PORTFOLIO, "start": "2024-01-02", "end": "2024-01-02", "calendar": "24/7"}
    config = parse(PortfolioConfig, data, "x")
    assert config.start == date(2024, 1, 2)
    assert parse(PortfolioConfig, config.model_dump(mode="json"), "x") == config


def test_spellings_of_one_content_are_one_config() -> None:
    """A whole number for a number, a default spelt out, a list for a tuple: no difference."""
    spelt = {**STRATEGY, "symbols": ("QQQ",), "stop_loss": {"type": "candle", "value": 0}}
    assert parse(StrategyConfig, spelt, "x") == parse(StrategyConfig, STRATEGY, "x")


def test_allocations_may_add_up_to_100_but_for_a_rounding() -> None:
    """Thirds written with decimals are allowed; idle cash is too."""
    shares = (33.3, 33.3, 33.4 + 5e-10)
    each = tuple(AllocationConfig(strategy="a", allocation_percentage=share) for share in shares)
    assert PortfolioConfig(**{**PORTFOLIO, "strategies": each}).strategies == each


def test_configs_never_change() -> None:
    """Neither a field nor what a list parameter holds."""
    config = parse(StrategyConfig, {**STRATEGY, "indicator": {"parameters": {"a": [1]}}}, "x")
    with pytest.raises(ValidationError, match="frozen"):
        config.interval = "1h"
    assert config.indicator.parameters == {"a": (1,)}
    assert StrategyConfig(**STRATEGY).indicator.parameters is not config.indicator.parameters


def test_one_config_does_not_share_its_parameters_with_another() -> None:
    """The empty default is each config's own."""
    first, second = IndicatorConfig(), IndicatorConfig()
    assert first.parameters is not second.parameters


@pytest.mark.parametrize("bad", [nan, inf, -inf, "1", True, None, 10**400, [1], {}], ids=str)
def test_no_number_field_takes_what_is_no_finite_number(bad: Any) -> None:
    """In code as in JSON."""
    cases: list[tuple[type[BaseModel], dict[str, Any]]] = [
        (RiskConfig, {"risk_per_trade": bad, "max_daily_risk": -2.0}),
        (RiskConfig, {"risk_per_trade": 0.5, "max_daily_risk": bad}),
        (PriceRange, {"min_price": bad, "delta_abs": 1}),
    ]
    for model, data in cases:
        with pytest.raises(ConfigError):
            parse(model, data, "x")


def test_code_builds_configs_with_keywords() -> None:
    """The models are as usable in a notebook as in JSON."""
    config = StrategyConfig(
        **STRATEGY,
        entry=EntryConfig(type="limit", expiry_bars=2),
        stop_loss=StopLossConfig(type="atr", value=2),
        sizing=SizingConfig(type="fixed_quantity", value=10),
    )
    assert config.stop_loss is not None
    assert config.stop_loss.value == 2.0


def test_an_explanation_is_one_line_whatever_was_given() -> None:
    """Names of files, keys and values may hold anything; the line stays one printable line."""
    with pytest.raises(ValidationError) as error:
        RiskConfig.model_validate(
            {"\x1b[31m\n": {"\u202e": "\n" * 100}, "risk_per_trade": "\n\ud800"}
        )
    line = explain(error.value, RiskConfig, "a\nb.json")
    assert line.isprintable()
    assert line.startswith('a\\nb.json: "\\u001b[31m\\n" is not a known key')
    assert line.endswith("(and 2 more problems)")


def test_importing_the_configs_loads_nothing_heavy() -> None:
    """A command that only reads a config pays for pydantic and nothing else."""
    heavy = "{'numpy', 'numba', 'pandas', 'sqlalchemy', 'vectorbt', 'plotly', 'exchange_calendars'}"
    code = f"import sys, infrastructure.core.config; print(sorted({heavy} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (run.stdout.strip(), run.stderr) == ("[]", "")
