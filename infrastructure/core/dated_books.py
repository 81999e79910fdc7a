"""A strategy's book from one date to another, with bars before it that are known and not traded."""

from datetime import date

import numpy as np

from infrastructure.core.bars_reader import BarsReader
from infrastructure.core.execution.plan import Book, Lane
from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.sessions.session_calendar import SessionCalendar, day_number


def book_between(
    strategy: VectorBTStrategy,
    allocation_percentage: float,
    reader: BarsReader,
    start: date,
    end: date,
    warm_up_bars: int | None = None,
    calendar: SessionCalendar | None = None,
    detail: bool = False,
) -> Book:
    """The strategy's book of the sessions from `start` to `end`, both included.

    Signals are generated on the warm-up and these bars, and the warm-up's are cut off; ATR knows
    the warm-up too. So rows are those of a run that began earlier: all of them where the warm-up
    goes back to its first bar. Coarser bars (`context_intervals`) begin where the reader has them.

    reader: what it reads from its own start on can be warm-up; bars after `end` are never shown.
    warm_up_bars: how many bars before `start`; None: all that the reader has.
    calendar: whose sessions `start` and `end` mean, the account's; None: the bars' own.
    detail: with the finer bars. A symbol without bars between the dates has an empty lane.

    Raises DataError where the reader has no bars, StrategyError for unusable signals.
    """
    lanes = []
    for symbol in strategy.config.symbols:
        bars = reader.bars(strategy.config, symbol)
        first, last = _rows(bars, start, end, calendar)
        finer = reader.detail(strategy.config, symbol) if detail else None
        lanes.append(_lane(strategy, bars, first, last, warm_up_bars, finer))
    return Book(strategy.config, allocation_percentage, tuple(lanes))


def _lane(
    strategy: VectorBTStrategy,
    bars: Bars,
    first: int,
    last: int,
    warm_up_bars: int | None,
    finer: Bars | None,
) -> Lane:
    """Rows [first, last) of the bars, and what is known before them."""
    traded = bars.rows(first, last)
    if first == last:
        return Lane(traded, Signals())
    begin = 0 if warm_up_bars is None else max(0, first - warm_up_bars)
    warm_up = bars.rows(begin, first) if begin < first else None
    signals = strategy.signals(bars.rows(begin, last)).rows(first - begin, last - begin)
    return Lane(traded, signals, None if finer is None else _inside(finer, traded), warm_up)


def _rows(bars: Bars, start: date, end: date, calendar: SessionCalendar | None) -> tuple[int, int]:
    """[first, last) of the bars whose session lies between the dates."""
    session = bars.session
    if calendar is not None and calendar.name != bars.calendar:
        session = calendar.session_of(bars.timestamp)
    first = int(np.searchsorted(session, day_number(start)))
    last = int(np.searchsorted(session, day_number(end), side="right"))
    return first, max(first, last)


def _inside(finer: Bars, bars: Bars) -> Bars:
    """The finer bars of the time that the bars cover."""
    bounds = [int(bars.timestamp[0]), int(bars.closes_at[-1])]
    first, last = np.searchsorted(finer.timestamp, bounds).tolist()
    return finer.rows(first, last)
