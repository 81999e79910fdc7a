"""A touch counts in the prices as they are printed, whatever their binary fractions make of it."""

from typing import Any

import pytest
from scenario import Account, stop

# The level is a round number of cents, which the bar just touches; in binary the level computed
# lies a hair beyond it.
CANDLE = {"stop_loss": stop("candle"), "risk_reward": 2}
FIXED = {"stop_loss": stop("fix_abs", 0.2)}
TOUCHES: list[tuple[str, str, dict[str, Any], str]] = [
    ("long", "100 100.1 99.71 100, 100.01, 100.01 100.61 99.9 100.2", CANDLE, "target"),
    ("short", "100 100.37 99.9 100, 100.07, 100.07 100.2 99.47 100.0", CANDLE, "target"),
    ("long", "100, 100.07, 100.07 100.1 99.87 100.0", FIXED, "stop"),
    ("short", "100, 100.01, 100.01 100.21 99.9 100.0", FIXED, "stop"),
]


@pytest.mark.parametrize(("side", "bars", "config", "reason"), TOUCHES)
def test_touch_counts_in_decimal_prices(
    side: str, bars: str, config: dict[str, Any], reason: str
) -> None:
    """100.01 and twice the 0.30 down to 99.71 is 100.61: a high of 100.61 fills it."""
    trade = Account().book(f"{bars}, 100", {0: side}, **config).run().trade
    assert (trade.exit_bar, trade.exit_reason) == (2, reason)
