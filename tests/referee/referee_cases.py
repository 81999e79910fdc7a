"""Random portfolios: every option of the configs, drawn from one seed."""

import json
from dataclasses import dataclass, replace
from random import Random

import numpy as np
from numpy.typing import NDArray
from referee_configs import random_config
from referee_market import (
    FineBar,
    Market,
    Session,
    aggregated,
    as_fine_bars,
    fine_path,
    made_up_sessions,
    on_tick,
    round_the_clock,
)

from infrastructure.core.config import CostsConfig, RiskConfig
from infrastructure.core.execution.plan import AccountTerms, Book, Lane
from infrastructure.core.signals import Signals
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.sessions.session_calendar import SessionCalendar

SYMBOLS = ("AAA", "BBB", "CCC")
COIN = "COIN"
"""Trades round the clock, on the same account."""


@dataclass(frozen=True)
class Case:
    """What one seed gives."""

    seed: int
    books: list[Book]
    terms: AccountTerms


def random_case(seed: int, tame: bool = False) -> Case:
    """A portfolio drawn from `seed`.

    tame: gap-free paths, every strategy with a stop and flat at the session's end; on these no
    session may lose more than the limit.
    """
    rng = Random(seed)
    intervals = rng.choice((["30m"], ["1h"], ["30m", "1h"], ["30m", "1h", "1d"], ["1d"]))
    if tame:
        intervals = [interval for interval in intervals if interval != "1d"] or ["30m"]
    sessions = made_up_sessions(rng, _session_count(rng, intervals))
    market = Market(
        volatility=rng.choice((0.0005, 0.002, 0.006)),
        tick=rng.choice((0.0, 0.0, 0.01, 0.125)),
        gap_free=tame or rng.random() < 0.2,
        missing=0.0 if tame else rng.choice((0.0, 0.02, 0.1)),
        extended=not tame and rng.random() < 0.3,
    )
    paths = {symbol: fine_path(rng, sessions, market) for symbol in SYMBOLS}
    if not tame and rng.random() < 0.2:
        paths[COIN] = fine_path(rng, round_the_clock(sessions), replace(market, extended=False))
    count = rng.randint(1, 4)
    shares = _shares(rng, count)
    books = [
        _book(rng, f"book_{i}", shares[i], rng.choice(intervals), paths, market, tame)
        for i in range(count)
    ]
    return Case(seed, books, _terms(rng, sessions, tame))


def _session_count(rng: Random, intervals: list[str]) -> int:
    if intervals == ["1d"]:
        return rng.randint(30, 60)
    return rng.randint(5, 14) if "1d" in intervals or "30m" not in intervals else rng.randint(3, 10)


def _shares(rng: Random, count: int) -> list[float]:
    if rng.random() < 0.3:
        return [100.0 / count] * count
    weights = [rng.uniform(0.2, 1.0) for _ in range(count)]
    used = rng.uniform(40.0, 100.0) / sum(weights)
    return [round(weight * used, 2) for weight in weights]


def _terms(rng: Random, sessions: list[Session], tame: bool) -> AccountTerms:
    risk = {
        "risk_per_trade": rng.choice((0.25, 0.5, 1.0, 3.0)),
        "max_daily_risk": -rng.choice((0.5, 1.0, 2.0, 10.0)),
        "min_risk_per_trade": rng.choice((0.0, 0.0, 0.1, 0.4)),
        "max_leverage": rng.choice((0.5, 1.0, 2.0, 10.0)),
        "max_open_positions": rng.choice((None, None, 1, 2, 3)),
    }
    costs = {
        "commission_per_share": rng.choice((0.0, 0.005, 0.02)),
        "commission_minimum": rng.choice((0.0, 0.0, 1.0, 5.0)),
        "commission_bps": rng.choice((0.0, 0.0, 0.5, 3.0)),
        "slippage_bps": rng.choice((0.0, 0.0, 1.0, 5.0)),
    }
    return AccountTerms(
        total_capital=rng.choice((5_000.0, 30_000.0, 100_000.0, 1_000_000.0)),
        risk=RiskConfig.model_validate_json(json.dumps(risk)),
        costs=CostsConfig.model_validate_json(json.dumps(costs)),
        lot_size=rng.choice((1.0, 1.0, 0.001, 0.1, 10.0)),
        fill_policy=rng.choice(("stop_first", "target_first", "detail")),
        calendar=None if tame or rng.random() < 0.6 else _calendar(sessions),
        exit_slippage_bps=rng.choice((None, None, None, 0.0, 4.0)),
    )


