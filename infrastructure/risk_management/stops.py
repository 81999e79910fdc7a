"""Where the stop and the target of a position lie, from its fill price."""

import math

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import kernel

STOP_TYPES = ("none", "candle", "fix_abs", "fix_perc", "variable", "atr")
_CANDLE, _FIX_ABS, _FIX_PERC, _VARIABLE, _ATR = 1, 2, 3, 4, 5


TIE = 1e-9
"""Share of a level by which a price may miss it and still touch it.

Prices are decimals and floats are not: 100.01 + 2 x 0.30 is a hair above 100.61 in binary, and a
touch counts.
"""


@kernel
def at_or_above_nb(price: float, level: float) -> bool:
    """Whether a price has reached a level from below; False for NaN."""
    return price >= level - TIE * abs(level)


@kernel
def at_or_below_nb(price: float, level: float) -> bool:
    """Whether a price has reached a level from above; False for NaN."""
    return price <= level + TIE * abs(level)


@kernel
def stop_level_nb(
    stop_type: int,
    value: float,
    direction: int,
    price: float,
    signal_low: float,
    signal_high: float,
    atr: float,
    ranges: NDArray[np.float64],
) -> float:
    """The stop of a position filled at `price`; NaN where there is none for this price.

    stop_type: index of STOP_TYPES. direction: +1 long, -1 short. atr: of the signal bar, NaN while
    it warms up. ranges: rows of min_price, max_price, delta_abs, delta_perc (NaN: not given).
    """
    if stop_type == _CANDLE:
        return signal_low - value if direction > 0 else signal_high + value
    if stop_type == _FIX_ABS:
        return price - direction * value
    if stop_type == _FIX_PERC:
        return price * (1.0 - direction * value / 100.0)
    if stop_type == _ATR:
        return price - direction * value * atr
    if stop_type == _VARIABLE:
        for row in range(len(ranges)):
            if ranges[row, 0] <= price < ranges[row, 1]:
                if math.isnan(ranges[row, 2]):
                    return price * (1.0 - direction * ranges[row, 3] / 100.0)
                return price - direction * ranges[row, 2]
    return math.nan


@kernel
def stop_crossed_nb(direction: int, price: float, market: float, stop: float) -> bool:
    """Whether the stop is no stop: on the wrong side of the fill, at zero, or already reached.

    market: where the price stands when the order fills: the bar's open, or its close for an entry
    at the close; NaN where it is not known.
    """
    if stop <= 0.0 or direction * (price - stop) <= 0.0:
        return True
    if direction > 0:
        return at_or_below_nb(market, stop)
    return at_or_above_nb(market, stop)


@kernel
def target_level_nb(direction: int, price: float, stop: float, risk_reward: float) -> float:
    """The target: `risk_reward` times the risk beyond the fill; NaN without stop or target."""
    return price + direction * risk_reward * abs(price - stop)
