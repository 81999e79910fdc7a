"""Signals: what a strategy decides at the close of each bar."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import StrategyError

_LEVELS = ("long_level", "short_level")


@dataclass(frozen=True, eq=False)
class Signals:
    """Decisions at the close of each bar, made from bars up to and including it.

    Every column is an array-like of shape (n_bars,), or None for "never".
    long, short: enter on that side. exit_long, exit_short: leave a position held on that side.
    long_level, short_level: the price of a stop or limit entry; NaN where there is no signal.
    """

    long: Any = None
    short: Any = None
    exit_long: Any = None
    exit_short: Any = None
    long_level: Any = None
    short_level: Any = None

    def __post_init__(self) -> None:
        for field in fields(self):
            given = getattr(self, field.name)
            if given is not None:
                object.__setattr__(self, field.name, _column(field.name, given))

    def rows(self, first: int, last: int | None = None) -> "Signals":
        """The decisions from row `first` on, up to but not including `last` (None: to the end)."""
        if first == 0 and last is None:
            return self
        columns = {field.name: getattr(self, field.name) for field in fields(self)}
        return Signals(
            **{name: None if each is None else each[first:last] for name, each in columns.items()}
        )

    def exits_only(self) -> "Signals":
        """The same without entries."""
        return Signals(exit_long=self.exit_long, exit_short=self.exit_short)

    def checked(self, n_bars: int, strategy_name: str) -> "Signals":
        """Self, once every column is known to have one row a bar.

        Raises StrategyError naming the strategy, the column and both lengths.
        """
        fault = self.fault(n_bars)
        if fault:
            raise StrategyError(f"{strategy_name}: {fault}")
        return self

    def fault(self, n_bars: int) -> str:
        """What keeps these columns from being traded on so many bars, or ``."""
        for field in fields(Signals):
            column = getattr(self, field.name)
            if column is None:
                continue
            kind = np.float64 if field.name in _LEVELS else np.bool_
            if not isinstance(column, np.ndarray) or column.ndim != 1 or column.dtype != kind:
                return f"Signals.{field.name} was changed to what it may not hold"
            if len(column) != n_bars:
                return (
                    "generate_signals must return one row per bar; "
                    f"{field.name} has {len(column)} rows for {n_bars} bars"
                )
        return ""


def _column(name: str, given: Any) -> NDArray[Any]:
    """`given` as a read-only copy: bool for decisions (NaN is refused), float64 for levels."""
    index = getattr(given, "index", None)
    if getattr(index, "is_monotonic_increasing", True) is False:
        raise StrategyError(f"Signals.{name} must be in the order of the bars; its index is not")
    array = np.array(given)
    if array.ndim != 1:
        raise StrategyError(f"Signals.{name} must have shape (n_bars,); found {array.shape}")
    if name in _LEVELS:
        column = _levels(name, array)
    elif array.dtype == np.bool_:
        column = array
    elif array.dtype.kind in "iu" and np.isin(array, (0, 1)).all():
        column = array.astype(np.bool_)
    else:
        raise StrategyError(
            f"Signals.{name} must hold True or False for every bar; found dtype {array.dtype} "
            "(a comparison such as `fast > slow` gives the right one)"
        )
    column.flags.writeable = False
    return column


def _levels(name: str, array: NDArray[Any]) -> NDArray[np.float64]:
    """Prices as float64; None among them is NaN. Raises StrategyError for anything else."""
    try:
        if array.dtype.kind in "iufO":
            return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        pass
    raise StrategyError(
        f"Signals.{name} must hold a price, or NaN, for every bar; found dtype {array.dtype}"
    )
