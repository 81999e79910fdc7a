"""Signals of many choices of a strategy's parameters, against strategies made with each."""

from typing import Any

import numpy as np
from referee_setup import bars_of_sessions

from infrastructure.core.signals import Signals
from infrastructure.core.sweeping.choices import Choices, Seen, each_choice
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.market_data.bars import Bars

BARS = bars_of_sessions([[(100.0, 101.0, 99.0, 100.0)] * 12])


class WorksSomethingOut(VectorBTStrategy):
    """Reckons with what it made of a parameter when it was made itself."""

    every: int = 2

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.twice = 2 * self.every

    def generate_signals(self, bars: Bars) -> Signals:
        return Signals(long=np.arange(len(bars)) % self.twice == 0)


def test_a_strategy_that_works_something_out_when_made_is_made_anew() -> None:
    """What its `__init__` derives from a parameter follows the parameter, as in a run."""
    keys: dict[str, Any] = {"symbols": ["AAA"], "interval": "30m"}
    found = each_choice(
        WorksSomethingOut(**keys), Seen(BARS), Choices(("every",), [(1,), (2,), (3,)])
    )
    for every, signals in zip((1, 2, 3), found, strict=True):
        alone = WorksSomethingOut(every=every, **keys).signals(BARS)
        assert isinstance(signals, Signals) and np.array_equal(signals.long, alone.long)
