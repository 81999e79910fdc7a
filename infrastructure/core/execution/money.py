"""What a fill moves: the book's cash, the trade's profit, the day's profit.

The account machine and the sweep both reckon with these, in the same order of operations, so that
they agree to the last bit.
"""

from infrastructure.compiled import inlined_kernel


@inlined_kernel
def paid_nb(side: int, quantity: float, price: float, fees: float) -> float:
    """Money that leaves the cash for a fill; side is +1 for a buy, -1 for a sale (negative)."""
    notional = quantity * price if side > 0 else -quantity * price
    return notional + fees


@inlined_kernel
def net_pnl_nb(
    direction: int, quantity: float, entry: float, leaving: float, paid_in: float, paid_out: float
) -> float:
    """Net profit of a whole trade, money. paid_in, paid_out: commissions."""
    return direction * (leaving - entry) * quantity - paid_in - paid_out


@inlined_kernel
def day_pnl_nb(
    direction: int, quantity: float, base: float, leaving: float, paid_out: float, paid_today: float
) -> float:
    """What closing a position adds to the day's realised profit.

    base: the price that today's P&L is measured from. paid_today: commission paid for it today
    before this fill.
    """
    return direction * (leaving - base) * quantity - paid_out - paid_today


@inlined_kernel
def held_value_nb(direction: int, quantity: float, price: float) -> float:
    """What a position is worth at a price, money; a short's is negative."""
    return direction * quantity * price
