"""The columns of one lane as a sweep reads them: what all configurations share, computed once."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.execution.account_state import Market


class LoneMarket(NamedTuple):
    """Bars of one lane; times are seconds UTC, rows are numbered from 0.

    prices: open, high, low, close side by side, so that a bar is half a line of the cache.
    day: number of the account's session, from 0; first_bar_of_day: its first bar.
    """

    prices: NDArray[np.float64]  # (n_bars, 4)
    session: NDArray[np.int64]  # (n_bars,) the bars' own session, days since 1970
    phase: NDArray[np.uint8]  # (n_bars,)
    day: NDArray[np.int64]  # (n_bars,)
    first_bar_of_day: NDArray[np.int64]  # (n_days,)
    day_session: NDArray[np.int64]  # (n_days,) days since 1970
    timestamp: NDArray[np.int64]  # (n_bars,)
    closes_at: NDArray[np.int64]  # (n_bars,)
    atr: NDArray[np.float64]  # (n_periods, n_bars), (0, 0) where no stop asks for it
    ranges: NDArray[np.float64]  # (n_ranges, 4) rows of all variable stops
    detail_from: NDArray[np.int64]  # (n_bars,) or empty: finer bars of each bar
    detail_to: NDArray[np.int64]
    detail_high: NDArray[np.float64]
    detail_low: NDArray[np.float64]


OPEN, HIGH, LOW, CLOSE = 0, 1, 2, 3
"""Columns of `LoneMarket.prices`."""


def lone_market(
    market: Market, atr: Sequence[NDArray[np.float64]], ranges: NDArray[np.float64]
) -> LoneMarket:
    """The only lane of `market`. atr: one column for each period that any stop asks for."""
    session = np.maximum.accumulate(market.account_session)
    begins = np.concatenate(([True], session[1:] != session[:-1]))
    first = np.flatnonzero(begins)
    prices = np.column_stack([market.open, market.high, market.low, market.close])
    return LoneMarket(
        prices=prices,
        session=market.session,
        phase=market.phase,
        day=np.cumsum(begins) - 1,
        first_bar_of_day=first,
        day_session=session[first],
        timestamp=market.timestamp,
        closes_at=market.closes_at,
        atr=np.vstack(atr) if len(atr) else np.empty((0, 0)),
        ranges=ranges,
        detail_from=market.detail_from,
        detail_to=market.detail_to,
        detail_high=market.detail_high,
        detail_low=market.detail_low,
    )
