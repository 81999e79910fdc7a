"""Seeded, clearly synthetic bars, for a first run without data. No figure made of them is real."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError
from infrastructure.market_data.assembling import assemble
from infrastructure.market_data.bars import DEMO_SOURCE, Bars
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.intervals import interval_seconds
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.sessions.session_calendar import SessionCalendar, day_number
from infrastructure.market_data.store.reading import stored_series
from infrastructure.market_data.store.writing import write_bars
from infrastructure.market_data.symbols import check_symbol

if TYPE_CHECKING:
    from infrastructure.database.engine import Database

FIRST_DAY, LAST_DAY = date(2023, 1, 3), date(2025, 6, 30)
SEED = 19

_STEP = 15  # seconds between two prices of the path; every bar is made of them, whole minutes long
_FIRST_PRICE = 300.0
_DRIFT = 0.0004  # a session, like everything below
_VOLATILITY = 0.009
_VOLATILITY_MEMORY = 0.96  # of the logarithm of volatility, from session to session
_VOLATILITY_NOISE = 0.16
_GAP = 0.45  # size of an overnight gap in that session's volatility
_SHARES_A_DAY = 40e6


def make_demo_bars(
    symbol: str = "QQQ",
    interval: str = "30m",
    calendar: str = "XNYS",
    start: date = FIRST_DAY,
    end: date = LAST_DAY,
    seed: int = SEED,
    database: "Database | None" = None,
) -> Bars:
    """Synthetic bars of source "demo" for every session from `start` to `end`, both included.

    One path of prices every 15 seconds is drawn from the symbol and the seed; bars of all intervals
    are cut from it, so that they agree with each other. It has half days, overnight gaps, clusters
    of volatility, more movement and volume at open and close than at noon, prices in whole cents.

    With a database the bars are stored too, in one transaction; DataError where real bars of that
    symbol and interval are there. ConfigError for a bad symbol, interval or calendar.
    """
    check_symbol(symbol)
    days = get_calendar(calendar, database)
    first = int(np.searchsorted(days.session, day_number(start)))
    last = int(np.searchsorted(days.session, day_number(end), side="right"))
    if first >= last:
        raise ConfigError(f"synthetic bars: no session of {calendar} lies from {start} to {end}")
    columns = _columns(
        days, first, last, interval_seconds(interval), [seed, crc32(symbol.encode())]
    )
    bars = assemble(symbol, interval, days, columns, "regular", DEMO_SOURCE)
    if database is not None:
        write_bars(database, symbol, interval, columns, DEMO_SOURCE)
    return bars


def ensure_demo_bars(
    database: "Database", symbols: Iterable[str], interval: str, calendar: str = "XNYS"
) -> list[str]:
    """Make synthetic bars for the symbols that have none; a line to print for each.

    A symbol with real bars, at whatever interval, gets none: its owner forgot an import.
    """
    made = []
    for symbol in symbols:
        held = stored_series(database, symbol)
        real = any(not series.synthetic for series in held)
        if real or any(series.interval == interval for series in held):
            continue
        bars = make_demo_bars(symbol, interval, calendar, database=database)
        made.append(
            f"{symbol} {interval}: no bars in {database.name}; made {len(bars):,} SYNTHETIC ones; "
            "import real ones with: "
            f"kairos data import FILE --symbol {symbol} --interval {interval}"
        )
    return made


def _columns(
    calendar: SessionCalendar, first: int, last: int, interval: int, seed: list[int]
) -> BarColumns:
    """Bars of the calendar's rows [first, last), cut from one path at `interval` seconds."""
    random = np.random.default_rng(seed)
    opens = calendar.opens_at[first:last]
    length = calendar.closes_at[first:last] - opens
    steps = -(-length // _STEP)  # of each session
    begins = np.cumsum(steps) - steps
    session = np.repeat(np.arange(len(steps)), steps)
    since_open = (np.arange(len(session)) - begins[session]) * _STEP
    busy = _u_shape(since_open / length[session])
    share = busy / np.add.reduceat(busy, begins)[session]  # of the session, adding up to one
    volatility = _clusters(random, len(steps))
    prices = _prices(random, begins, session, share, volatility)
    volumes = _volumes(random, session, share, volatility)

    cut = np.flatnonzero(since_open % interval == 0)  # where each bar begins
    ends = np.append(cut[1:], len(prices)) - 1
    return BarColumns(
        timestamp=(opens[session] + since_open)[cut],
        open=prices[cut],
        high=np.maximum.reduceat(prices, cut),
        low=np.minimum.reduceat(prices, cut),
        close=prices[ends],
        volume=np.add.reduceat(volumes, cut),
    )


def _u_shape(part_of_session: NDArray[np.float64]) -> NDArray[np.float64]:
    """How busy each moment is: most at the open, much at the close, least after the middle."""
    middle = 0.55
    away = part_of_session - middle
    return 0.5 + np.where(away < 0, 6.0, 7.5) * away * away


def _clusters(random: np.random.Generator, n_sessions: int) -> NDArray[np.float64]:
    """Volatility of each session: its logarithm returns slowly to its mean."""
    noise = random.standard_normal(n_sessions) * _VOLATILITY_NOISE
    level = np.empty(n_sessions)
    before = 0.0
    for row, shock in enumerate(noise):
        before = level[row] = _VOLATILITY_MEMORY * before + shock
    return _VOLATILITY * np.exp(level)


def _prices(
    random: np.random.Generator,
    begins: NDArray[np.int64],
    session: NDArray[np.int64],
    share: NDArray[np.float64],
    volatility: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The path in whole cents; the first price of a session is its gap away from the last one."""
    moves = random.standard_normal(len(session)) * np.sqrt(share) * volatility[session]
    moves += _DRIFT * share
    moves[begins] = random.standard_normal(len(begins)) * _GAP * volatility
    moves[0] = 0.0
    path: NDArray[np.float64] = np.round(_FIRST_PRICE * np.exp(np.cumsum(moves)), 2)
    return np.maximum(path, 0.01)


def _volumes(
    random: np.random.Generator,
    session: NDArray[np.int64],
    share: NDArray[np.float64],
    volatility: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Whole shares of each step: busy times, wild sessions and chance make them many."""
    chance = np.exp(0.6 * random.standard_normal(len(session)))
    excited = np.sqrt(volatility / _VOLATILITY)[session]
    return np.round(_SHARES_A_DAY * share * excited * chance)
