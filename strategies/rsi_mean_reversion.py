"""Buy what has fallen too fast, sell what has risen too fast, leave in the middle."""

import numpy as np

from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.indicators.rsi import relative_strength_index
from infrastructure.market_data.bars import Bars


class RsiMeanReversion(VectorBTStrategy):
    """Enter when the RSI crosses into an extreme, leave when it is back at its middle.

    There is no stop: a stop sells exactly what the idea wants to buy. So the size is a percent of
    the book (`percent_of_equity`), `stop_loss` is null, and the exit is a signal.

    period: of the RSI, in bars. oversold, overbought: the extremes. exit_level: the middle.
    """

    period: int = 14
    oversold: float = 30.0
    overbought: float = 70.0
    exit_level: float = 50.0

    def generate_signals(self, bars: Bars) -> Signals:
        """One signal per crossing; none in the first `period` + 1 bars."""
        rsi = relative_strength_index(bars.close, self.period)
        before = np.full(len(bars), np.nan)
        before[1:] = rsi[:-1]
        return Signals(
            long=(rsi < self.oversold) & (before >= self.oversold),
            short=(rsi > self.overbought) & (before <= self.overbought),
            exit_long=rsi >= self.exit_level,
            exit_short=rsi <= self.exit_level,
        )


if __name__ == "__main__":
    RsiMeanReversion.main()