def _calendar(sessions: list[Session]) -> SessionCalendar:
    days = np.array([session.day for session in sessions], dtype=np.int64)
    return SessionCalendar(
        name="MADE_UP",
        session=days,
        opens_at=np.array([session.opens_at for session in sessions], dtype=np.int64),
        closes_at=np.array([session.closes_at for session in sessions], dtype=np.int64),
        date_start=days * 86_400,
        date_end=(days + 1) * 86_400,
        sessions_per_year=252.0,
    )


def _book(
    rng: Random,
    name: str,
    share: float,
    interval: str,
    paths: dict[str, list[FineBar]],
    market: Market,
    tame: bool,
) -> Book:
    symbols = rng.sample(SYMBOLS, rng.randint(1, 3))
    if COIN in paths and rng.random() < 0.5:
        symbols = [COIN]
    reads_detail = rng.random() < 0.8
    at_midnight = rng.random() < 0.5
    lanes_bars = [
        _holed(rng, aggregated(paths[symbol], interval, symbol, at_midnight), market.missing)
        for symbol in symbols
    ]
    config = random_config(rng, name, symbols, interval, lanes_bars, tame)
    chance = rng.choice((0.02, 0.1, 0.3))
    lanes = tuple(
        Lane(
            bars,
            random_signals(rng, bars, config.entry.type, chance, market.tick),
            as_fine_bars(paths[symbol], symbol, regular=interval == "1d") if reads_detail else None,
        )
        for symbol, bars in zip(symbols, lanes_bars, strict=True)
    )
    return Book(config, share, lanes)


def _holed(rng: Random, bars: Bars, missing: float) -> Bars:
    """Some bars lost, and now and then the end of the data."""
    kept = np.array([rng.random() >= missing for _ in range(len(bars))], dtype=np.bool_)
    if kept.sum() < 5:
        kept[:] = True
    n_bars = int(kept.sum())
    end = rng.randint(n_bars // 2, n_bars) if rng.random() < 0.25 else n_bars
    rows = np.flatnonzero(kept)
    held = {name: getattr(bars, name)[rows] for name in _COLUMNS}
    whole = Bars(symbol=bars.symbol, interval=bars.interval, calendar=bars.calendar, **held)
    return _with_last_bars(whole).head(end)


_COLUMNS = (
    *("timestamp", "open", "high", "low", "close", "volume"),
    *("session", "closes_at", "phase"),
)


def _with_last_bars(bars: Bars) -> Bars:
    """The same bars, the last present of each session marked again after some were lost."""
    phase = bars.phase.copy()
    last_of: dict[int, int] = {}
    for row in range(len(bars)):
        if phase[row] != 2:
            phase[row] = 0
            last_of[int(bars.session[row])] = row
    for row in last_of.values():
        phase[row] = 1
    columns = {name: getattr(bars, name) for name in _COLUMNS} | {"phase": phase}
    return Bars(symbol=bars.symbol, interval=bars.interval, calendar=bars.calendar, **columns)


def random_signals(rng: Random, bars: Bars, entry_type: str, chance: float, tick: float) -> Signals:
    """Decisions with a chance on each bar, and levels where the entry waits at one."""
    n_bars = len(bars)
    exits = rng.choice((0.0, 0.05, 0.2))
    decided = {
        name: np.array([rng.random() < p for _ in range(n_bars)], dtype=np.bool_)
        for name, p in (
            ("long", chance),
            ("short", chance),
            ("exit_long", exits),
            ("exit_short", exits),
        )
    }
    if not exits and rng.random() < 0.5:
        decided = {name: decided[name] for name in ("long", "short")}
    levels = {}
    if entry_type in ("stop", "limit"):
        upwards = 1 if entry_type == "stop" else -1
        for side, d in (("long_level", 1), ("short_level", -1)):
            levels[side] = _levels(rng, bars, d * upwards, tick)
    return Signals(**decided, **levels)


def _levels(rng: Random, bars: Bars, way: int, tick: float) -> NDArray[np.float64]:
    """Levels a little above (or below) the close; some already past, some no price at all."""
    levels = []
    for close, span in zip(bars.close.tolist(), (bars.high - bars.low).tolist(), strict=True):
        level = close + way * rng.uniform(-0.5, 1.5) * span
        level = on_tick(level, tick)
        draw = rng.random()
        levels.append(float("nan") if draw < 0.03 else -1.0 if draw < 0.05 else level)
    return np.array(levels, dtype=np.float64)
