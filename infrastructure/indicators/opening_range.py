"""The opening range: what a session's first minutes leave behind."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import kernel
from infrastructure.errors import ConfigError
from infrastructure.indicators.columns import blank, whole_period
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.intervals import interval_seconds

_MINUTE = 60


class OpeningRange(NamedTuple):
    """Every column has shape (n_bars,).

    high, low: of the range, price units; NaN until it is complete.
    direction: +1, -1 or 0 as the range closed above, below or at its open; 0 until complete.
    completes: True on the one row of a session at whose close the range is first known.
    """

    high: NDArray[np.float64]
    low: NDArray[np.float64]
    direction: NDArray[np.int8]
    completes: NDArray[np.bool_]


def opening_range(bars: Bars, minutes: int = 30) -> OpeningRange:
    """High, low and direction of the first `minutes` of each session, known from its end on.

    The clock starts with the session's first bar. The range is made of the bars that open before
    it has run `minutes`; it is complete at the first close at or after that (where bars are
    missing, the close of a bar that is itself outside the range). From that row to the session's
    last the columns hold; a session that ends sooner has none. Row t reads rows <= t only.

    >>> bars = Bars("X", "5m", "24/7", timestamp=np.array([0, 300, 600]),
    ...     open=np.array([10.0, 11.0, 12.0]), high=np.array([11.0, 13.0, 15.0]),
    ...     low=np.array([9.0, 10.0, 12.0]), close=np.array([11.0, 12.0, 14.0]),
    ...     volume=np.ones(3), session=np.zeros(3, np.int64),
    ...     closes_at=np.array([300, 600, 900]), phase=np.array([0, 0, 1], np.uint8))
    >>> opening_range(bars, minutes=10).high
    array([nan, 13., 13.])

    Raises ConfigError where `minutes` is not a whole number of bars.
    Source: T. Crabel, Day Trading with Short Term Price Patterns and Opening Range Breakout, 1990.
    """
    seconds = whole_period("minutes", minutes) * _MINUTE
    if seconds % interval_seconds(bars.interval):
        raise ConfigError(
            f"opening range: minutes must be a multiple of the bars' interval, {bars.interval}; "
            f"found {minutes}"
        )
    n_bars = len(bars)
    found = OpeningRange(
        blank(n_bars), blank(n_bars), np.zeros(n_bars, np.int8), np.zeros(n_bars, np.bool_)
    )
    columns = (bars.open, bars.high, bars.low, bars.close)
    opening_range_nb(bars.timestamp, bars.closes_at, bars.session, *columns, seconds, *found)
    return found


@kernel
def opening_range_nb(
    opens_at: NDArray[np.int64],
    closes_at: NDArray[np.int64],
    session: NDArray[np.int64],
    open_: NDArray[np.float64],
    high: NDArray[np.float64],
    low: NDArray[np.float64],
    close: NDArray[np.float64],
    seconds: int,
    range_high: NDArray[np.float64],
    range_low: NDArray[np.float64],
    direction: NDArray[np.int8],
    completes: NDArray[np.bool_],
) -> None:
    """Fill the rows from each session's range on; the others keep what they were given."""
    ends_at = 0
    highest = lowest = moved = first_open = 0.0
    complete = False
    for t in range(len(opens_at)):
        if t == 0 or session[t] != session[t - 1]:
            ends_at = opens_at[t] + seconds
            highest, lowest, first_open = high[t], low[t], open_[t]
            complete = False
        if opens_at[t] < ends_at:
            highest = max(highest, high[t])
            lowest = min(lowest, low[t])
            moved = close[t] - first_open
        if closes_at[t] >= ends_at:
            completes[t] = not complete
            complete = True
            range_high[t] = highest
            range_low[t] = lowest
            direction[t] = np.sign(moved)
