"""What every figure asks of its inputs."""

from math import isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infrastructure.errors import ConfigError, DataError


def floats(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """`values` as float64, shape (n,); NaN passes. Raises DataError on any other shape."""
    column = np.asarray(values, dtype=np.float64)
    if column.ndim != 1:
        raise DataError(f"{name} must have shape (n,); found {column.shape}")
    return column


def finite(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """`floats`, refusing NaN and infinity: NaN compares False, so it would vanish in a count."""
    column = floats(name, values)
    good = np.isfinite(column)
    if not good.all():
        row = int(good.argmin())
        raise DataError(
            f"{name} must hold finite numbers; found {column[row]} in row {row}: "
            "leave that row out or correct it"
        )
    return column


def same_length(**columns: NDArray[np.generic]) -> None:
    """Raise DataError naming every column's length unless all are equal."""
    if len({len(column) for column in columns.values()}) > 1:
        found = ", ".join(f"{name} {len(column)}" for name, column in columns.items())
        raise DataError(f"columns must have one row each per item; found lengths {found}")


def above_zero(name: str, value: float) -> float:
    """`value`, refusing NaN, infinity, zero and less with a ConfigError."""
    if not (isfinite(value) and value > 0.0):
        raise ConfigError(f"{name} must be a finite number above zero; found {value}")
    return float(value)
