"""The referee: a second, plain engine that plays the same books by the contract's text.

It walks through the moments of the run, one small function at a time. Nothing here is fast, shared
with the product's kernel, or derived from it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from twin_account import Account
from twin_records import Columns, LaneState, Order, RefereeResult
from twin_rules import level_is_reached, level_is_usable, level_price, wilder_atr

from infrastructure.core.execution.plan import AccountTerms, Book, Lane, Parts
from infrastructure.market_data.bars import AFTER_CLOSE, IN_SESSION, LAST_OF_SESSION

SIDES = {1: "long", -1: "short"}


def referee(books: Sequence[Book], terms: AccountTerms) -> RefereeResult:
    """Every trade, refusal and mark of the run, by the contract."""
    return referee_in_parts((books,), terms)


def referee_in_parts(parts: Parts, terms: AccountTerms) -> RefereeResult:
    """The same where rules and signals change on the way: rows of bars count through all parts."""
    lanes = _lanes(parts)
    account = Account(lanes, parts[0], terms)
    days = [_account_days(lane, terms) for lane in lanes]
    closing: dict[int, list[tuple[LaneState, int]]] = {}
    opening: dict[int, list[tuple[LaneState, int]]] = {}
    for lane in lanes:
        for bar in range(lane.last_bar + 1):
            closing.setdefault(lane.bars.closes_at[bar], []).append((lane, bar))
            opening.setdefault(lane.bars.timestamp[bar], []).append((lane, bar))
    for moment in sorted(closing.keys() | opening.keys()):
        if moment in closing:
            _bars_complete(account, closing[moment])
            account.add_row(moment)
        if moment in opening:
            account.turn_day(max(days[lane.number][bar] for lane, bar in opening[moment]))
            _bars_open(account, opening[moment])
    return account.result


def _lanes(parts: Parts) -> list[LaneState]:
    lanes: list[LaneState] = []
    for number, book in enumerate(parts[0]):
        for place in range(len(book.lanes)):
            lanes.append(LaneState(len(lanes), number, {}, Columns.none(), None, {}, []))
            for part in parts:
                _append(lanes[-1], part[number], part[number].lanes[place])
    return lanes


SIGNALS = (*("long", "short", "exit_long", "exit_short"), *("long_level", "short_level"))


def _append(state: LaneState, book: Book, lane: Lane) -> None:
    """The bars, signals and rules of a lane's next part."""
    bars = Columns.of(lane.bars)
    state.configs[len(state.bars.close)] = book.config
    state.bars.extend(bars)
    for name in SIGNALS:
        column = _column(getattr(lane.signals, name), name, len(bars.close))
        state.signals.setdefault(name, []).extend(column)
    stop_loss = book.config.stop_loss
    atr: list[float | None] = [None] * len(bars.close)
    if stop_loss is not None and stop_loss.type == "atr":
        known = Columns.none() if lane.warm_up is None else Columns.of(lane.warm_up)
        n_before = len(known.close)
        known.extend(bars)
        atr = wilder_atr(known.high, known.low, known.close, stop_loss.period)[n_before:]
    state.atr.extend(atr)
    if lane.detail is not None:
        state.detail = state.detail or Columns.none()
        state.detail.extend(Columns.of(lane.detail))


def _column(column: Any, name: str, n_bars: int) -> list[Any]:
    if column is not None:
        return list(column.tolist())
    return [float("nan") if name.endswith("level") else False] * n_bars


def _account_days(lane: LaneState, terms: AccountTerms) -> list[int]:
    """The account's session of each bar: its own, unless the account keeps a calendar."""
    if terms.calendar is None:
        return lane.bars.session
    stamps = np.array(lane.bars.timestamp, dtype=np.int64)
    return list(terms.calendar.session_of(stamps).tolist())


# -- bars open -----------------------------------------------------------------------------------


def _bars_open(account: Account, opened: list[tuple[LaneState, int]]) -> None:
    for lane, bar in opened:
        order = lane.order
        too_late = order is not None and _session_is_over(lane, order.signal_bar, bar)
        if lane.position is not None and (lane.leaves_at_open or too_late):
            reason = "exit_signal" if lane.leaves_at_open else "reverse"
            account.leave(lane, bar, lane.bars.open[bar], reason)
        lane.leaves_at_open = False
    for lane, bar in opened:
        order = lane.order
        if order is not None and order.level is None:
            lane.order = None
            _fill_at_open(account, lane, bar, order)
        elif order is not None and order.level is not None:
            _try_level_at_open(account, lane, bar, order, order.level)


def _try_level_at_open(
    account: Account, lane: LaneState, bar: int, order: Order, level: float
) -> None:
    """A waiting order fills at the open that is already at or past its level."""
    if _session_is_over(lane, order.signal_bar, bar):
        return  # refused when the bar is complete
    kind, opened = lane.config_of(order.signal_bar).entry.type, lane.bars.open[bar]
    if level_is_reached(kind, order.direction, level, opened, opened):
        lane.order = None
        price = level_price(kind, order.direction, level, opened)
        account.enter(lane, Order(order.direction, order.signal_bar, None), bar, price, opened)


def _fill_at_open(account: Account, lane: LaneState, bar: int, order: Order) -> None:
    if order.turns and lane.position is not None:
        account.leave(lane, bar, lane.bars.open[bar], "reverse")
    if _session_is_over(lane, order.signal_bar, bar):
        account.refuse(lane, order.signal_bar, order.direction, "session_end")
        return
    price = lane.bars.open[bar]
    account.enter(lane, order, bar, price, market=price)


