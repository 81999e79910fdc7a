"""How many units to trade, and when not to: the three bounds of docs/execution.md."""

import math
from typing import Any

import numpy as np

from infrastructure.compiled import inlined_kernel
from infrastructure.risk_management.costs import BPS, slipped_nb
from infrastructure.risk_management.day import day_limit_nb, day_room_nb, room_is_gone_nb
from infrastructure.risk_management.stops import TIE

SIZING_TYPES = ("risk", "percent_of_equity", "fixed_notional", "fixed_quantity")
_RISK, _PERCENT_OF_EQUITY, _FIXED_NOTIONAL = 0, 1, 2

VERDICTS = (
    "accepted",
    "max_open_positions",
    "no_stop",
    "stop_crossed",
    "daily_limit",
    "buying_power",
    "risk_budget",
)
"""What becomes of an entry at its fill: accepted, or the first reason that refuses it."""
ACCEPTED, MAX_OPEN_POSITIONS, NO_STOP, STOP_CROSSED = 0, 1, 2, 3
DAILY_LIMIT, BUYING_POWER, RISK_BUDGET = 4, 5, 6

SIZE_BOUNDS = ("", "daily_limit", "buying_power")
UNCUT, CUT_BY_DAILY_LIMIT, CUT_BY_BUYING_POWER = 0, 1, 2

_LOT_FORGIVENESS = 1e-9


@inlined_kernel
def whole_lots_nb(quantity: float, lot_size: float) -> float:
    """How many lots fit into `quantity`: never below zero; 1e-9 of a lot is forgiven."""
    lots = quantity if lot_size == 1.0 else quantity / lot_size  # a division is dear in a sweep
    return max(np.floor(lots + _LOT_FORGIVENESS), 0.0)


@inlined_kernel
def wanted_quantity_nb(
    sizing_type: int,
    value: float,
    risk_per_trade: float,
    book_equity: float,
    price: float,
    stop: float,
) -> float:
    """Bound 1: what the strategy asks for, before rounding. Percents are percents."""
    if sizing_type == _RISK:
        return book_equity * risk_per_trade / 100.0 / abs(price - stop)
    if sizing_type == _PERCENT_OF_EQUITY:
        return book_equity * value / 100.0 / price
    if sizing_type == _FIXED_NOTIONAL:
        return value / price
    return value


@inlined_kernel
def day_room_quantity_nb(
    terms: Any, room: float, day_limit: float, direction: int, price: float, stop: float
) -> float:
    """Bound 2: the largest quantity whose whole planned loss, costs included, fits the room.

    The commission minimum makes the planned loss the larger of two straight lines in the
    quantity, so the quantity is the smaller of the two that each line allows. Without a stop
    (NaN) the room bounds nothing until it is gone.
    """
    if math.isnan(stop):
        return 0.0 if room_is_gone_nb(room, day_limit) else math.inf
    stop_fill = slipped_nb(stop, -direction, terms.exit_slippage_bps)
    loss = abs(price - stop_fill) + terms.commission_bps * BPS * (price + stop_fill)
    by_share = room / (loss + 2.0 * terms.commission_per_share)
    return min(by_share, (room - 2.0 * terms.commission_minimum) / loss)


@inlined_kernel
def smallest_bound_nb(
    wanted: float,
    by_room: float,
    by_buying_power: float,
    lot_size: float,
    smallest_risk: float,
    risk_per_unit: float,
) -> tuple[float, int, int]:
    """(quantity, verdict, cut): the smallest of the three bounds in whole lots, or why not.

    smallest_risk: money that a trade cut by the day's room must still risk, or be refused.
    risk_per_unit: |price - stop|; NaN without a stop. verdict: index of VERDICTS.
    """
    lots_wanted = whole_lots_nb(wanted, lot_size)
    lots_room = whole_lots_nb(by_room, lot_size)
    lots_power = whole_lots_nb(by_buying_power, lot_size)
    too_little = lots_room * lot_size * risk_per_unit < smallest_risk * (1.0 - TIE)
    if lots_room < lots_wanted and too_little:
        return 0.0, DAILY_LIMIT, UNCUT
    if lots_room < 1.0:
        return 0.0, DAILY_LIMIT, UNCUT
    if lots_power < 1.0:
        return 0.0, BUYING_POWER, UNCUT
    if lots_wanted < 1.0:
        return 0.0, RISK_BUDGET, UNCUT
    if lots_room < lots_wanted and lots_room <= lots_power:
        return lots_room * lot_size, ACCEPTED, CUT_BY_DAILY_LIMIT
    if lots_power < lots_wanted:
        return lots_power * lot_size, ACCEPTED, CUT_BY_BUYING_POWER
    return lots_wanted * lot_size, ACCEPTED, UNCUT


@inlined_kernel
def size_nb(
    terms: Any,
    sizing_type: int,
    sizing_value: float,
    book_equity: float,
    book_notional: float,
    day_start_equity: float,
    worst_case: float,
    direction: int,
    price: float,
    stop: float,
) -> tuple[float, int, int]:
    """(quantity, verdict, cut) of an entry filled at `price`; money and percents as elsewhere.

    book_notional: what the book holds at last closes. worst_case: of the account's day, money.
    """
    wanted = wanted_quantity_nb(
        sizing_type, sizing_value, terms.risk_per_trade, book_equity, price, stop
    )
    day_limit = day_limit_nb(terms, day_start_equity)
    room = day_room_nb(terms, day_start_equity, worst_case)
    by_room = day_room_quantity_nb(terms, room, day_limit, direction, price, stop)
    by_power = (book_equity * terms.max_leverage - book_notional) / price
    smallest_risk = terms.min_risk_per_trade / 100.0 * book_equity
    risk_per_unit = abs(price - stop)
    return smallest_bound_nb(
        wanted, by_room, by_power, terms.lot_size, smallest_risk, risk_per_unit
    )
