"""The contract's rules of price, cost, stop and size, each as a function of plain numbers.

Written from the contract's text alone, so that it can disagree with the compiled rules. `d` is +1
for a long position and -1 for a short one. Prices are money per share.
"""

from math import floor, inf, isnan
from typing import Any

FORGIVEN_LOT = 1e-9
FORGIVEN_TOUCH = 1e-9


def moved_against(price: float, buying: bool, bps: float) -> float:
    """The price that a market order gets: higher for a buyer, lower for a seller."""
    return price * (1 + bps / 10_000) if buying else price * (1 - bps / 10_000)


def commission(quantity: float, price: float, costs: Any) -> float:
    """What one order costs: max(per share x quantity, minimum) + bps of notional."""
    by_shares = max(costs.commission_per_share * quantity, costs.commission_minimum)
    return float(by_shares + costs.commission_bps / 10_000 * quantity * price)


def wilder_atr(
    high: list[float], low: list[float], close: list[float], period: int
) -> list[float | None]:
    """Wilder's average true range at each bar, seeded with the mean of the first `period`."""
    averages: list[float | None] = []
    ranges: list[float] = []
    for i in range(len(close)):
        if i == 0:
            ranges.append(high[0] - low[0])
        else:
            before = close[i - 1]
            ranges.append(max(high[i] - low[i], abs(high[i] - before), abs(low[i] - before)))
        if i + 1 < period:
            averages.append(None)
        elif i + 1 == period:
            averages.append(sum(ranges) / period)
        else:
            last = averages[-1]
            assert last is not None
            averages.append((last * (period - 1) + ranges[-1]) / period)
    return averages


def stop_level(
    stop_loss: Any, d: int, fill: float, signal_low: float, signal_high: float, atr: float | None
) -> float | None:
    """The stop of a position filled at `fill`; None where the rule knows none (`no_stop`)."""
    value = stop_loss.value or 0.0
    if stop_loss.type == "candle":
        return float(signal_low - value if d > 0 else signal_high + value)
    if stop_loss.type == "fix_abs":
        return float(fill - d * value)
    if stop_loss.type == "fix_perc":
        return float(fill * (1 - d * value / 100))
    if stop_loss.type == "atr":
        return None if atr is None else float(fill - d * value * atr)
    for row in stop_loss.price_ranges:
        if row.min_price <= fill and (row.max_price is None or fill < row.max_price):
            if row.delta_abs is not None:
                return float(fill - d * row.delta_abs)
            return float(fill * (1 - d * row.delta_perc / 100))
    return None


def has_reached(price: float, level: float, upwards: bool) -> bool:
    """Whether a price touches a level; prices are decimals, so a miss by 1e-9 of it is none."""
    room = FORGIVEN_TOUCH * abs(level)
    return price >= level - room if upwards else price <= level + room


def stop_is_crossed(d: int, stop: float, fill: float, market: float) -> bool:
    """A stop at the fill or beyond it, below zero for a long, or that the market has reached.

    market: the open of the fill's bar; its close for an entry at the close.
    """
    if d * (fill - stop) <= 0 or (d > 0 and stop <= 0):
        return True
    return has_reached(market, stop, upwards=d < 0)


def level_is_usable(level: float) -> bool:
    """A level can be waited for when it is a number above zero."""
    return not isnan(level) and level > 0


def level_is_reached(entry_type: str, d: int, level: float, high: float, low: float) -> bool:
    """A stop buys on the way up, a limit on the way down; sells mirror it. A touch counts."""
    upwards = (entry_type == "stop") == (d > 0)
    return has_reached(high if upwards else low, level, upwards)


def level_price(entry_type: str, d: int, level: float, bar_open: float) -> float:
    """The level, or the open where that is already past it."""
    upwards = (entry_type == "stop") == (d > 0)
    return max(level, bar_open) if upwards else min(level, bar_open)


def lots_in(quantity: float, lot_size: float) -> float:
    """How many whole lots `quantity` holds, forgiving 1e-9 of a lot."""
    return quantity if quantity == inf else float(floor(quantity / lot_size + FORGIVEN_LOT))


def own_size(
    sizing: Any, risk_per_trade: float, equity: float, fill: float, stop: float | None
) -> float:
    """Bound 1: what the strategy itself asks for."""
    if sizing.type == "percent_of_equity":
        return float(equity * sizing.value / 100 / fill)
    if sizing.type == "fixed_notional":
        return float(sizing.value / fill)
    if sizing.type == "fixed_quantity":
        return float(sizing.value)
    assert stop is not None, "sizing by risk needs a stop"
    return equity * risk_per_trade / 100 / abs(fill - stop)


def size_for_room(room: float, fill: float, stop_fill: float, costs: Any) -> float:
    """Bound 2: the largest quantity whose whole planned loss, both commissions included, fits in.

    The planned loss is the higher of two straight lines: one where the commission minimum rules,
    one where the shares do. The quantity is where the first of them meets the room.
    """
    by_notional = costs.commission_bps / 10_000 * (fill + stop_fill)
    a_share = abs(fill - stop_fill) + by_notional
    where_shares_rule = room / (a_share + 2 * costs.commission_per_share)
    where_minimum_rules = (room - 2 * costs.commission_minimum) / a_share
    return float(min(where_shares_rule, where_minimum_rules))


def decide_size(
    own: float,
    by_room: float,
    by_power: float,
    lot_size: float,
    risk_a_share: float | None,
    least_risk: float,
) -> tuple[float, str]:
    """(quantity, what cut it) or (0.0, why it is refused), from the three unrounded bounds.

    risk_a_share: |fill - stop|, None without a stop. least_risk: money that a trade cut by the
    day's room must still risk.
    """
    own_lots, room_lots, power_lots = (
        lots_in(bound, lot_size) for bound in (own, by_room, by_power)
    )
    cut_by_room = risk_a_share is not None and room_lots < own_lots
    if cut_by_room and room_lots * lot_size * (risk_a_share or 0.0) < least_risk:
        return 0.0, "daily_limit"
    if min(own_lots, room_lots, power_lots) < 1:
        if room_lots < 1:
            return 0.0, "daily_limit"
        return 0.0, "buying_power" if power_lots < 1 else "risk_budget"
    if own_lots <= room_lots and own_lots <= power_lots:
        return own_lots * lot_size, ""
    if room_lots <= power_lots:
        return room_lots * lot_size, "daily_limit"
    return power_lots * lot_size, "buying_power"