def _session_is_over(lane: LaneState, signal_bar: int, fill_bar: int) -> bool:
    """Whether an order of `signal_bar` would fill after the session it must end with."""
    if not lane.config_of(signal_bar).exit_at_session_end:
        return False
    later = lane.bars.session[fill_bar] > lane.bars.session[signal_bar]
    return later or lane.bars.phase[fill_bar] == AFTER_CLOSE


# -- bars complete -------------------------------------------------------------------------------


def _bars_complete(account: Account, closed: list[tuple[LaneState, int]]) -> None:
    for lane, bar in closed:
        if lane.position is not None:
            account.meet_stop_and_target(lane, bar)
    for lane, bar in closed:
        if lane.order is not None and lane.order.level is not None:
            _try_level(account, lane, bar, lane.order, lane.order.level)
    for lane, bar in closed:
        _close_bar(account, lane, bar)
    for lane, bar in closed:
        _hear_signals(account, lane, bar)


def _try_level(account: Account, lane: LaneState, bar: int, order: Order, level: float) -> None:
    """One bar in the life of an order that waits at a level."""
    entry, bars, d = lane.config_of(order.signal_bar).entry, lane.bars, order.direction
    if _session_is_over(lane, order.signal_bar, bar):
        lane.order = None
        account.refuse(lane, order.signal_bar, d, "session_end")
    elif level_is_reached(entry.type, d, level, bars.high[bar], bars.low[bar]):
        lane.order = None
        price = level_price(entry.type, d, level, bars.open[bar])
        account.enter(lane, order, bar, price, market=bars.open[bar])
        if lane.position is not None:
            account.meet_stop_and_target(lane, bar)
    elif bar - order.signal_bar >= entry.expiry_bars:
        lane.order = None
        account.refuse(lane, order.signal_bar, d, "expired")
    elif bar == lane.last_bar:
        lane.order = None
        account.refuse(lane, order.signal_bar, d, "end_of_data")


def _close_bar(account: Account, lane: LaneState, bar: int) -> None:
    """Session end, end of data, and the new last close."""
    close = lane.bars.close[bar]
    if lane.position is not None:
        lane.position.see(lane.bars.high[bar])
        lane.position.see(lane.bars.low[bar])
        config = lane.config_of(lane.position.signal_bar)
        if config.exit_at_session_end and lane.bars.phase[bar] == LAST_OF_SESSION:
            account.leave(lane, bar, close, "session_end")
        elif bar == lane.last_bar:
            account.leave(lane, bar, close, "end_of_data")
        else:
            lane.position.mark = close
    lane.last_close = close


def _hear_signals(account: Account, lane: LaneState, bar: int) -> None:
    wanted = [d for d, side in SIDES.items() if lane.signals[side][bar]]
    held = lane.position
    if held is not None and lane.signals[f"exit_{SIDES[held.direction]}"][bar]:
        lane.leaves_at_open = True
    if len(wanted) == 2:
        for d in wanted:
            account.refuse(lane, bar, d, "contradictory")
    elif wanted:
        _hear_entry(account, lane, bar, wanted[0])


def _hear_entry(account: Account, lane: LaneState, bar: int, d: int) -> None:
    config, held = lane.config_of(bar), lane.position
    turns = held is not None and held.direction == -d and config.on_opposite_signal == "reverse"
    if held is not None and not turns:
        account.refuse(lane, bar, d, "position_open")
    elif bar == lane.last_bar:
        account.refuse(lane, bar, d, "end_of_data")
    else:
        _replace_order(account, lane)
        _put_to_work(account, lane, bar, d, turns)


def _replace_order(account: Account, lane: LaneState) -> None:
    """A newer signal replaces an order that still waits."""
    if lane.order is not None:
        account.refuse(lane, lane.order.signal_bar, lane.order.direction, "expired")
        lane.order = None


def _put_to_work(account: Account, lane: LaneState, bar: int, d: int, turns: bool) -> None:
    config = lane.config_of(bar)
    if config.entry.type == "next_open":
        lane.order = Order(d, bar, turns=turns)
    elif config.entry.type == "close":
        _enter_at_close(account, lane, bar, d)
    else:
        _wait_at_level(account, lane, bar, d)


def _enter_at_close(account: Account, lane: LaneState, bar: int, d: int) -> None:
    if lane.position is not None:
        account.leave(lane, bar, lane.bars.close[bar], "reverse")
        lane.leaves_at_open = False  # an exit signal was the old position's
    if lane.config_of(bar).exit_at_session_end and lane.bars.phase[bar] != IN_SESSION:
        account.refuse(lane, bar, d, "session_end")
    else:
        account.enter(lane, Order(d, bar), bar, lane.bars.close[bar], market=lane.bars.close[bar])


def _wait_at_level(account: Account, lane: LaneState, bar: int, d: int) -> None:
    level = lane.signals[f"{SIDES[d]}_level"][bar]
    if _session_is_over(lane, bar, bar + 1):
        account.refuse(lane, bar, d, "session_end")
    elif not level_is_usable(level):
        account.refuse(lane, bar, d, "expired")
    else:
        lane.order = Order(d, bar, level)
