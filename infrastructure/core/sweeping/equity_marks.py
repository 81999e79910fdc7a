"""The equity of a lone lane's account at the closes of its bars, and its sessions on the way."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import inlined_kernel, kernel
from infrastructure.core.execution.money import held_value_nb
from infrastructure.core.sweeping.lone_market import LoneMarket
from infrastructure.core.sweeping.signal_rows import NO_ROW
from infrastructure.core.sweeping.tally import (
    close_sessions_nb,
    end_tally_nb,
    stay_flat_nb,
)
from infrastructure.trade_metrics.drawdown_kernel import below_peak_nb, deepens_nb, mark_drawdown_nb


@inlined_kernel
def mark_held_nb(
    market: LoneMarket,
    tally: Any,
    direction: int,
    quantity: float,
    cash: float,
    out: Any,
    returns: NDArray[np.float64],
) -> None:
    """Mark the bars before the exit's; cash: what the book holds beside the position.

    The exit's own bar is marked when it is known that no new position was opened in it.
    """
    settle_nb(market, tally, out.entry_bar, market.bars[out.entry_bar].day, returns)
    if out.entry_bar < out.exit_bar and (
        out.carried or moves_drawdown_nb(tally, quantity, cash, out.best, out.worst)
    ):
        for bar in range(out.entry_bar, out.exit_bar):
            value = cash + held_value_nb(direction, quantity, market.bars[bar].close)
            equity = value + tally.idle_cash
            mark_drawdown_nb(tally, bar, equity, market.closes_at, market.bars[0].timestamp)
            if market.bars[bar + 1].day > tally.session:
                close_sessions_nb(tally, market.bars[bar + 1].day, equity, returns)


@inlined_kernel
def moves_drawdown_nb(tally: Any, quantity: float, cash: float, best: float, worst: float) -> bool:
    """Whether marks between these closes can end the drawdown or deepen it."""
    high, low = cash + quantity * best + tally.idle_cash, cash + quantity * worst + tally.idle_cash
    if not tally.under_water or not below_peak_nb(tally, high):
        return True
    return deepens_nb(tally, low)


@inlined_kernel
def settle_nb(
    market: LoneMarket, tally: Any, row: int, day: int, returns: NDArray[np.float64]
) -> None:
    """Mark what lies between the last trade's exit and `row`, in which nothing was held.

    day: the number of the row's session.
    """
    equity, last = tally.cash + tally.idle_cash, tally.held_to
    if last != NO_ROW and last < row:
        mark_drawdown_nb(tally, last, equity, market.closes_at, market.bars[0].timestamp)
    if row > 0:
        stay_flat_nb(tally, row - 1)
    close_sessions_nb(tally, day, equity, returns)


@kernel
def finish_nb(market: LoneMarket, tally: Any, returns: NDArray[np.float64]) -> None:
    """After the last signal: the rest is flat."""
    equity, opened = tally.cash + tally.idle_cash, market.bars[0].timestamp
    if tally.held_to != NO_ROW:
        mark_drawdown_nb(tally, tally.held_to, equity, market.closes_at, opened)
    stay_flat_nb(tally, len(market.closes_at) - 1)
    n_sessions = len(market.day_session)
    end_tally_nb(tally, n_sessions, market.closes_at, opened, equity, returns)
