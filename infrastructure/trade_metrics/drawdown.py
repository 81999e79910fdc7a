"""Drawdowns: how far, and for how long, equity stood below its highest value so far."""

from dataclasses import dataclass
from math import nan, sqrt
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infrastructure.errors import DataError
from infrastructure.trade_metrics.arithmetic import mean
from infrastructure.trade_metrics.checks import above_zero, finite, floats, same_length

_Number = TypeVar("_Number", bound=np.generic)


@dataclass(frozen=True)
class Drawdowns:
    """The deepest and the longest drawdown of an equity path.

    depth: largest fall from a peak, a fraction of that peak (0.25 is 25 %), zero or more; above 1
        where equity went below zero. The first one where two are equally deep.
    peak_row: last row at the peak; -1 is the starting capital. trough_row: its lowest row;
        -1 where equity never fell. recovery_row: first row back at the peak, else the last row.
    longest_seconds: the longest time from a peak to its recovery or to the last row.
    """

    depth: float
    peak_row: int
    trough_row: int
    recovery_row: int
    longest_seconds: int


def drawdowns(
    equity: ArrayLike, timeline: ArrayLike, starting_capital: float, started_at: int | None = None
) -> Drawdowns:
    """The deepest and the longest drawdown; the starting capital is the first peak.

    equity: money, shape (n_rows,). timeline: closing stamps, seconds, shape (n_rows,), increasing.
    started_at: when the starting capital was there, seconds; by default the first row's stamp.
    A row within 1e-12 of its peak stands at the peak.
    Raises DataError on NaN, no rows or unequal lengths, ConfigError on a capital not above zero.
    """
    from infrastructure.trade_metrics.drawdown_kernel import DRAWDOWN_FIELDS, drawdown_nb  # numba

    above_zero("starting_capital", starting_capital)
    path, stamps = finite("equity", equity), np.asarray(timeline, dtype=np.int64)
    same_length(equity=path, timeline=stamps)
    if len(path) == 0:
        raise DataError("equity must have at least one row; found none: run on bars first")
    since = int(stamps[0]) if started_at is None else started_at
    state = np.zeros(1, np.dtype(DRAWDOWN_FIELDS, align=True))
    drawdown_nb(state, _plain(path), _plain(stamps), float(starting_capital), since)
    found = state[0]
    peak_row, trough_row = int(found["deepest_peak_row"]), int(found["trough_row"])
    peak = float(path[peak_row]) if peak_row >= 0 else starting_capital
    depth = (peak - float(path[trough_row])) / peak if trough_row >= 0 else 0.0
    return Drawdowns(depth, peak_row, trough_row, int(found["recovery_row"]), int(found["longest"]))


def max_drawdown(equity: ArrayLike, starting_capital: float) -> float:
    """Largest fall below the highest equity so far, a fraction of it: 0.25 is 25 %; 0 for none.

    The starting capital counts as the first peak, so a loss in the first period is a drawdown.
    Shapes, units and errors as `drawdowns`.
    """
    path = floats("equity", equity)
    return drawdowns(path, np.arange(len(path)), starting_capital).depth


def ulcer_index(equity: ArrayLike, starting_capital: float | None = None) -> float:
    """Root mean square of the percentage drawdowns of every row, in percent points.

    equity: money, shape (n,). starting_capital joins the peaks but is no row of the mean; without
    it the first row is the first peak. NaN: no rows. Raises DataError on NaN, ConfigError where the
    first peak is not above zero.
    Source: P. Martin and B. McCann, "The Investor's Guide to Fidelity Funds" (1989).
    """
    path = finite("equity", equity)
    if len(path) == 0:
        return nan
    first = float(path[0]) if starting_capital is None else starting_capital
    peaks = np.maximum(np.maximum.accumulate(path), above_zero("the first peak", first))
    falls = 100.0 * (1.0 - path / peaks)
    return sqrt(mean(falls * falls))


def _plain(column: NDArray[_Number]) -> NDArray[_Number]:
    """Contiguous and writable: numba compiles the kernel anew for any other kind of array."""
    return np.require(column, requirements=["C", "W"])
