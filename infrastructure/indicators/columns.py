"""What every indicator asks of its inputs, asked in one place."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError, DataError


def price_columns(**columns: Any) -> list[NDArray[np.float64]]:
    """The columns as float64 arrays of one shape (n_bars,), every value finite.

    Raises DataError naming the column, and for a bad value its row.
    """
    arrays = plain_columns(**columns)
    for name, array in zip(columns, arrays, strict=True):
        finite = np.isfinite(array)
        if not finite.all():
            row = int(np.argmin(finite))
            raise DataError(
                f"{name}: every value must be finite; found {array[row]} in row {row}; "
                "cut the rows before the first whole one, or fill the gap, first"
            )
    return arrays


def plain_columns(**columns: Any) -> list[NDArray[np.float64]]:
    """The columns as float64 arrays of one shape (n_bars,); NaN and infinity may pass.

    Raises DataError naming the column and the shape found.
    """
    arrays = [np.ascontiguousarray(column, dtype=np.float64) for column in columns.values()]
    for name, column, array in zip(columns, columns.values(), arrays, strict=True):
        if np.ndim(column) != 1 or array.shape != arrays[0].shape:
            raise DataError(
                f"{name}: expected one row a bar, shape ({arrays[0].shape[0]},); "
                f"found {np.shape(column)}"
            )
    return arrays


def whole_period(name: str, value: Any) -> int:
    """`value` as a whole number of bars, at least 1. Raises ConfigError naming the parameter."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ConfigError(
            f"{name} must be a whole number of at least 1; found {value!r}; 20 would do"
        )
    return int(value)


def blank(n_bars: int) -> NDArray[np.float64]:
    """A column of NaN, shape (n_bars,), for a kernel to fill."""
    return np.full(n_bars, np.nan)
