"""Bars: what a strategy sees and a simulation trades, as read-only NumPy columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError
from infrastructure.market_data.columns import VALUES
from infrastructure.market_data.context import Context, context_of

if TYPE_CHECKING:
    import pandas as pd

DEMO_SOURCE = "demo"
"""Source of synthetic bars, and of nothing else."""

IN_SESSION, LAST_OF_SESSION, AFTER_CLOSE = 0, 1, 2
"""Values of `Bars.phase`."""

COLUMNS = ("timestamp", *VALUES, "session", "closes_at", "phase")
"""The columns of `Bars`, one row a bar."""


@dataclass(frozen=True, eq=False)
class Bars:
    """Bars of one symbol at one interval, oldest first; every column has shape (n_bars,).

    timestamp: opening time, seconds since 1970 UTC, strictly increasing.
    open, high, low, close: prices, finite and above zero. volume: finite, zero or more.
    session: exchange date of the bar's session, days since 1970.
    closes_at: when the bar is complete, seconds UTC (never later than its session's close).
    phase: IN_SESSION; LAST_OF_SESSION (the last bar present that starts before the calendar's
        close); AFTER_CLOSE (extended sessions only).
    coarser: bars of the same symbol by their interval, up to what had closed by the last bar's
        close, and from before the first bar where there are such; see `context`.
    """

    symbol: str
    interval: str
    calendar: str
    timestamp: NDArray[np.int64]
    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.float64]
    session: NDArray[np.int64]
    closes_at: NDArray[np.int64]
    phase: NDArray[np.uint8]
    source: str = ""
    coarser: Mapping[str, "Bars"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "coarser", MappingProxyType(dict(self.coarser)))
        for name in COLUMNS:
            object.__setattr__(self, name, _locked(getattr(self, name)))

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "coarser": dict(self.coarser)}  # a proxy cannot be pickled

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()

    def __len__(self) -> int:
        return len(self.timestamp)

    @property
    def synthetic(self) -> bool:
        """Whether the bars are made up: then no figure made of them says anything of a market."""
        return self.source == DEMO_SOURCE

    def apart(self) -> "Bars":
        """The same bars as objects of their own (views, nothing is copied).

        Whoever gets them may put other columns into them; nobody else's bars change.
        """
        held = dict(self.__dict__)
        held.pop("fingerprint", None)
        for name in COLUMNS:
            held[name] = held[name].view()  # an array's shape can be changed, locked or not
        if self.coarser:
            own = {name: series.apart() for name, series in self.coarser.items()}
            held["coarser"] = MappingProxyType(own)
        bars = object.__new__(Bars)
        bars.__dict__.update(held)
        return bars

    def head(self, n_bars: int) -> "Bars":
        """The first `n_bars` bars as they were known then (views, nothing is copied)."""
        return self.rows(0, n_bars)

    def rows(self, first: int, last: int) -> "Bars":
        """Bars `first` up to but not including `last` (views, nothing is copied)."""
        columns = {name: getattr(self, name)[first:last] for name in COLUMNS}
        until = columns["closes_at"]
        known = {name: _closed_by(until, series) for name, series in self.coarser.items()}
        return replace(self, **columns, coarser=known)

    def with_coarser(self, coarser: Mapping[str, "Bars"]) -> "Bars":
        """The same bars beside these coarser ones, by interval, cut to what had closed by the end.

        Raises ConfigError for bars of another symbol, interval or calendar.
        """
        for interval, series in coarser.items():
            found = (series.symbol, series.interval, series.calendar)
            if found != (self.symbol, interval, self.calendar):
                raise ConfigError(
                    f"{self.symbol} {self.interval}: coarser bars must be of {self.symbol} "
                    f"{interval} {self.calendar}; found {' '.join(found)}"
                )
        known = {name: _closed_by(self.closes_at, series) for name, series in coarser.items()}
        return replace(self, coarser=known)

    def context(self, interval: str) -> Context["Bars"]:
        """Coarser bars of an interval, aligned to these: at each close, what had closed by then.

        Raises ConfigError where the strategy's config does not ask for them in `context_intervals`.
        """
        if interval not in self.coarser:
            known = f"known are {', '.join(self.coarser)}" if self.coarser else "it names none"
            raise ConfigError(
                f'context_intervals must name "{interval}", which the strategy asks for; {known}'
            )
        return context_of(self.coarser[interval], self.closes_at)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over symbol, interval, stamps, prices and volumes: the identity of the data."""
        digest = sha256(f"{self.symbol} {self.interval} {len(self)}".encode())
        for column in (self.timestamp, self.open, self.high, self.low, self.close, self.volume):
            digest.update(np.ascontiguousarray(column).tobytes())
        return digest.hexdigest()

    def to_frame(self) -> "pd.DataFrame":
        """Columns open, high, low, close, volume, session over a UTC DatetimeIndex."""
        import pandas as pd

        index = pd.to_datetime(self.timestamp, unit="s", utc=True).rename("timestamp")
        columns = {name: getattr(self, name) for name in VALUES}
        columns["session"] = self.session.astype("datetime64[D]")
        return pd.DataFrame(columns, index=index)


def _locked(column: NDArray[Any]) -> NDArray[Any]:
    """A view of a column that nobody can make writable, nor the arrays below it.

    Neither a slip nor `flags.writeable = True` changes what the other strategies of a run trade on.
    """
    column.flags.writeable = False
    memory: Any = column.base
    while isinstance(memory, np.ndarray):
        memory = memory.base
    if memory is not None and _read_only(memory):
        return column.view()
    return np.asarray(column.data.toreadonly())


def _read_only(memory: Any) -> bool:
    """Whether what holds an array's numbers refuses to be written to: a mapped file, say."""
    try:
        return memoryview(memory).readonly
    except TypeError:  # a table of Arrow's gives no view of itself
        return True


def _closed_by(closes_at: NDArray[np.int64], coarser: Bars) -> Bars:
    """The coarser bars that had closed when the last finer one did; none where there is none."""
    n_known = np.searchsorted(coarser.closes_at, closes_at[-1:], side="right")
    return coarser.head(int(n_known.sum()))
