"""A strategy's config as its row in the ledger."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from infrastructure.core.config import StrategyConfig


def strategy_row(config: StrategyConfig) -> dict[str, Any]:
    """Values for algo_strategies but strategy_id. What has no figure is None."""
    content = config.model_dump(mode="json")
    parameters = config.indicator.parameters
    stop = config.stop_loss
    return {
        "content_hash": content_hash(content),
        "strategy_name": config.strategy_name,
        "class_name": config.class_name,
        "strategy_version": config.version,
        "variant": config.variant,
        "interval": config.interval,
        "indicator_name": config.indicator.name,
        "indicator_parameters": content["indicator"]["parameters"],
        "risk_reward": config.risk_reward,
        "stop_loss_type": None if stop is None else stop.type,
        "stop_loss_value": None if stop is None else stop.value,
        "tightness_threshold": _number(parameters.get("tightness_threshold")),
        "wick_ratio_threshold": _number(parameters.get("wick_ratio_threshold")),
        "creation_date": datetime.now(UTC),
        "config": content,
    }


def content_hash(content: Any) -> str:
    """SHA-256 of JSON content: independent of the order of keys, and 2 is 2.0."""
    text = json.dumps(_canonical(content), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _canonical(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_canonical(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _number(value: Any) -> float | None:
    """A parameter as a number; another strategy's parameter of that name may be anything."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None
