"""The columns of one lane as a sweep reads them: what all configurations share, computed once."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.execution.account_state import Market

BAR_DTYPE = np.dtype(
    [
        ("open", np.float64),
        ("high", np.float64),
        ("low", np.float64),
        ("close", np.float64),
        ("timestamp", np.int64),  # seconds UTC
        ("session", np.int64),  # the bars' own, days since 1970
        ("day", np.int64),  # number of the account's session, from 0
        ("phase", np.int64),  # of market_data.bars
    ],
    align=True,
)
"""A bar is one line of the processor's cache: a trade touches two or three of them."""


class LoneMarket(NamedTuple):
    """Bars of one lane; rows are numbered from 0."""

    bars: NDArray[Any]  # (n_bars,) BAR_DTYPE
    closes_at: NDArray[np.int64]  # (n_bars,) seconds UTC
    first_bar_of_day: NDArray[np.int64]  # (n_days,)
    day_session: NDArray[np.int64]  # (n_days,) days since 1970
    atr: NDArray[np.float64]  # (n_periods, n_bars), (0, 0) where no stop asks for it
    ranges: NDArray[np.float64]  # (n_ranges, 4) rows of all variable stops
    detail_from: NDArray[np.int64]  # (n_bars,) or empty: finer bars of each bar
    detail_to: NDArray[np.int64]
    detail_high: NDArray[np.float64]
    detail_low: NDArray[np.float64]


def lone_market(
    market: Market, atr: Sequence[NDArray[np.float64]], ranges: NDArray[np.float64]
) -> LoneMarket:
    """The only lane of `market`. atr: one column for each period that any stop asks for."""
    session = np.maximum.accumulate(market.account_session)
    begins = np.concatenate(([True], session[1:] != session[:-1]))
    first = np.flatnonzero(begins)
    bars = np.empty(len(session), BAR_DTYPE)
    for name in ("open", "high", "low", "close", "timestamp", "session", "phase"):
        bars[name] = getattr(market, name)
    bars["day"] = np.cumsum(begins) - 1
    return LoneMarket(
        bars=bars,
        closes_at=market.closes_at,
        first_bar_of_day=first,
        day_session=session[first],
        atr=np.vstack(atr) if len(atr) else np.empty((0, 0)),
        ranges=ranges,
        detail_from=market.detail_from,
        detail_to=market.detail_to,
        detail_high=market.detail_high,
        detail_low=market.detail_low,
    )
