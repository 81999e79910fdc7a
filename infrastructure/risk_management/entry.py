"""Whether an entry may be taken, in the order in which the contract asks."""

import math
from typing import Any

from infrastructure.compiled import inlined_kernel
from infrastructure.risk_management.sizing import (
    MAX_OPEN_POSITIONS,
    NO_STOP,
    STOP_CROSSED,
    UNCUT,
    size_nb,
)
from infrastructure.risk_management.stops import stop_crossed_nb


@inlined_kernel
def judge_entry_nb(
    terms: Any,
    open_positions: int,
    needs_stop: bool,
    sizing_type: int,
    sizing_value: float,
    book_equity: float,
    book_notional: float,
    day_start_equity: float,
    worst_case: float,
    direction: int,
    price: float,
    standing: float,
    stop: float,
) -> tuple[float, int, int]:
    """(quantity, verdict, cut) of an entry filled at `price`; the quantity is 0.0 where refused.

    open_positions: of the account. needs_stop: whether the strategy trades with one.
    standing: the price in the market when the order fills; NaN where it is not known.
    stop: NaN for none. verdict: index of sizing.VERDICTS. cut: index of sizing.SIZE_BOUNDS.
    The rest is as in sizing.size_nb.
    """
    if 0 < terms.max_open_positions <= open_positions:
        return 0.0, MAX_OPEN_POSITIONS, UNCUT
    if needs_stop and math.isnan(stop):
        return 0.0, NO_STOP, UNCUT
    if needs_stop and stop_crossed_nb(direction, price, standing, stop):
        return 0.0, STOP_CROSSED, UNCUT
    return size_nb(
        terms,
        sizing_type,
        sizing_value,
        book_equity,
        book_notional,
        day_start_equity,
        worst_case,
        direction,
        price,
        stop,
    )
