"""All configs under one name. JSON is parsed once, into these frozen models."""

from infrastructure.core.config.errors import explain, parse
from infrastructure.core.config.portfolio import (
    AllocationConfig,
    CostsConfig,
    PortfolioConfig,
    RiskConfig,
)
from infrastructure.core.config.strategy import IndicatorConfig, StrategyConfig
from infrastructure.core.config.trade_rules import (
    EntryConfig,
    PriceRange,
    SizingConfig,
    StopLossConfig,
)

__all__ = [
    "AllocationConfig",
    "CostsConfig",
    "EntryConfig",
    "IndicatorConfig",
    "PortfolioConfig",
    "PriceRange",
    "RiskConfig",
    "SizingConfig",
    "StopLossConfig",
    "StrategyConfig",
    "explain",
    "parse",
]
