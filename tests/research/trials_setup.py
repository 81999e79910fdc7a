"""Portfolios to sweep, and the ordinary backtest of one configuration of them: the referee.

The referee puts the values into the JSON itself and goes the way of `kairos run`; it shares nothing
with the sweep but configs and bars.
"""

import json
import math
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.engine import URL

from infrastructure.core.config import PortfolioConfig, StrategyConfig, parse
from infrastructure.database.engine import open_database
from infrastructure.errors import ConfigError
from infrastructure.market_data.synthetic import make_demo_bars
from infrastructure.strategy_management.config_identity import config_identity
from infrastructure.strategy_management.simulating import Share, configured_strategy, simulated
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio

CONFIGS = Path(__file__).resolve().parents[2] / "backtest_config"
PATH = Path("swept.json")

STORED = (
    ("QQQ", "30m", date(2024, 1, 2), date(2024, 9, 30)),
    ("SPY", "30m", date(2024, 1, 2), date(2024, 9, 30)),
    ("QQQ", "1h", date(2024, 1, 2), date(2024, 9, 30)),
    ("QQQ", "5m", date(2024, 4, 1), date(2024, 5, 31)),
    ("QQQ", "1d", date(2023, 1, 3), date(2024, 12, 31)),
    ("SPY", "1d", date(2023, 6, 1), date(2024, 12, 31)),
)
"""Two thousand bars and more of each series; SPY's days begin later than those of QQQ."""


def fill_store(path: Path | URL) -> None:
    """Put synthetic bars into a new database."""
    database = open_database(path)
    for symbol, interval, start, end in STORED:
        make_demo_bars(symbol, interval, start=start, end=end, database=database)
    database.close()


def strategy_json(name: str, **changes: Any) -> dict[str, Any]:
    """A shipped strategy's config, with keys changed."""
    text = (CONFIGS / "strategies" / f"{name}.json").read_text(encoding="utf-8")
    return {**json.loads(text), **changes}


@dataclass
class Desk:
    """A portfolio as JSON, and the database with its bars.

    strategies: by the names that the portfolio calls them.
    """

    strategies: dict[str, dict[str, Any]]
    store: Path | URL
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def portfolio(self) -> dict[str, Any]:
        """The portfolio's JSON: the account shared in equal parts."""
        share = 100.0 / len(self.strategies)
        return {
            "portfolio_name": "swept",
            "total_capital": 100_000,
            "strategies": [
                {"strategy": name, "allocation_percentage": share} for name in self.strategies
            ],
            "risk": {"risk_per_trade": 0.5, "max_daily_risk": -2.0, "max_leverage": 4},
            "costs": {"commission_per_share": 0.005, "commission_minimum": 1, "slippage_bps": 1},
            **self.settings,
        }

    @property
    def loaded(self) -> LoadedPortfolio:
        """What the sweep is given."""
        return loaded(self.portfolio, list(self.strategies.values()))

    def with_values(self, values: Mapping[str, Any]) -> LoadedPortfolio:
        """The portfolio with these values put in, by the keys that a sweep takes."""
        portfolio, strategies = deepcopy(self.portfolio), deepcopy(self.strategies)
        whole_ones_first = sorted(values.items(), key=lambda each: each[0].count("."))
        for key, value in whole_ones_first:
            owner, _, rest = key.rpartition(":")
            held = (
                portfolio if owner == "portfolio" else strategies[owner or next(iter(strategies))]
            )
            path = rest.split(".")
            if owner != "portfolio" and path[0] not in StrategyConfig.model_fields:
                path = ["indicator", "parameters", path[0]]
            for step in path[:-1]:
                held = held.setdefault(step, {})
            held[path[-1]] = value
        return loaded(portfolio, list(strategies.values()))

    def backtest(self, values: Mapping[str, Any]) -> dict[str, float] | None:
        """Every figure of the ordinary backtest, and `refused`; None where a strategy refuses."""
        given = self.with_values(values)
        database = open_database(self.store)
        try:
            shares = [
                Share(configured_strategy(config, "referee"), share.allocation_percentage, "")
                for config, share in zip(given.strategies, given.config.strategies, strict=True)
            ]
            backtest = simulated(given.config, shares, database, "referee")
        except ConfigError:
            return None
        finally:
            database.close()
        figures = {name: as_number(value) for name, value in vars(backtest.metrics).items()}
        return {**figures, "refused": float(len(backtest.simulation.refusals))}

    def identity(self, values: Mapping[str, Any]) -> int:
        """The identity of the configuration, from its configs with every default spelt out."""
        given = self.with_values(values)
        configs = [configured_strategy(config, "referee").config for config in given.strategies]
        return config_identity(given.config, configs)


def loaded(
    portfolio: Mapping[str, Any], strategies: Sequence[Mapping[str, Any]]
) -> LoadedPortfolio:
    """Configs from their JSON."""
    return LoadedPortfolio(
        parse(PortfolioConfig, portfolio, "portfolio"),
        tuple(parse(StrategyConfig, each, "strategy") for each in strategies),
        PATH,
    )


def as_number(value: float | date) -> float:
    """A figure as the ledger keeps it: a date as days since 1970."""
    return float((value - date(1970, 1, 1)).days) if isinstance(value, date) else float(value)


def values_of(row: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    """The swept values of a trial's row as JSON would have them."""
    return {key: _as_json(row[key]) for key in keys}


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Its rows, in which whole numbers stay whole."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def assert_same(found: Mapping[str, Any], expected: Mapping[str, float] | None) -> None:
    """Every figure of a trial is the backtest's; a refused configuration has none."""
    if expected is None:
        assert math.isnan(found["trades"]), "the strategy refuses it alone, the sweep does not"
        return
    for name, value in expected.items():
        same = math.isclose(found[name], value, rel_tol=1e-9, abs_tol=1e-9)
        assert same or (math.isnan(found[name]) and math.isnan(value)), (name, found[name], value)


def _as_json(value: Any) -> Any:
    if isinstance(value, np.generic):
        return _as_json(value.item())
    if isinstance(value, float) and math.isnan(value):  # pandas writes null among numbers so,
        return None
    whole = isinstance(value, float) and value.is_integer()  # and the numbers beside it as floats
    return int(value) if whole else value
