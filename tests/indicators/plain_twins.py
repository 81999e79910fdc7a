"""The indicators again, in plain Python: slow, obvious, written from their docstrings."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import nan

from infrastructure.market_data.bars import Bars


def tight_candle(
    row: Sequence[float], tightness: str = "0.1", ratio: str = "2"
) -> tuple[bool, bool]:
    """(long, short) of one (open, high, low, close) in exact decimal arithmetic."""
    open_, high, low, close = (Decimal(repr(float(price))) for price in row)
    spread, body = high - low, abs(close - open_)
    upper, lower = high - max(open_, close), min(open_, close) - low
    tight = spread > 0 and body / spread < Decimal(tightness)
    long = tight and lower > upper and (upper == 0 or lower / upper >= Decimal(ratio))
    short = tight and upper > lower and (lower == 0 or upper / lower >= Decimal(ratio))
    return long, short


def average_true_range(bars: Bars, period: int) -> list[float]:
    """True ranges first, then the average."""
    true_ranges = []
    for t in range(len(bars)):
        candidates = [bars.high[t] - bars.low[t]]
        if t > 0:
            candidates.append(abs(bars.high[t] - bars.close[t - 1]))
            candidates.append(abs(bars.low[t] - bars.close[t - 1]))
        true_ranges.append(max(candidates))
    return _wilder(true_ranges, period)


def relative_strength_index(close: Iterable[float], period: int) -> list[float]:
    """Gains and losses first, then two averages, then 100 - 100 / (1 + RS)."""
    changes = [later - earlier for earlier, later in pairwise(close)]
    gains = _wilder([max(change, 0.0) for change in changes], period)
    losses = _wilder([max(-change, 0.0) for change in changes], period)
    return [nan, *map(_strength, gains, losses)]


def _strength(gain: float, loss: float) -> float:
    if gain == loss == 0:
        return 50.0
    return 100.0 if loss == 0 else 100.0 - 100.0 / (1.0 + gain / loss)


def _wilder(values: Sequence[float], period: int) -> list[float]:
    smooth: list[float] = []
    for t, value in enumerate(values):
        if t < period - 1:
            smooth.append(nan)
        elif t == period - 1:
            smooth.append(sum(values[:period]) / period)
        else:
            smooth.append((smooth[-1] * (period - 1) + value) / period)
    return smooth


def simple_moving_average(column: Iterable[float], period: int) -> list[float]:
    """The exact mean as a fraction, rounded once."""
    values = list(column)
    return [
        float(sum(map(Fraction, values[t + 1 - period : t + 1]), Fraction(0)) / period)
        if t + 1 >= period
        else nan
        for t in range(len(values))
    ]


def rolling_highest(column: Iterable[float], period: int) -> list[float]:
    """The largest of each window; NaN where it is short or has a gap."""
    values = list(column)
    out = []
    for t in range(len(values)):
        window = values[max(0, t + 1 - period) : t + 1]
        whole = len(window) == period and all(value == value for value in window)
        out.append(max(window) if whole else nan)
    return out


def opening_range(bars: Bars, minutes: int) -> list[tuple[float, float, int, bool]]:
    """(high, low, direction, completes) of each row, session by session."""
    out: list[tuple[float, float, int, bool]] = []
    for t in range(len(bars)):
        first = next(row for row in range(t + 1) if bars.session[row] == bars.session[t])
        ends_at = bars.timestamp[first] + 60 * minutes
        if bars.closes_at[t] < ends_at:
            out.append((nan, nan, 0, False))
            continue
        inside = [row for row in range(first, t + 1) if bars.timestamp[row] < ends_at]
        moved = bars.close[inside[-1]] - bars.open[first]
        completes = t == first or bool(bars.closes_at[t - 1] < ends_at)
        high, low = max(bars.high[inside]), min(bars.low[inside])
        out.append((high, low, int(moved > 0) - int(moved < 0), completes))
    return out
