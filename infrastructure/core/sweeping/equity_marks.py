"""The equity of a lone lane's account at the closes of its bars, and its sessions on the way."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import inlined_kernel, kernel
from infrastructure.core.execution.money import held_value_nb
from infrastructure.core.sweeping.lone_market import CLOSE, LoneMarket
from infrastructure.core.sweeping.tally import (
    NO_ROW,
    close_sessions_nb,
    end_tally_nb,
    stay_flat_nb,
)
from infrastructure.trade_metrics.drawdown_kernel import mark_drawdown_nb


@inlined_kernel
def mark_held_nb(
    market: LoneMarket,
    tally: Any,
    direction: int,
    quantity: float,
    cash: float,
    entry_bar: int,
    exit_bar: int,
    returns: NDArray[np.float64],
) -> None:
    """Mark the bars before the exit's; cash: what the book holds beside the position.

    The exit's own bar is marked when it is known that no new position was opened in it.
    """
    settle_nb(market, tally, entry_bar, returns)
    for bar in range(entry_bar, exit_bar):
        value = cash + held_value_nb(direction, quantity, market.prices[bar, CLOSE])
        equity = value + tally.idle_cash
        mark_drawdown_nb(tally, bar, equity, market.closes_at, market.timestamp[0])
        if market.day[bar + 1] > tally.session:
            close_sessions_nb(tally, market.day[bar + 1], equity, returns)


@inlined_kernel
def settle_nb(market: LoneMarket, tally: Any, row: int, returns: NDArray[np.float64]) -> None:
    """Mark what lies between the last trade's exit and `row`, in which nothing was held."""
    equity, last = tally.cash + tally.idle_cash, tally.held_to
    if last != NO_ROW and last < row:
        mark_drawdown_nb(tally, last, equity, market.closes_at, market.timestamp[0])
    if row > 0:
        stay_flat_nb(tally, row - 1)
    close_sessions_nb(tally, market.day[row], equity, returns)


@kernel
def finish_nb(market: LoneMarket, tally: Any, returns: NDArray[np.float64]) -> None:
    """After the last signal: the rest is flat."""
    equity, opened = tally.cash + tally.idle_cash, market.timestamp[0]
    if tally.held_to != NO_ROW:
        mark_drawdown_nb(tally, tally.held_to, equity, market.closes_at, opened)
    stay_flat_nb(tally, len(market.closes_at) - 1)
    n_sessions = len(market.day_session)
    end_tally_nb(tally, n_sessions, market.closes_at, opened, equity, returns)
