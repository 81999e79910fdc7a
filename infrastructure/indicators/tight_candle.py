"""The tight candle: hardly a body, one long wick. A small fight that one side has just lost."""

from dataclasses import dataclass
from math import isfinite
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import inlined_kernel, kernel
from infrastructure.errors import ConfigError
from infrastructure.indicators.columns import plain_columns
from infrastructure.market_data.bars import Bars

TIE = 1e-9
"""Two lengths this close, relative to the longer, are a tie. The one place that says so.

Prices are decimals and floats are not: 0.1 of a range misses by an ulp, and the ulp decides.
"""


_LONG, _SHORT = 1, 2


class TightCandleSignals(NamedTuple):
    """Both columns bool, shape (n_bars,)."""

    long: NDArray[np.bool_]
    short: NDArray[np.bool_]


@dataclass(frozen=True)
class TightCandle:
    """Finds tight candles; row t reads row t only, there is no warm-up.

    tightness_threshold: fraction of the bar's range that its body must stay strictly below.
    wick_ratio_threshold: how many times the shorter wick the longer must measure at least.

    With range = high - low, body = |close - open|, upper = high - max(open, close) and
    lower = min(open, close) - low: tight is range > 0 and body / range < tightness_threshold; long
    is tight and lower > upper and lower >= wick_ratio_threshold x upper; short is the mirror. A
    shorter wick of zero is an infinite ratio; equal wicks give no signal. A tie (see `TIE`) is not
    tight, is equal wicks, and reaches the ratio. Source: the pattern is Kairos's own;
    this is its definition.

    >>> import numpy as np
    >>> from types import SimpleNamespace as Columns
    >>> hammer = Columns(open=[10.0], high=[10.2], low=[9.0], close=[10.05])
    >>> TightCandle().generate(hammer)
    TightCandleSignals(long=array([ True]), short=array([False]))

    Raises ConfigError for a threshold out of range, DataError for columns of unequal length.
    """

    tightness_threshold: float = 0.1
    wick_ratio_threshold: float = 2.0

    def __post_init__(self) -> None:
        _check("tightness_threshold", self.tightness_threshold, "from 0 to 1", 1.0)
        _check("wick_ratio_threshold", self.wick_ratio_threshold, "0 or more", float("inf"))

    def generate(self, bars: Bars) -> TightCandleSignals:
        """Long and short signals, one row a bar. A bar with a NaN price never signals."""
        open_, high, low, close = plain_columns(
            open=bars.open, high=bars.high, low=bars.low, close=bars.close
        )
        signals = TightCandleSignals(np.empty(len(open_), np.bool_), np.empty(len(open_), np.bool_))
        thresholds = float(self.tightness_threshold), float(self.wick_ratio_threshold)
        tight_candle_nb(open_, high, low, close, *thresholds, *signals)
        return signals


def _check(name: str, value: Any, allowed: str, highest: float) -> None:
    numeric = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not numeric or not isfinite(value) or not 0 <= value <= highest:
        raise ConfigError(
            f"{name} must be a number, {allowed} (0.1 is a tenth of the range, 2.0 is twice "
            f"the shorter wick); found {value!r}"
        )


@kernel
def tight_candle_nb(
    open_: NDArray[np.float64],
    high: NDArray[np.float64],
    low: NDArray[np.float64],
    close: NDArray[np.float64],
    tightness_threshold: float,
    wick_ratio_threshold: float,
    long: NDArray[np.bool_],
    short: NDArray[np.bool_],
) -> None:
    """Fill `long` and `short`."""
    below, reach = bounds_nb(tightness_threshold, wick_ratio_threshold)
    for t in range(len(open_)):
        upper = high[t] - max(open_[t], close[t])
        lower = min(open_[t], close[t]) - low[t]
        body = abs(close[t] - open_[t])
        side = side_nb(body, high[t] - low[t], upper, lower, below, reach)
        long[t] = side == _LONG
        short[t] = side == _SHORT


@inlined_kernel
def bounds_nb(tightness_threshold: float, wick_ratio_threshold: float) -> tuple[float, float]:
    """What body / range must stay below, and what longer / shorter wick must reach, ties judged."""
    reach = wick_ratio_threshold * (1.0 - TIE)  # at least, ties in
    if reach < 1.0 + TIE:
        reach = 1.0 + TIE  # the longer wick is longer, whatever the ratio asks
    return tightness_threshold * (1.0 - TIE), reach  # strictly below, ties out


@inlined_kernel
def side_nb(
    body: float, whole: float, upper: float, lower: float, below: float, reach: float
) -> int:
    """0, _LONG or _SHORT of one bar; products, so that no wick divides by zero; NaN is 0."""
    tight = body < below * whole
    long = tight & (lower > 0.0) & (lower >= reach * upper)
    short = tight & (upper > 0.0) & (upper >= reach * lower)
    return _LONG * int(long) + _SHORT * int(short)


def tight_candles_of_many(
    bars: Bars, tightness: NDArray[np.float64], wick_ratio: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.uint8]]:
    """(first, bar, side) of the tight candles under many pairs of thresholds.

    tightness, wick_ratio: (n_choices,). Choice c's are rows first[c] up to first[c + 1]; bar: rows
    of the bars; side: 1 long, 2 short. Each bar is measured once; only bars that the loosest pair
    finds are looked at again. Raises ConfigError for a threshold out of range.
    """
    for pair in zip(tightness.tolist(), wick_ratio.tolist(), strict=True):
        TightCandle(*pair)
    loosest = TightCandle(float(tightness.max()), float(wick_ratio.min())).generate(bars)
    candidates = np.flatnonzero(loosest.long | loosest.short).astype(np.int32)
    open_, high, low, close = (
        column[candidates] for column in (bars.open, bars.high, bars.low, bars.close)
    )
    measures = np.column_stack(
        [
            np.abs(close - open_),
            high - low,
            high - np.maximum(open_, close),
            np.minimum(open_, close) - low,
        ]
    )
    thresholds = np.column_stack([tightness, wick_ratio]).astype(np.float64)
    first = np.zeros(len(thresholds) + 1, np.int64)
    count_candles_nb(measures, thresholds, first)
    bar, side = np.empty(first[-1], np.int32), np.empty(first[-1], np.uint8)
    fill_candles_nb(candidates, measures, thresholds, first, bar, side)
    return first, bar, side


@kernel
def count_candles_nb(
    measures: NDArray[np.float64], thresholds: NDArray[np.float64], first: NDArray[np.int64]
) -> None:
    """How many candidates each pair finds, summed up. measures: body, range, upper, lower."""
    for choice in range(len(thresholds)):
        below, reach = bounds_nb(thresholds[choice, 0], thresholds[choice, 1])
        found = 0
        for row in range(len(measures)):
            m = measures[row]
            found += int(side_nb(m[0], m[1], m[2], m[3], below, reach) > 0)
        first[choice + 1] = first[choice] + found


@kernel
def fill_candles_nb(
    candidates: NDArray[np.int32],
    measures: NDArray[np.float64],
    thresholds: NDArray[np.float64],
    first: NDArray[np.int64],
    bar: NDArray[np.int32],
    side: NDArray[np.uint8],
) -> None:
    """Fill `bar` and `side`, choice after choice."""
    for choice in range(len(thresholds)):
        below, reach = bounds_nb(thresholds[choice, 0], thresholds[choice, 1])
        place = first[choice]
        for row in range(len(measures)):
            m = measures[row]
            found = side_nb(m[0], m[1], m[2], m[3], below, reach)
            if found > 0:
                bar[place], side[place] = candidates[row], found
                place += 1
