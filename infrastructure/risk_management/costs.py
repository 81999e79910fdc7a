"""What trading costs: commission and slippage, one place for each."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from infrastructure.compiled import inlined_kernel
from infrastructure.errors import ConfigError

BPS = 1e-4
MOST_BPS = 10_000


@dataclass(frozen=True)
class Costs:
    """Costs of a fill, each side; `commission_minimum` is per order, bps are of the notional."""

    commission_per_share: float = 0.0
    commission_minimum: float = 0.0
    commission_bps: float = 0.0
    slippage_bps: float = 0.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, bool) or not isinstance(value, int | float | np.number):
                raise ConfigError(f"Costs: {name} must be a number; found {value!r}")
            if not 0 <= value < MOST_BPS:
                raise ConfigError(f"Costs: {name} must be from 0 to below 10,000; found {value!r}")


@inlined_kernel
def commission_nb(terms: Any, quantity: float, price: float) -> float:
    """Commission of one order in money: max(per share x quantity, minimum) + bps of notional."""
    by_share = max(terms.commission_per_share * quantity, terms.commission_minimum)
    return by_share + terms.commission_bps * BPS * quantity * price


@inlined_kernel
def slipped_nb(price: float, side: int, bps: float) -> float:
    """The fill price of a market or stop order; side is +1 for a buy, -1 for a sale."""
    return price * (1.0 + side * bps * BPS)
