"""Raw bar columns, and what makes a row unfit to trade: the one place that judges a bar."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infrastructure.errors import DataError

VALUES = ("open", "high", "low", "close", "volume")
"""What a row says of its bar."""

ROW_FAULTS = (
    "",
    "price missing or not a number",
    "price infinite",
    "price zero or negative",
    "high below low",
    "open or close outside high and low",
    "volume negative or infinite",
)
"""What a row shows by itself. Code 0 is a sound one; of several faults the first is reported."""

FAULTS = (*ROW_FAULTS, "same time as the row before", "earlier than the row before")
"""And what it shows beside the row before."""

ROUNDING = 1e-9
"""Share of the price by which vendors' float noise may put open or close outside high and low."""

AT_ONCE = 1_000_000
"""Rows at a time: a series may be longer than memory; so many of them take 50 MB."""

_LARGEST = 1e300
"""Prices and volumes beyond it count as infinite: products of two of them would be."""


@dataclass(frozen=True, eq=False)
class BarColumns:
    """What a file or a table says of bars; every column has shape (n_rows,).

    timestamp: opening time, int64 seconds since 1970 UTC. The rest are float64.
    """

    timestamp: NDArray[np.int64]
    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.timestamp)

    def take(self, rows: NDArray[Any] | slice) -> "BarColumns":
        """Chosen rows: a mask, row numbers in the order wanted, or a slice."""
        return BarColumns(*(getattr(self, field.name)[rows] for field in fields(self)))

    def parts(self) -> Iterator["BarColumns"]:
        """The same rows, at most AT_ONCE of them at a time (views)."""
        for first in range(0, len(self), AT_ONCE):
            yield self.take(slice(first, first + AT_ONCE))

    def without_noise(self) -> "BarColumns":
        """High and low moved by float noise to hold open and close; sound rows stay as they are."""
        if all(_inside(part) for part in self.parts()):
            return self
        high = np.maximum(self.high, np.maximum(self.open, self.close))
        low = np.minimum(self.low, np.minimum(self.open, self.close))
        return BarColumns(self.timestamp, self.open, high, low, self.close, self.volume)

    def price_faults(self) -> NDArray[np.uint8]:
        """Code in FAULTS of each row's prices and volume, shape (n_rows,)."""
        if len(self) <= AT_ONCE:
            return self._price_faults()
        return np.concatenate([part._price_faults() for part in self.parts()])

    def _price_faults(self) -> NDArray[np.uint8]:
        prices = np.vstack((self.open, self.high, self.low, self.close))
        if _all_sound(prices, self.volume):
            return np.zeros(len(self), dtype=np.uint8)
        with np.errstate(invalid="ignore"):
            room = ROUNDING * np.abs(self.high)
            top = np.maximum(self.open, self.close)
            bottom = np.minimum(self.open, self.close)
            conditions = (
                np.isnan(prices).any(axis=0),
                (np.abs(prices) > _LARGEST).any(axis=0),
                (prices <= 0).any(axis=0),
                self.high < self.low - room,
                (top > self.high + room) | (bottom < self.low - room),
                ~((self.volume >= 0) & (self.volume <= _LARGEST)),
            )
        codes = [np.uint8(code) for code in range(1, len(conditions) + 1)]
        return np.select(conditions, codes, default=np.uint8(0))

    def faults(self) -> NDArray[np.uint8]:
        """Code in FAULTS of each row, its place in time included, shape (n_rows,)."""
        found = self.price_faults()
        before, stamps, rest = self.timestamp[:-1], self.timestamp[1:], found[1:]
        rest[(rest == 0) & (stamps == before)] = FAULTS.index("same time as the row before")
        rest[(rest == 0) & (stamps < before)] = FAULTS.index("earlier than the row before")
        return found

    def checked(self, where: str) -> "BarColumns":
        """Self, free of noise, once every row is sound and the rows stand in time order.

        Raises DataError naming the first bad row (from 0) and how many there are.
        """
        found = self.faults()
        bad = np.flatnonzero(found)
        if len(bad):
            first = int(bad[0])
            count = f"{len(bad)} bars are" if len(bad) > 1 else "a bar is"
            raise DataError(
                f"{where}: {count} unfit to trade; the first is row {first}, "
                f"{utc_text(int(self.timestamp[first]))}: {FAULTS[found[first]]}"
            )
        return self.without_noise()


def columns_of(
    where: str,
    timestamp: ArrayLike,
    prices: dict[str, ArrayLike],
    volume: ArrayLike | None = None,
) -> BarColumns:
    """Array-likes of one length as columns (copies); no volume means zero.

    prices: open, high, low and close by name. Raises DataError on text, stamps that are not whole
    seconds, more than one dimension, or unequal lengths.
    """
    stamps = np.asarray(timestamp)
    if stamps.dtype.kind not in "iu" and stamps.size:
        raise DataError(
            f"{where}: timestamp must be whole seconds since 1970 UTC (int64); found dtype "
            f"{stamps.dtype}"
        )
    given = {**prices, "volume": np.zeros(stamps.size) if volume is None else volume}
    columns: dict[str, NDArray[np.float64]] = {}
    for name, values in given.items():
        try:
            columns[name] = np.array(values, dtype=np.float64)
        except (TypeError, ValueError):
            raise DataError(f"{where}: {name} must hold numbers only") from None
    for name, column in (("timestamp", stamps), *columns.items()):
        if column.shape != (stamps.size,):
            raise DataError(
                f"{where}: every column must have shape ({stamps.size},) as the first "
                f"dimension of timestamp says; {name} has {column.shape}"
            )
    return BarColumns(stamps.astype(np.int64), **columns)


def utc_text(stamp: int) -> str:
    """A stamp for messages: `2024-01-02 14:30 UTC`."""
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=stamp)
    except OverflowError:
        return f"{stamp} s after 1970 (milliseconds?)"
    seconds = ":%S" if stamp % 60 else ""
    return f"{moment:%Y-%m-%d %H:%M{seconds}} UTC"


def _inside(columns: BarColumns) -> bool:
    """Whether open and close lie within high and low in every row, to the last bit."""
    top = np.maximum(columns.open, columns.close)
    bottom = np.minimum(columns.open, columns.close)
    return bool((top <= columns.high).all() and (bottom >= columns.low).all())


def _all_sound(prices: NDArray[np.float64], volume: NDArray[np.float64]) -> bool:
    """Whether every row is sound to the last bit: the quick answer for almost all data."""
    open_, high, low, close = prices
    inside = (low <= open_) & (open_ <= high) & (low <= close) & (close <= high)
    finite = (low > 0) & (high <= _LARGEST) & (volume >= 0) & (volume <= _LARGEST)
    return bool((inside & finite).all())  # NaN compares False
