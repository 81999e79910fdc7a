"""Be long while the fast average is above the slow one, short while it is below."""

import numpy as np

from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.errors import ConfigError
from infrastructure.indicators.moving_average import simple_moving_average
from infrastructure.market_data.bars import Bars

_TIE = 1e-12
"""Averages this close, relative to the slow one, are equal: the decimals behind the floats are."""


class MovingAverageCross(VectorBTStrategy):
    """Enter on a strict cross of two simple averages of the close: below one bar ago, above now.

    The mirror enters short. Averages that merely touch have not crossed. With
    `on_opposite_signal` set to `reverse` a cross turns the position at the next open.

    fast, slow: lengths of the two averages in bars.
    """

    fast: int = 10
    slow: int = 20

    def generate_signals(self, bars: Bars) -> Signals:
        """One signal per cross; none in the first `slow` bars."""
        if self.fast >= self.slow:
            raise ConfigError(
                f"MovingAverageCross: fast must be shorter than slow; found {self.fast} and "
                f"{self.slow}; 10 and 20 would do"
            )
        slow = simple_moving_average(bars.close, self.slow)
        gap = simple_moving_average(bars.close, self.fast) - slow
        gap[np.abs(gap) <= _TIE * slow] = 0.0
        before = np.full(len(bars), np.nan)
        before[1:] = gap[:-1]
        return Signals(long=(before < 0) & (gap > 0), short=(before > 0) & (gap < 0))


if __name__ == "__main__":
    MovingAverageCross.main()
