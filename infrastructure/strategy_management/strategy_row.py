"""A strategy's config as its row in the ledger."""

from datetime import UTC, datetime
from typing import Any

from infrastructure.core.config import StrategyConfig
from infrastructure.strategy_management.digests import content_hash


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


def _number(value: Any) -> float | None:
    """A parameter as a number; another strategy's parameter of that name may be anything."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None
