"""Random markets on a small made-up calendar: fine bars first, coarse bars aggregated from them."""

from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.bars import AFTER_CLOSE, IN_SESSION, LAST_OF_SESSION, Bars

MONDAY = 19_786  # 2024-03-04
DAY, OPENS, FULL, HALF = 86_400, 52_200, 23_400, 12_600
FINE = 600
STEP = {"30m": 1_800, "1h": 3_600, "1d": 86_400}


@dataclass(frozen=True)
class Session:
    """One session of the made-up exchange: a weekday, 14:30 UTC to 21:00, half days to 18:00."""

    day: int
    opens_at: int
    closes_at: int


@dataclass(frozen=True)
class FineBar:
    """Ten minutes of one symbol."""

    stamp: int
    session: Session
    open: float
    high: float
    low: float
    close: float


@dataclass(frozen=True)
class Market:
    """How one symbol moves. tick: prices are multiples of it (0: any float)."""

    volatility: float
    tick: float
    gap_free: bool
    missing: float
    extended: bool


def made_up_sessions(rng: Random, count: int) -> list[Session]:
    """`count` weekdays, a sixth of them half days."""
    sessions: list[Session] = []
    day = MONDAY + rng.randrange(5)
    while len(sessions) < count:
        if (day - MONDAY) % 7 < 5:
            length = HALF if rng.random() < 1 / 6 else FULL
            opens_at = day * DAY + OPENS
            sessions.append(Session(day, opens_at, opens_at + length))
        day += 1
    return sessions


def round_the_clock(sessions: list[Session]) -> list[Session]:
    """Every UTC day from the first session's date to the last one's, weekends too."""
    days = range(sessions[0].day, sessions[-1].day + 1)
    return [Session(day, day * DAY, (day + 1) * DAY) for day in days]


def fine_path(rng: Random, sessions: list[Session], market: Market) -> list[FineBar]:
    """A random walk; a gap-free one opens every bar at the close before."""
    price = on_tick(rng.uniform(20.0, 300.0), market.tick)
    before, after = (7_200, 5_400) if market.extended else (0, 0)
    path: list[FineBar] = []
    for session in sessions:
        if not market.gap_free and rng.random() < 0.7:
            price = _moved(rng, price, 8 * market.volatility, market.tick)
        if rng.random() < market.missing / 4:
            continue
        for stamp in range(session.opens_at - before, session.closes_at + after, FINE):
            if not market.gap_free and rng.random() < 0.05:
                price = _moved(rng, price, 4 * market.volatility, market.tick)
            seen = [price]
            for _ in range(3):
                seen.append(_moved(rng, seen[-1], market.volatility, market.tick))
            price = seen[-1]
            if rng.random() >= market.missing:
                path.append(FineBar(stamp, session, seen[0], max(seen), min(seen), seen[-1]))
            elif market.gap_free:
                price = seen[0]
    return path


def aggregated(path: list[FineBar], interval: str, symbol: str, at_midnight: bool = False) -> Bars:
    """Bars of `interval`; a day is the regular session, stamped at its open or at midnight."""
    step = STEP[interval]
    groups: dict[int, list[FineBar]] = {}
    for bar in path:
        start = _bucket(bar, step, at_midnight)
        if start is not None:
            groups.setdefault(start, []).append(bar)
    stamps = sorted(groups)
    sessions = [groups[stamp][0].session for stamp in stamps]
    closes_at = [
        min(stamp + step, session.closes_at) if stamp < session.closes_at else stamp + step
        for stamp, session in zip(stamps, sessions, strict=True)
    ]
    return Bars(
        symbol=symbol,
        interval=interval,
        calendar="XNYS",
        timestamp=np.array(stamps, dtype=np.int64),
        open=np.array([groups[stamp][0].open for stamp in stamps], dtype=np.float64),
        high=np.array([max(bar.high for bar in groups[stamp]) for stamp in stamps]),
        low=np.array([min(bar.low for bar in groups[stamp]) for stamp in stamps]),
        close=np.array([groups[stamp][-1].close for stamp in stamps], dtype=np.float64),
        volume=np.ones(len(stamps)),
        session=np.array([session.day for session in sessions], dtype=np.int64),
        closes_at=np.array(closes_at, dtype=np.int64),
        phase=_phases(stamps, sessions),
    )


def as_fine_bars(path: list[FineBar], symbol: str, regular: bool) -> Bars:
    """The path as ten-minute `Bars` (phases are of no use here); regular: within sessions only."""
    if regular:
        path = [b for b in path if b.session.opens_at <= b.stamp < b.session.closes_at]
    return Bars(
        symbol=symbol,
        interval="10m",
        calendar="XNYS",
        timestamp=np.array([bar.stamp for bar in path], dtype=np.int64),
        open=np.array([bar.open for bar in path], dtype=np.float64),
        high=np.array([bar.high for bar in path], dtype=np.float64),
        low=np.array([bar.low for bar in path], dtype=np.float64),
        close=np.array([bar.close for bar in path], dtype=np.float64),
        volume=np.ones(len(path)),
        session=np.array([bar.session.day for bar in path], dtype=np.int64),
        closes_at=np.array([bar.stamp + FINE for bar in path], dtype=np.int64),
        phase=np.zeros(len(path), dtype=np.uint8),
    )


def _bucket(bar: FineBar, step: int, at_midnight: bool) -> int | None:
    """Opening time of the coarse bar that holds `bar`; bars after the close are counted from it."""
    session = bar.session
    if step == DAY:
        if not session.opens_at <= bar.stamp < session.closes_at:
            return None
        return session.day * DAY if at_midnight else session.opens_at
    anchor = session.opens_at if bar.stamp < session.closes_at else session.closes_at
    return anchor + (bar.stamp - anchor) // step * step


def _phases(stamps: list[int], sessions: list[Session]) -> NDArray[np.uint8]:
    phases = []
    last_of: dict[int, int] = {}
    for row, (stamp, session) in enumerate(zip(stamps, sessions, strict=True)):
        after = stamp >= session.closes_at
        phases.append(AFTER_CLOSE if after else IN_SESSION)
        if not after:
            last_of[session.day] = row
    for row in last_of.values():
        phases[row] = LAST_OF_SESSION
    return np.array(phases, dtype=np.uint8)


def _moved(rng: Random, price: float, volatility: float, tick: float) -> float:
    return on_tick(price * (1 + rng.gauss(0.0, volatility)), tick)


def on_tick(price: float, tick: float) -> float:
    """The nearest tick at or above 1.00, as the float that its decimals are read as."""
    price = max(price, 1.0)
    return round(round(price / tick) * tick, 6) if tick else price
