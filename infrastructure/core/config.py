"""All configs under one name. JSON is parsed once, into these frozen models."""

from infrastructure.core.config_errors import explain, parse
from infrastructure.core.portfolio_config import (
    AllocationConfig,
    CostsConfig,
    PortfolioConfig,
    RiskConfig,
)
from infrastructure.core.strategy_config import IndicatorConfig, StrategyConfig
from infrastructure.core.trade_config import (
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
