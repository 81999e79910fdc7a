"""The published JSON Schema says what the loader says, as far as a schema can."""

import json
from pathlib import Path
from typing import Any

import pytest

from infrastructure.core.config import PortfolioConfig, StrategyConfig
from infrastructure.strategy_management.config_schema import Kind, json_schema

jsonschema = pytest.importorskip("jsonschema")

HERE = Path(__file__).resolve()
EXAMPLES = HERE.parents[2] / "backtest_config"
STRATEGIES = sorted(EXAMPLES.glob("strategies/*.json"))
PORTFOLIOS = sorted(EXAMPLES.glob("portfolios/*.json"))


def _accepts(schema: dict[str, Any], data: object) -> bool:
    return bool(jsonschema.Draft202012Validator(schema).is_valid(data))


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_schemas_are_valid_schemas() -> None:
    """Of the dialect that they name."""
    for schema in (json_schema(), json_schema("strategy"), json_schema("portfolio")):
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]


def test_the_schemas_accept_every_example() -> None:
    """Each kind by its own schema and by the common one, with and without a $schema key."""
    assert STRATEGIES and PORTFOLIOS
    for path in STRATEGIES + PORTFOLIOS:
        kind: Kind = "strategy" if path in STRATEGIES else "portfolio"
        for data in (_read(path), {"$schema": "kairos.schema.json", **_read(path)}):
            assert _accepts(json_schema(kind), data), path
            assert _accepts(json_schema(), data), path


def test_the_schemas_accept_what_the_models_write() -> None:
    """A config with every default spelt out is a good config."""
    strategy = StrategyConfig(
        strategy_name="a", class_name="A", symbols=("QQQ",), interval="1d"
    ).model_dump(mode="json")
    assert _accepts(json_schema("strategy"), strategy)
    portfolio = PortfolioConfig.model_validate(_read(PORTFOLIOS[0])).model_dump(mode="json")
    assert _accepts(json_schema("portfolio"), portfolio)


@pytest.mark.parametrize(
    "changes",
    [
        {"stop_los": {}},
        {"stop_loss": {"type": "fixed"}},
        {"stop_loss": {"typ": "candle"}},
        {"risk_reward": "2"},
        {"risk_reward": 0},
        {"symbols": "QQQ"},
        {"symbols": []},
        {"symbols": ["QQQ", "QQQ"]},
        {"exit_at_session_end": 1},
        {"entry": {"expiry_bars": 0}},
        {"indicator": {"parameters": {"a": {}}}},
        {"strategy_name": ""},
    ],
    ids=str,
)
def test_the_schemas_refuse_a_bad_strategy(changes: dict[str, Any]) -> None:
    """An editor marks unknown keys, wrong types, choices and ranges."""
    data = {**_read(EXAMPLES / "strategies/tight_candle_qqq.json"), **changes}
    assert not _accepts(json_schema("strategy"), data)
    assert not _accepts(json_schema(), data)


@pytest.mark.parametrize(
    "changes",
    [
        {"max_leverage": 2},
        {"risk": {"risk_per_trade": 0.5}},
        {"risk": {"risk_per_trade": 0.5, "max_daily_risk": 2}},
        {"risk": {"risk_per_trade": 0, "max_daily_risk": -2}},
        {"total_capital": "100000"},
        {"total_capital": 0},
        {"strategies": []},
        {"costs": {"slippage_bps": 10000}},
        {"fill_policy": "first"},
        {"start": 2024},
    ],
    ids=str,
)
def test_the_schemas_refuse_a_bad_portfolio(changes: dict[str, Any]) -> None:
    """The same for portfolios."""
    data = {**_read(EXAMPLES / "portfolios/single_qqq.json"), **changes}
    assert not _accepts(json_schema("portfolio"), data)
    assert not _accepts(json_schema(), data)


def test_every_key_is_described_and_every_optional_one_has_its_default() -> None:
    """What an editor shows beside a key: what it means, in which unit, what it is when absent."""
    for name, definition in json_schema()["$defs"].items():
        for key, field in definition["properties"].items():
            if key == "$schema":
                continue
            assert field.get("description"), f"{name}.{key} has no description"
            required = key in definition.get("required", ())
            assert required or "default" in field, f"{name}.{key} has no default"
