"""What a fill costs and moves: its price after slippage, cash, the trade's and the day's profit.

The account machine and the sweep both reckon with these, in the same order of operations, so that
they agree to the last bit.
"""

from typing import Any

from infrastructure.compiled import inlined_kernel
from infrastructure.core.execution.account_state import ENTRY_TYPES
from infrastructure.core.execution.records import EXIT_REASONS
from infrastructure.risk_management.costs import slipped_nb

_LIMIT = ENTRY_TYPES.index("limit")
_TARGET = EXIT_REASONS.index("target")


@inlined_kernel
def entry_price_nb(terms: Any, entry_type: int, direction: int, raw: float) -> float:
    """The fill price of an entry at `raw`: slippage moves all but limit orders."""
    if entry_type == _LIMIT:
        return raw
    return slipped_nb(raw, direction, terms.entry_slippage_bps)


@inlined_kernel
def exit_price_nb(terms: Any, reason: int, direction: int, raw: float) -> float:
    """The fill price of an exit at `raw`: slippage moves all but targets."""
    if reason == _TARGET:
        return raw
    return slipped_nb(raw, -direction, terms.exit_slippage_bps)


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
