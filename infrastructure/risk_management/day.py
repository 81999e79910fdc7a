"""The account's day: its limit, and the worst that can still come of it."""

from typing import Any

from infrastructure.compiled import inlined_kernel
from infrastructure.risk_management.costs import commission_nb, slipped_nb

_NOTHING_LEFT = 1e-9


@inlined_kernel
def day_limit_nb(terms: Any, day_start_equity: float) -> float:
    """Money that the account may lose in a session, as a positive number."""
    return day_start_equity * terms.max_daily_risk / 100.0


@inlined_kernel
def day_room_nb(terms: Any, day_start_equity: float, worst_case: float) -> float:
    """Money that may still be lost today; zero or less where the worst case takes it all."""
    return day_limit_nb(terms, day_start_equity) + worst_case


@inlined_kernel
def stopped_out_nb(
    terms: Any, direction: int, quantity: float, level: float, day_base: float, day_cost: float
) -> float:
    """What an open position adds to the day's P&L if it fills at `level` now, costs included.

    day_base: the price that today's P&L is measured from: its entry today, or the last close of
    the session before. day_cost: commission paid for it today.
    """
    price = slipped_nb(level, -direction, terms.exit_slippage_bps)
    moved = direction * (price - day_base) * quantity
    return moved - commission_nb(terms, quantity, price) - day_cost


@inlined_kernel
def room_is_gone_nb(room: float, day_limit: float) -> bool:
    """Whether the day stands at its limit; both in money."""
    return room <= _NOTHING_LEFT * day_limit
