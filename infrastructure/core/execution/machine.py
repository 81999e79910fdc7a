"""The loop over moments: the only place that decides what comes before what.

`run_nb` may be called once with all bars, or again and again with `until` moving on and bars added
to the market's columns: the state in `Account` is all that it needs to go on.
"""

from infrastructure.compiled import inlined_kernel, kernel
from infrastructure.core.execution.account import book_equity_nb, turn_day_nb
from infrastructure.core.execution.account_state import NEVER, Account, Market
from infrastructure.core.execution.bar_steps import (
    complete_close_nb,
    complete_exits_nb,
    complete_level_order_nb,
    complete_signal_nb,
    open_entry_nb,
    open_exit_order_nb,
    open_orders_expire_nb,
)


@kernel
def run_nb(account: Account, market: Market, until: int, data_ended: bool) -> None:
    """Live through every moment up to and including `until`.

    data_ended: the bars given are all there will ever be; what is open at the last close of a
    symbol is then closed there.
    """
    while True:
        if len(account.lanes) == 1:
            pass_quiet_bars_nb(account, market, until)
        moment = next_moment_nb(account, market)
        if moment == NEVER or moment > until:
            return
        if bars_complete_nb(account, market, moment, data_ended):
            record_row_nb(account, moment)
            advance_nb(account, market, moment)
        bars_open_nb(account, market, moment)


@inlined_kernel
def pass_quiet_bars_nb(account: Account, market: Market, until: int) -> None:
    """Mark the bars of a lone lane up to the next decision, while nothing is held or waits.

    Nothing can happen in them but the turn of the day, and of several turns without a position
    only the last one counts.
    """
    lane, day = account.lanes[0], account.day[0]
    if lane.inside_bar or lane.direction != 0 or lane.order_direction != 0:
        return
    first, bar, row, session = market.first_bar[0], lane.bar, day.row, day.session
    last, signal, equity = market.n_bars[0], market.first_signal[0], account.cash[0]
    while (
        bar < last and market.decision[signal + bar] == 0 and market.closes_at[first + bar] <= until
    ):
        session = max(session, market.account_session[first + bar])
        account.row_moment[row] = market.closes_at[first + bar]
        account.row_session[row] = session
        account.book_equity[row, 0] = equity
        bar += 1
        row += 1
    if bar == lane.bar:
        return
    if session > day.session:
        turn_day_nb(account, session)
    lane.bar, day.row = bar, row
    lane.last_close = market.close[first + bar - 1]
    lane.next_moment = market.timestamp[first + bar] if bar < last else NEVER


@inlined_kernel
def next_moment_nb(account: Account, market: Market) -> int:
    """The earliest moment at which a bar is complete or opens."""
    earliest = NEVER
    for i in range(len(account.lanes)):
        lane = account.lanes[i]
        if lane.next_moment == NEVER and lane.bar < market.n_bars[i]:  # bars have been added
            lane.next_moment = market.timestamp[market.first_bar[i] + lane.bar]
        earliest = min(earliest, lane.next_moment)
    return earliest


@inlined_kernel
def bars_complete_nb(account: Account, market: Market, moment: int, data_ended: bool) -> bool:
    """All bars that end now: stops and targets, waiting orders, closes, signals."""
    any_complete, busy = False, False
    for i in range(len(account.lanes)):
        lane = account.lanes[i]
        if lane.inside_bar and lane.next_moment == moment:
            any_complete = True
            if lane.direction != 0:
                busy = True
                complete_exits_nb(account, market, i, market.first_bar[i] + lane.bar)
            decision = market.decision[market.first_signal[i] + lane.bar]
            busy = busy or lane.order_direction != 0 or decision != 0
    if busy:
        complete_busy_bars_nb(account, market, moment, data_ended)
    elif any_complete:  # most bars of most runs: nothing held, waiting or decided
        for i in range(len(account.lanes)):
            lane = account.lanes[i]
            if lane.inside_bar and lane.next_moment == moment:
                lane.last_close = market.close[market.first_bar[i] + lane.bar]
    return any_complete


@inlined_kernel
def complete_busy_bars_nb(account: Account, market: Market, moment: int, data_ended: bool) -> None:
    """What follows the stops and targets: each step for all lanes before the next."""
    for i in range(len(account.lanes)):
        lane = account.lanes[i]
        if lane.inside_bar and lane.next_moment == moment and lane.order_direction != 0:
            complete_level_order_nb(account, market, i, market.first_bar[i] + lane.bar)
    for i in range(len(account.lanes)):
        lane = account.lanes[i]
        if lane.inside_bar and lane.next_moment == moment:
            last = data_ended and lane.bar == market.n_bars[i] - 1
            complete_close_nb(account, market, i, market.first_bar[i] + lane.bar, last)
    for i in range(len(account.lanes)):
        lane = account.lanes[i]
        if lane.inside_bar and lane.next_moment == moment:
            last = data_ended and lane.bar == market.n_bars[i] - 1
            if market.decision[market.first_signal[i] + lane.bar] != 0:
                complete_signal_nb(account, market, i, market.first_bar[i] + lane.bar, last)


@inlined_kernel
def record_row_nb(account: Account, moment: int) -> None:
    """Mark every book at its last closes: one row of the timeline."""
    day = account.day[0]
    account.row_moment[day.row] = moment
    account.row_session[day.row] = day.session
    for book in range(len(account.cash)):
        equity = account.cash[book]
        if day.open_positions > 0:
            equity = book_equity_nb(account, book)
        account.book_equity[day.row, book] = equity
    day.row += 1


@inlined_kernel
def advance_nb(account: Account, market: Market, moment: int) -> None:
    """Put the lanes whose bars are complete before their next bars."""
    for i in range(len(account.lanes)):
        lane = account.lanes[i]
        if lane.inside_bar and lane.next_moment == moment:
            lane.inside_bar = 0
            lane.bar += 1
            lane.next_moment = NEVER
            if lane.bar < market.n_bars[i]:
                lane.next_moment = market.timestamp[market.first_bar[i] + lane.bar]


@inlined_kernel
def bars_open_nb(account: Account, market: Market, moment: int) -> None:
    """All bars that open now: the day turns, exit signals fill, then entries in order."""
    day, busy = account.day[0], False
    for i in range(len(account.lanes)):
        lane = account.lanes[i]
        if not lane.inside_bar and lane.next_moment == moment:
            busy = busy or lane.order_direction != 0 or lane.exit_ordered != 0
            session = market.account_session[market.first_bar[i] + lane.bar]
            if session > day.session:
                turn_day_nb(account, session)
    if busy:
        open_busy_bars_nb(account, market, moment)
    for i in range(len(account.lanes)):
        lane = account.lanes[i]
        if not lane.inside_bar and lane.next_moment == moment:
            lane.inside_bar = 1
            lane.next_moment = market.closes_at[market.first_bar[i] + lane.bar]


@inlined_kernel
def open_busy_bars_nb(account: Account, market: Market, moment: int) -> None:
    """Exits of all lanes first: they may free what an entry needs."""
    for i in range(len(account.lanes)):
        lane = account.lanes[i]
        if not lane.inside_bar and lane.next_moment == moment:
            at = market.first_bar[i] + lane.bar
            if lane.order_direction != 0:
                open_orders_expire_nb(account, market, i, at)
            if lane.exit_ordered:
                open_exit_order_nb(account, market, i, at)
    for i in range(len(account.lanes)):
        lane = account.lanes[i]
        if not lane.inside_bar and lane.next_moment == moment and lane.order_direction != 0:
            open_entry_nb(account, market, i, market.first_bar[i] + lane.bar)
