"""Synthetic bars for a first run: seeded, plainly made up, and shaped like an index fund's."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.calendars import SessionCalendar, get_calendar
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.intervals import DAY, interval_seconds
from infrastructure.market_data.store import stored_series
from infrastructure.market_data.writing import DEMO_SOURCE, write_bars

if TYPE_CHECKING:
    from infrastructure.database.engine import Database

DEMO_SYMBOL = "QQQ"
DEMO_SESSIONS = 754  # three years, half days included
_LAST_SESSION = 20_088  # 2024-12-31: fixed, so that the bars are the same on any day
_SEED = 20_240_101
_FIRST_PRICE = 400.0
_DAILY_VOLATILITY = 0.008
_OVERNIGHT_SHARE = 0.35  # of a day's variance
_SESSION_VOLUME = 4.0e7
_TICKS_A_BAR = 12


def ensure_demo_bars(database: "Database", symbols: Sequence[str], interval: str) -> list[str]:
    """Make QQQ's demo bars where they are asked for and the store holds no real QQQ; what was said.

    Real bars of the symbol, at any interval, keep demo bars away: the two must not be mixed.
    """
    if DEMO_SYMBOL not in symbols:
        return []
    held = [series for series in stored_series(database) if series.symbol == DEMO_SYMBOL]
    if any(series.source != DEMO_SOURCE or series.interval == interval for series in held):
        return []
    n_bars = make_demo_bars(database, DEMO_SYMBOL, interval)
    return [
        f"No bars of {DEMO_SYMBOL} yet: made {n_bars:,} SYNTHETIC {interval} bars, so that there "
        "is something to run on. They say nothing about any market.",
        f"Real bars replace them: kairos data import FILE --symbol {DEMO_SYMBOL} "
        f"--interval {interval}",
    ]


def make_demo_bars(
    database: "Database",
    symbol: str = DEMO_SYMBOL,
    interval: str = "30m",
    n_sessions: int = DEMO_SESSIONS,
    seed: int = _SEED,
) -> int:
    """Store synthetic bars of the XNYS sessions up to the end of 2024; how many there are.

    The same arguments give the same bars on any machine. Raises DataError where real bars of the
    symbol and interval are stored, StorageError.
    """
    columns = demo_columns(get_calendar("XNYS", database), interval, n_sessions, seed)
    write_bars(database, symbol, interval, columns, DEMO_SOURCE)
    return len(columns)


def demo_columns(
    calendar: SessionCalendar, interval: str, n_sessions: int, seed: int
) -> BarColumns:
    """Bars with gaps overnight, quiet noons, busy opens and closes, and volatility in clusters.

    Each bar is a short random walk of its own, so that opens, closes and wicks fit together.
    """
    random = np.random.default_rng(seed)
    timestamp, day, moment = _grid(calendar, interval_seconds(interval), n_sessions)
    first_of_day = np.diff(day, prepend=-1) != 0
    level = _clusters(random, n_sessions)[day]
    busy = 0.6 + 1.6 * (2.0 * moment - 1.0) ** 2  # U-shaped over the session
    bars_a_day = np.bincount(day)[day]
    step = level * _DAILY_VOLATILITY * np.sqrt((1.0 - _OVERNIGHT_SHARE) / bars_a_day)
    step = step * np.sqrt(busy) / np.sqrt(_TICKS_A_BAR)
    walk = np.cumsum(random.normal(0.0, step[:, None], (len(day), _TICKS_A_BAR)), axis=1)
    gap = random.normal(0.0002, _DAILY_VOLATILITY * np.sqrt(_OVERNIGHT_SHARE), len(day)) * level
    opens_at = np.cumsum(np.where(first_of_day, gap, 0.0))
    opens_at += np.concatenate(([0.0], np.cumsum(walk[:-1, -1])))
    open_ = _FIRST_PRICE * np.exp(opens_at)
    path = open_[:, None] * np.exp(walk)
    volume = _SESSION_VOLUME / bars_a_day * busy * level * random.lognormal(0.0, 0.35, len(day))
    return BarColumns(
        timestamp,
        np.round(open_, 2),
        np.round(np.maximum(open_, path.max(axis=1)), 2),
        np.round(np.minimum(open_, path.min(axis=1)), 2),
        np.round(path[:, -1], 2),
        np.round(volume),
    )


def _grid(
    calendar: SessionCalendar, seconds: int, n_sessions: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """(opening times, number of each bar's session, its place in the session from 0 to 1)."""
    last = int(np.searchsorted(calendar.session, _LAST_SESSION, side="right"))
    chosen = slice(max(last - n_sessions, 0), last)
    opens, closes = calendar.opens_at[chosen], calendar.closes_at[chosen]
    count = np.ones(len(opens), np.int64) if seconds == DAY else -((opens - closes) // seconds)
    day = np.repeat(np.arange(len(opens)), count)
    nth = np.arange(len(day)) - np.repeat(np.cumsum(count) - count, count)
    timestamp = opens[day] + nth * seconds
    length = (closes - opens)[day]
    moment = np.minimum((nth + 0.5) * seconds / length, 1.0)
    return timestamp, day, moment


def _clusters(random: np.random.Generator, n_sessions: int) -> NDArray[np.float64]:
    """(n_sessions,) a factor around 1 that wanders slowly: calm weeks and rough ones."""
    shocks = random.normal(0.0, 0.12, n_sessions)
    logarithm = np.empty(n_sessions)
    state = 0.0
    for session in range(n_sessions):
        state = 0.95 * state + shocks[session]
        logarithm[session] = state
    return np.exp(logarithm)
