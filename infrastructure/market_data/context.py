"""Coarser bars beside finer ones: at each close, only what had closed by then."""

from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import StrategyError


class _Series(Protocol):
    """What is asked of the coarser bars."""

    @property
    def interval(self) -> str: ...
    @property
    def open(self) -> NDArray[np.float64]: ...
    @property
    def high(self) -> NDArray[np.float64]: ...
    @property
    def low(self) -> NDArray[np.float64]: ...
    @property
    def close(self) -> NDArray[np.float64]: ...
    @property
    def volume(self) -> NDArray[np.float64]: ...
    @property
    def closes_at(self) -> NDArray[np.int64]: ...


_Bars = TypeVar("_Bars", bound=_Series)


@dataclass(frozen=True, eq=False)
class Context(Generic[_Bars]):
    """The coarser bars that a strategy looks at, as its own bars may see them.

    bars: the coarser bars; indicators are computed on them, and then aligned.
    row: of each finer bar, the row in `bars` of the last one that had closed by that bar's close;
        -1 before the first. age: seconds since it closed, 0 where it closed at that very moment;
        -1 before the first. Both int64, shape (n_bars,).

    A bar that closes at the very moment at which a finer one does has closed by then.
    """

    bars: _Bars
    row: NDArray[np.int64]
    age: NDArray[np.int64]

    @property
    def open(self) -> NDArray[np.float64]:
        """Open of the last closed bar, shape (n_bars,); NaN before the first. So the next ones."""
        return self.align(self.bars.open)

    @property
    def high(self) -> NDArray[np.float64]:
        """High of the last closed bar."""
        return self.align(self.bars.high)

    @property
    def low(self) -> NDArray[np.float64]:
        """Low of the last closed bar."""
        return self.align(self.bars.low)

    @property
    def close(self) -> NDArray[np.float64]:
        """Close of the last closed bar."""
        return self.align(self.bars.close)

    @property
    def volume(self) -> NDArray[np.float64]:
        """Volume of the last closed bar."""
        return self.align(self.bars.volume)

    def align(self, values: Any) -> NDArray[np.float64]:
        """One value a coarser bar, shape (len(self.bars),), as one value a finer bar, (n_bars,).

        Each finer bar gets the value of the last coarser bar that had closed by its own close; NaN
        before the first. Raises StrategyError for another number of values.
        """
        column = np.asarray(values, dtype=np.float64)
        n_coarse = len(self.bars.closes_at)
        if column.shape != (n_coarse,):
            raise StrategyError(
                f"align: values must have one row for each of the {n_coarse} {self.bars.interval} "
                f"bars, such as an indicator of context.bars.close; found shape {column.shape}"
            )
        return np.append(column, np.nan)[self.row]  # row -1 is the last one: NaN


def context_of(bars: _Bars, closes_at: NDArray[np.int64]) -> Context[_Bars]:
    """Coarser bars as bars that close at these moments see them."""
    row = np.searchsorted(bars.closes_at, closes_at, side="right") - 1
    since = closes_at - np.append(bars.closes_at, 0)[row]
    age = np.where(row < 0, -1, since)
    row.flags.writeable = age.flags.writeable = False
    return Context(bars, row, age)
