"""Literal bars, configs and terms for the referee's tests."""

import json
from typing import Any

import numpy as np

from infrastructure.core.config import CostsConfig, RiskConfig, StrategyConfig
from infrastructure.core.execution.plan import AccountTerms, Book, Lane
from infrastructure.core.signals import Signals
from infrastructure.market_data.bars import IN_SESSION, LAST_OF_SESSION, Bars

MONDAY = 19_786  # 2024-03-04
DAY, OPENS, HALF_HOUR = 86_400, 52_200, 1_800  # sessions open at 14:30 UTC

Ohlc = tuple[float, float, float, float]


def bars_of_sessions(sessions: list[list[Ohlc]], symbol: str = "AAA") -> Bars:
    """Half-hour bars, one list of (open, high, low, close) a session, from Monday on."""
    rows: list[tuple[int, int, int, Ohlc]] = []
    for number, session in enumerate(sessions):
        day = MONDAY + number
        for slot, bar in enumerate(session):
            phase = LAST_OF_SESSION if slot == len(session) - 1 else IN_SESSION
            rows.append((day * DAY + OPENS + slot * HALF_HOUR, day, phase, bar))
    prices = np.array([row[3] for row in rows], dtype=np.float64)
    stamps = np.array([row[0] for row in rows], dtype=np.int64)
    return Bars(
        symbol=symbol,
        interval="30m",
        calendar="XNYS",
        timestamp=stamps,
        open=prices[:, 0].copy(),
        high=prices[:, 1].copy(),
        low=prices[:, 2].copy(),
        close=prices[:, 3].copy(),
        volume=np.ones(len(rows)),
        session=np.array([row[1] for row in rows], dtype=np.int64),
        closes_at=stamps + HALF_HOUR,
        phase=np.array([row[2] for row in rows], dtype=np.uint8),
    )


def signals_at(n_bars: int, **rows: dict[int, float] | list[int]) -> Signals:
    """Signals from lists of rows (`long=[0]`) and from {row: level} (`long_level={0: 99.0}`)."""
    columns: dict[str, Any] = {}
    for name, where in rows.items():
        if isinstance(where, dict):
            columns[name] = np.full(n_bars, np.nan)
            for row, level in where.items():
                columns[name][row] = level
        else:
            columns[name] = np.isin(np.arange(n_bars), where)
    return Signals(**columns)


def strategy(**keys: Any) -> StrategyConfig:
    """A strategy config; what is not said has the product's default."""
    given = {"strategy_name": "made", "class_name": "Made", "symbols": ["AAA"], "interval": "30m"}
    return StrategyConfig.model_validate_json(json.dumps(given | keys))


def account(
    total_capital: float = 100_000.0,
    risk: dict[str, Any] | None = None,
    costs: dict[str, Any] | None = None,
    **terms: Any,
) -> AccountTerms:
    """Terms that bind nothing unless said: 1 % a trade, the whole account a day, leverage 100."""
    limits = {"risk_per_trade": 1.0, "max_daily_risk": -100.0, "max_leverage": 100.0}
    return AccountTerms(
        total_capital=total_capital,
        risk=RiskConfig.model_validate_json(json.dumps(limits | (risk or {}))),
        costs=CostsConfig.model_validate_json(json.dumps(costs or {})),
        **terms,
    )


def one_book(bars: Bars, signals: Signals, **keys: Any) -> list[Book]:
    """The whole account in one strategy of one symbol."""
    return [Book(strategy(**keys), 100.0, (Lane(bars, signals),))]
