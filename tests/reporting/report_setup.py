"""Finished runs on hand-made bars, as reports get them."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from infrastructure.core.backtest import run_backtest
from infrastructure.core.config import PortfolioConfig, StrategyConfig, parse
from infrastructure.core.execution.plan import AccountTerms, Book, Lane
from infrastructure.core.signals import Signals
from infrastructure.market_data.bars import Bars
from infrastructure.strategy_management.run_result import RunResult
from tests.sample_bars import Row, bars_of

QUIET: Row = (100.0, 100.5, 99.5, 100.0)
BOTH_TOUCHED: Row = (100.0, 104.0, 96.0, 100.0)
DAY = 13


def day_with(*rows: Row) -> list[Row]:
    """A session of quiet bars, in which `rows` come first."""
    return [*rows, *[QUIET] * (DAY - len(rows))]


def bars(*days: list[Row], symbol: str = "X", source: str = "made by hand") -> Bars:
    """Bars of whole sessions."""
    rows = [row for day in days for row in day]
    return replace(bars_of(rows), symbol=symbol, source=source)


def result(
    *series: Bars,
    signals_at: tuple[int, ...] = (0,),
    names: tuple[str, ...] = ("First", "Second", "Third"),
    allocation: float = 30.0,
    capital: float = 100_000.0,
    fill_policy: str = "stop_first",
    detail: Bars | None = None,
) -> RunResult:
    """A run of one strategy per series: long at the rows given, stop 2 below, target 2 above.

    detail: finer bars of the first series.
    """
    configs = tuple(_strategy(name, each) for name, each in zip(names, series, strict=False))
    finer = [detail, *[None] * len(series)]
    books = [
        Book(config, allocation, (Lane(each, _signals(len(each), signals_at), fine),))
        for config, each, fine in zip(configs, series, finer, strict=False)
    ]
    portfolio = _portfolio(configs, allocation, capital, fill_policy)
    terms = AccountTerms(
        capital, portfolio.risk, portfolio.costs, fill_policy=portfolio.fill_policy
    )
    backtest = run_backtest(books, terms)
    ids = tuple(range(11, 11 + len(configs)))
    executed = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    return RunResult(7, executed, "some.db", portfolio, configs, ids, backtest)


def _strategy(name: str, series: Bars) -> StrategyConfig:
    data = {
        "strategy_name": name,
        "class_name": "Anything",
        "symbols": [series.symbol],
        "interval": series.interval,
        "stop_loss": {"type": "fix_abs", "value": 2.0},
        "risk_reward": 1.0,
    }
    return parse(StrategyConfig, data, name)


def _portfolio(
    configs: tuple[StrategyConfig, ...], allocation: float, capital: float, fill_policy: str
) -> PortfolioConfig:
    shares = [
        {"strategy": config.strategy_name, "allocation_percentage": allocation}
        for config in configs
    ]
    data = {
        "portfolio_name": "By hand",
        "total_capital": capital,
        "fill_policy": fill_policy,
        "strategies": shares,
        "risk": {"risk_per_trade": 0.5, "max_daily_risk": -2.0},
    }
    return parse(PortfolioConfig, data, "by hand")


def _signals(n_bars: int, rows: tuple[int, ...]) -> Signals:
    long = np.zeros(n_bars, dtype=np.bool_)
    long[list(rows)] = True
    return Signals(long=long, short=np.zeros(n_bars, dtype=np.bool_))
