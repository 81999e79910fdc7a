"""What a provider of bars is: pages of raw rows, and the facts that the store must know."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.columns import BarColumns


class Event(NamedTuple):
    """A split (new shares for an old one) or a dividend (money a share), at seconds UTC.

    Of daily bars, midnight UTC of its exchange date.
    """

    stamp: int
    value: float


@dataclass(frozen=True, eq=False)
class Fetched:
    """One page of an answer, oldest first, as the provider sent it: nothing is judged yet.

    columns: shape (n_rows,); of daily bars the stamp is midnight UTC of the exchange date.
    adj_close: closes adjusted for splits and dividends, shape (n_rows,); None where none are sent.
    empty_rows: rows that the provider sent without any price, and that `columns` do not have.
    """

    columns: BarColumns
    adj_close: NDArray[np.float64] | None = None
    splits: tuple[Event, ...] = ()
    dividends: tuple[Event, ...] = ()
    empty_rows: int = 0


class Provider(Protocol):
    """Where bars come from.

    title: for messages. source: what the store keeps of it. adjusted: what its prices are adjusted
    for already, "none" or "split". A provider whose prices are adjusted changes old prices too.
    """

    title: str
    source: str
    adjusted: str

    def check_interval(self, interval: str) -> None:
        """Raise ConfigError, naming what there is, for bars that the provider does not have."""

    def earliest(self, interval: str, now: float) -> int | None:
        """Seconds UTC before which the provider keeps no such bars; None: it keeps them all."""

    def fetch(self, symbol: str, interval: str, start: int, end: int) -> Iterator[Fetched]:
        """Bars that open in [start, end), seconds UTC, page by page; no page where there are none.

        Raises DataError for a symbol that is not known or an answer that cannot be used, naming
        neither symbol nor interval; ConfigError where the keys are refused, because then no
        symbol can be fetched.
        """


class Clock(Protocol):
    """Time, so that tests need not wait for it."""

    def now(self) -> float:
        """Seconds since 1970 UTC."""

    def sleep(self, seconds: float) -> None:
        """Let that time pass."""


class SystemClock:
    """The computer's own time."""

    def now(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)
