"""What every figure asks of its inputs."""

from math import isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infrastructure.errors import ConfigError, DataError
from infrastructure.wording import counted


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


def finite_table(
    name: str, values: ArrayLike, shape: tuple[str, str], least: tuple[int, int]
) -> NDArray[np.float64]:
    """`values` as float64 of two dimensions, refusing NaN, infinity and too few rows or columns.

    shape: what rows and columns are, for the line. least: how many of them there must be. Raises
    DataError.
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] < least[0] or table.shape[1] < least[1]:
        raise DataError(
            f"{name} must have shape (n_{shape[0]}, n_{shape[1]}) with at least {least[0]} "
            f"{shape[0]} of {counted(least[1], shape[1].removesuffix('s'), shape[1])}; found "
            f"{table.shape}"
        )
    good = np.isfinite(table)
    if not good.all():
        row, column = np.argwhere(~good)[0]
        raise DataError(
            f"{name} must hold finite numbers; found {table[row, column]} in row {row}, "
            f"column {column}"
        )
    return table


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
