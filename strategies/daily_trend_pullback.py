"""Buy the end of a fall inside the day while the days themselves rise; the mirror sells."""

import numpy as np

from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.indicators.moving_average import simple_moving_average
from infrastructure.indicators.rsi import relative_strength_index
from infrastructure.market_data.bars import Bars


class DailyTrendPullback(VectorBTStrategy):
    """Enter with the daily trend when the RSI of the bars comes back from its extreme.

    The trend is up while yesterday's close lies above the average of the daily closes up to it: at
    the close of a bar a strategy sees only the days that have closed by then. The config asks for
    them with `context_intervals`, ["1d"].

    trend_days: length of the daily average. period: of the RSI, in bars. oversold, overbought: the
    extremes it comes back from.
    """

    trend_days: int = 20
    period: int = 14
    oversold: float = 30.0
    overbought: float = 70.0

    def generate_signals(self, bars: Bars) -> Signals:
        """One signal per return; none before `trend_days` days have closed."""
        daily = bars.context("1d")
        trend = daily.align(simple_moving_average(daily.bars.close, self.trend_days))
        rsi = relative_strength_index(bars.close, self.period)
        before = np.full(len(bars), np.nan)
        before[1:] = rsi[:-1]
        return Signals(
            long=(daily.close > trend) & (before < self.oversold) & (rsi >= self.oversold),
            short=(daily.close < trend) & (before > self.overbought) & (rsi <= self.overbought),
        )


if __name__ == "__main__":
    DailyTrendPullback.main()
