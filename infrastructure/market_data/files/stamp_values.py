"""Times of rows from values that are no text: datetimes and epochs."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.stamps import Stamps, whole_seconds

if TYPE_CHECKING:
    import pandas as pd

_EPOCHS = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (np.inf, 1e9))
"""Below the first number an epoch counts 1/second of a second: 1e11 s is the year 5138."""
_OLDEST_EPOCH = 1e8  # 1973; a smaller number is no time that a file of bars would hold


def stamps_of_moments(moments: "pd.Series[Any]") -> Stamps:
    """Times of datetime64 values, with a zone or without."""
    readable = moments.notna().to_numpy(dtype=np.bool_)
    zoned = moments.dt.tz is not None
    utc = whole_seconds(moments.dt.tz_convert(None) if zoned else moments)
    wall = whole_seconds(moments.dt.tz_localize(None))
    return Stamps(wall, utc, readable, np.full(len(wall), zoned))


def stamps_of_numbers(numbers: NDArray[np.float64]) -> Stamps:
    """Times of epochs, shape (n_rows,), in s, ms, us or ns by their size; NaN is no time."""
    readable = np.isfinite(numbers) & (numbers >= _OLDEST_EPOCH)
    seconds = np.zeros(len(numbers))
    smallest = 0.0
    for limit, parts in _EPOCHS:
        rows = readable & (numbers >= smallest) & (numbers < limit)
        seconds[rows] = numbers[rows] // parts
        smallest = limit
    whole = seconds.astype(np.int64)
    return Stamps(whole, whole.copy(), readable, np.ones(len(whole), dtype=np.bool_))


def no_stamps(n_rows: int) -> Stamps:
    """Rows none of which can be read yet."""
    wall, utc = np.zeros(n_rows, np.int64), np.zeros(n_rows, np.int64)
    return Stamps(wall, utc, np.zeros(n_rows, np.bool_), np.zeros(n_rows, np.bool_))


def fill_stamps(stamps: Stamps, rows: NDArray[np.intp], other: Stamps) -> None:
    """Put the readable ones of `other` into the rows of these numbers."""
    good = rows[other.readable]
    for name in ("wall", "utc", "zoned"):
        getattr(stamps, name)[good] = getattr(other, name)[other.readable]
    stamps.readable[good] = True
