"""Trade away from the long wick of a tight candle."""

from infrastructure.core.signals import Signals
from infrastructure.core.signals_of_many import Columns, ManySignals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.indicators.tight_candle import TightCandle, tight_candles_of_many
from infrastructure.market_data.bars import Bars


class TightCandleStrategy(VectorBTStrategy):
    """Buy after a tight candle with a long lower wick, sell after one with a long upper wick.

    The idea: price went far, was refused there, and closed where it had opened; whoever pushed is
    now trapped. The wick's end is the natural stop (`candle`).

    tightness_threshold: fraction of the range that the body must stay below.
    wick_ratio_threshold: how many times the shorter wick the longer must measure.
    """

    tightness_threshold: float = 0.1
    wick_ratio_threshold: float = 2.0

    def generate_signals(self, bars: Bars) -> Signals:
        """A signal on every tight candle; no warm-up."""
        candle = TightCandle(self.tightness_threshold, self.wick_ratio_threshold)
        found = candle.generate(bars)
        return Signals(long=found.long, short=found.short)

    def generate_many(self, bars: Bars, parameters: Columns) -> ManySignals:
        """The same of many pairs of thresholds: every bar is measured once."""
        return ManySignals(
            *tight_candles_of_many(
                bars, parameters["tightness_threshold"], parameters["wick_ratio_threshold"]
            )
        )


if __name__ == "__main__":
    TightCandleStrategy.main()
