"""Strategies that no author would show: each does one thing that it should not.

`# <- Name` marks the line on which the class of that name goes wrong.
"""

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.compiled import kernel
from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.errors import AccountingError, DataError
from infrastructure.market_data.bars import Bars


class Divides(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        return Signals(long=[1 // 0])  # <- Divides


class Exits(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        raise SystemExit(0)  # <- Exits


class Interrupts(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        raise KeyboardInterrupt  # <- Interrupts


class Stops(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        raise StopIteration  # <- Stops


class Leaves(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        raise GeneratorExit  # <- Leaves


class Unheard(BaseException):
    """Of no kind that anybody catches."""


class Unusual(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        raise Unheard("so")  # <- Unusual


class Recurses(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        return self.generate_signals(bars)  # <- Recurses


class SpeaksInLines(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        raise ValueError("one\ntwo\x1b[31m\u202e")  # <- SpeaksInLines


class DumbError(ValueError):
    """One that says nothing, not even when it is asked."""

    def __str__(self) -> str:
        raise RuntimeError


class Speechless(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        raise DumbError  # <- Speechless


class Talks(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        raise ValueError("x" * 1_000_000)  # <- Talks


class Accuses(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        raise AccountingError("the books\ndisagree")  # <- Accuses


class Wants(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        raise DataError("a year of bars, please")


class Nothing(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:  # <- Nothing
        return None  # type: ignore[return-value]  # that is the point


class Column(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:  # <- Column
        return bars.close > 400  # type: ignore[return-value]  # that is the point


class Shorter(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:  # <- Shorter
        return Signals(long=np.zeros(len(bars) - 1, bool))


class TwoColumns(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        return Signals(long=np.zeros((len(bars), 2), bool))  # <- TwoColumns


class Ragged(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        return Signals(long=[[True], [True, False]])  # <- Ragged


class Unsure(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        return Signals(long=np.full(len(bars), np.nan))  # <- Unsure


class Words(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        return Signals(short=["yes"] * len(bars))  # <- Words


class Levels(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        return Signals(long_level=["400"] * len(bars))  # <- Levels


class Imaginary(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        return Signals(short_level=bars.close * 1j)  # <- Imaginary


class Tampers(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:  # <- Tampers
        signals = Signals()
        object.__setattr__(signals, "long", "buy" * len(bars))
        return signals


class Impostor(Signals):
    def fault(self, n_bars: int) -> str:
        return ""


class Pretends(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:  # <- Pretends
        return Impostor(long=[True])


class Writes(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        bars.close[0] = 1.0  # <- Writes
        return Signals()


class Unlocks(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        bars.close.setflags(write=True)  # <- Unlocks
        return Signals()


class UnlocksBelow(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        below: Any = bars.close
        while isinstance(below.base, np.ndarray):
            below = below.base
        below.setflags(write=True)  # <- UnlocksBelow
        return Signals()


class Assigns(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        bars.close = bars.open  # type: ignore[misc]  # that is the point # <- Assigns
        return Signals()


class Unmakeable(VectorBTStrategy):
    def __init__(self, *given: Any, **settings: Any) -> None:
        raise OSError("no licence")  # <- Unmakeable

    def generate_signals(self, bars: Bars) -> Signals:
        return Signals()


class Loops(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        all(number == 0 for number in iter(int, 1))  # <- Loops
        return Signals()


class Catches(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        while True:
            try:
                time.sleep(1_000)  # <- Catches
            except Exception:  # noqa: BLE001 - that is the point
                continue


@kernel
def forever_nb(counted: NDArray[np.float64]) -> None:
    """Count round and round."""
    while counted[0] >= 0:
        counted[0] = (counted[0] + 1) % 1000


class LoopsCompiled(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        forever_nb(np.zeros(1))  # <- LoopsCompiled
        return Signals()


class Hoards(VectorBTStrategy):
    def generate_signals(self, bars: Bars) -> Signals:
        hoard = np.ones(50 << 27)  # <- Hoards
        return Signals(long=hoard > 0)
