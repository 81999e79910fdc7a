"""The tight candle: hardly a body, one long wick. A small fight that one side has just lost."""

from dataclasses import dataclass
from math import isfinite
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import kernel
from infrastructure.errors import ConfigError
from infrastructure.indicators.columns import plain_columns
from infrastructure.market_data.bars import Bars

TIE = 1e-9
"""Two lengths this close, relative to the longer, are a tie. The one place that says so.

Prices are decimals and floats are not: 0.1 of a range misses by an ulp, and the ulp decides.
"""


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
    """Fill `long` and `short`; products instead of quotients, so that no wick divides by zero."""
    below = tightness_threshold * (1.0 - TIE)  # strictly below, ties out
    reach = wick_ratio_threshold * (1.0 - TIE)  # at least, ties in
    if reach < 1.0 + TIE:
        reach = 1.0 + TIE  # the longer wick is longer, whatever the ratio asks
    for t in range(len(open_)):
        upper = high[t] - max(open_[t], close[t])
        lower = min(open_[t], close[t]) - low[t]
        tight = abs(close[t] - open_[t]) < below * (high[t] - low[t])
        long[t] = tight & (lower > 0.0) & (lower >= reach * upper)
        short[t] = tight & (upper > 0.0) & (upper >= reach * lower)
