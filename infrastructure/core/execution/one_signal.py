"""The account machine on one signal at a time: from its bar to the end of its trade."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import kernel
from infrastructure.core.execution.account_state import (
    ENTRY_TYPES,
    LONG,
    NO_SESSION,
    SHORT,
    Account,
    Market,
)
from infrastructure.core.execution.machine import run_nb
from infrastructure.core.execution.records import REFUSAL_REASONS

TAKEN = -1
"""In place of a reason: the signal became a trade."""

_NEXT_OPEN = ENTRY_TYPES.index("next_open")
_CLOSE = ENTRY_TYPES.index("close")
_NO_LATER_BAR = REFUSAL_REASONS.index("end_of_data")
_EXPIRED = REFUSAL_REASONS.index("expired")


@kernel
def signals_alone_nb(
    account: Account,
    market: Market,
    decision: NDArray[np.uint8],
    session: NDArray[np.int64],
    side: int,
    rows: NDArray[np.int64],
    signal_bar: NDArray[np.int64],
    starts: NDArray[np.int64],
    waited: NDArray[np.int64],
    equity: NDArray[np.float64],
    trades: Any,
    refused: NDArray[np.int64],
) -> None:
    """Take each of `rows` of the signals alone; `trades` and `refused` are filled.

    decision, session: the memory of the market's columns, which is put back after each signal.
    starts: the first bar of the session to which the order goes; below 0: its own.
    """
    entry = LONG if side > 0 else SHORT
    for n in range(len(rows)):
        row = rows[n]
        bar, start = signal_bar[row], starts[row]
        begin_nb(account, equity[row])
        if start < 0:
            had = decision[bar]
            decision[bar] = had | entry
            stand_before_nb(account, market, bar)
            refused[row] = first_outcome_nb(account, market, trades, row)
            decision[bar] = had
        elif start >= market.n_bars[0]:
            refused[row] = _NO_LATER_BAR
        else:
            own = session[bar]
            session[bar] = session[start]  # or the order would expire at once
            stand_before_nb(account, market, start)
            if order_waits_nb(account, market, bar, side, waited[row]):
                open_bar_nb(account, market, start)
                refused[row] = first_outcome_nb(account, market, trades, row)
            else:
                refused[row] = _EXPIRED
            session[bar] = own


@kernel
def begin_nb(account: Account, equity: float) -> None:
    """An account that holds nothing and has done nothing, with this equity."""
    day = account.day[0]
    day.session = NO_SESSION
    day.start_equity = equity
    day.realised = 0.0
    day.open_positions = 0
    day.n_orders = 0
    day.n_trades = 0
    day.n_refusals = 0
    account.cash[0] = equity


@kernel
def stand_before_nb(account: Account, market: Market, bar: int) -> None:
    """The lane stands before a bar, with nothing held and nothing waiting."""
    lane = account.lanes[0]
    lane.bar = bar
    lane.inside_bar = 0
    lane.next_moment = market.timestamp[bar]
    lane.last_close = market.close[bar - 1] if bar > 0 else 0.0
    lane.direction = 0
    lane.exit_ordered = 0
    lane.order_direction = 0
    account.day[0].row = bar


@kernel
def order_waits_nb(
    account: Account, market: Market, signal_bar: int, direction: int, waited: int
) -> bool:
    """Let the signal's order wait for the next open or at its level; False where it has none."""
    lane, rules = account.lanes[0], account.rules[0]
    if rules.entry_type != _NEXT_OPEN and rules.entry_type != _CLOSE:
        if market.first_level[0] < 0:
            return False
        at = market.first_level[0] + signal_bar
        level = market.long_level[at] if direction > 0 else market.short_level[at]
        if not level > 0.0:
            return False
        lane.order_level = level
    lane.order_direction = direction
    lane.order_bars_left = rules.expiry_bars - waited
    lane.order_bar = signal_bar
    return True


@kernel
def open_bar_nb(account: Account, market: Market, bar: int) -> None:
    """The bar opens; an order for a close that was missed fills at this open."""
    rules = account.rules[0]
    entry_type = rules.entry_type
    if entry_type == _CLOSE:
        rules.entry_type = _NEXT_OPEN
    run_nb(account, market, market.timestamp[bar], True)
    rules.entry_type = entry_type


@kernel
def first_outcome_nb(account: Account, market: Market, trades: Any, row: int) -> int:
    """Go on until the signal is a trade, closed, or is refused: then why."""
    day = account.day[0]
    for bar in range(account.lanes[0].bar, market.n_bars[0]):
        run_nb(account, market, market.closes_at[bar], True)
        if day.n_trades > 0:
            trades[row] = account.trades[0]
            return TAKEN
        if day.n_refusals > 0:
            return account.refusals[0].reason
    return _NO_LATER_BAR
