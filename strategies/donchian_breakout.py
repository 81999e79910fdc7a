"""Follow a price that leaves the channel of its last weeks."""

import numpy as np

from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.indicators.donchian import rolling_highest, rolling_lowest
from infrastructure.market_data.bars import Bars


class DonchianBreakout(VectorBTStrategy):
    """Enter when the close leaves the entry channel, leave when it breaks the exit channel behind.

    Each channel runs from the lowest low to the highest high of the bars before this one, so that
    a bar can break it. The config adds the stop (ATR) and keeps positions overnight
    (`exit_at_session_end` false). Source: R. Donchian; the two lengths are the Turtles' first
    system.

    entry_period, exit_period: lengths of the two channels in bars.
    """

    entry_period: int = 20
    exit_period: int = 10

    def generate_signals(self, bars: Bars) -> Signals:
        """A signal on every close beyond the channel; none in the first `entry_period` bars."""
        highest, lowest = _channel(bars, self.entry_period)
        exit_highest, exit_lowest = _channel(bars, self.exit_period)
        return Signals(
            long=bars.close > highest,
            short=bars.close < lowest,
            exit_long=bars.close < exit_lowest,
            exit_short=bars.close > exit_highest,
        )


def _channel(bars: Bars, period: int) -> tuple[np.ndarray, np.ndarray]:
    """Highest high and lowest low of the `period` bars before each bar; NaN until there are."""
    highest = np.full(len(bars), np.nan)
    lowest = np.full(len(bars), np.nan)
    highest[1:] = rolling_highest(bars.high, period)[:-1]
    lowest[1:] = rolling_lowest(bars.low, period)[:-1]
    return highest, lowest


if __name__ == "__main__":
    DonchianBreakout.main()
