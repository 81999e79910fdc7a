"""Trade the break of the first half hour in the direction it has already taken."""

import numpy as np

from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.indicators.opening_range import opening_range
from infrastructure.market_data.bars import Bars


class OpeningRangeBreakout(VectorBTStrategy):
    """A stop entry at the opening range's high (it closed up) or low (it closed down), once a day.

    The order is placed at the close of the bar that completes the range and waits for the rest of
    the session: `entry` is of type `stop`, and its `expiry_bars` must cover the day. A range that
    closes where it opened has no direction and gives no order; both sides at once would be a
    contradiction.

    opening_minutes: length of the range, a multiple of the interval.
    """

    opening_minutes: int = 30

    def generate_signals(self, bars: Bars) -> Signals:
        """At most one signal a session, with its level."""
        opening = opening_range(bars, self.opening_minutes)
        long = opening.completes & (opening.direction > 0)
        short = opening.completes & (opening.direction < 0)
        return Signals(
            long=long,
            short=short,
            long_level=np.where(long, opening.high, np.nan),
            short_level=np.where(short, opening.low, np.nan),
        )


if __name__ == "__main__":
    OpeningRangeBreakout.main()
