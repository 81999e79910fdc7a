"""Splits and dividends from what vendors publish: cumulative factors, amounts, adjusted closes."""

from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infrastructure.errors import DataError
from infrastructure.market_data.factors.adjusting import Factors
from infrastructure.market_data.sessions.session_calendar import SessionCalendar, day_text

_LARGEST_TERM = 100
_SPLIT_NOISE = 1e-5
"""A split's ratio this near to one of whole numbers up to _LARGEST_TERM is that ratio: cumulative
factors are published with six or seven digits."""

_FLOAT_NOISE = 1e-6
"""Share of the price that vendors' 32-bit floats may be off, with some room."""

_MOST_DECIMALS = 6
_OLDEST_CLOSE = 10
"""Days between a close and the dividend that is measured by it, at most: long holidays, no gaps."""


def factors_of(
    symbol: str,
    until: NDArray[np.int64],
    split: NDArray[np.float64],
    dividend: NDArray[np.float64],
) -> Factors:
    """Events in any order; those of one date are one event, those that change nothing are none."""
    days, event = np.unique(until, return_inverse=True)
    splits, dividends = np.ones(len(days)), np.ones(len(days))
    np.multiply.at(splits, event, split)
    np.multiply.at(dividends, event, dividend)
    real = (splits != 1.0) | (dividends != 1.0)
    return Factors(symbol, days[real], splits[real], dividends[real])


def factors_from_cumulative(
    symbol: str, until: ArrayLike, dividend: ArrayLike, split: ArrayLike
) -> Factors:
    """Events from factors that each hold for all sessions up to their date, as LEAN writes them.

    until: days since 1970, ascending. dividend, split: products of all later events' factors.
    After the last date both are 1. What the file's rounding took from a split is given back.
    """
    days = np.asarray(until, dtype=np.int64)
    splits, dividends = (
        _steps(np.asarray(column, dtype=np.float64)) for column in (split, dividend)
    )
    return factors_of(symbol, days, np.array([_whole_ratio(each) for each in splits]), dividends)


def factors_from_dividends(
    symbol: str,
    ex_day: ArrayLike,
    amount: ArrayLike,
    session: NDArray[np.int64],
    close: NDArray[np.float64],
) -> Factors:
    """Events from amounts a share: 1 - amount / the close of the session before.

    ex_day: first session without the dividend, days since 1970, shape (n,). session, close: daily,
    ascending, on the scale of the amounts (Yahoo's are split-adjusted, and so are its closes).
    A dividend that no close precedes moves no bar and is left out.

    Raises DataError where the close before is more than ten days old or not above the amount.
    """
    days = np.asarray(ex_day, dtype=np.int64)
    amounts = np.asarray(amount, dtype=np.float64)
    row = np.searchsorted(session, days) - 1
    measured = row >= 0
    days, amounts, row = days[measured], amounts[measured], row[measured]
    before = close[row]
    for day, paid, price, last in zip(days, amounts, before, session[row], strict=True):
        if day - last > _OLDEST_CLOSE:
            raise DataError(
                f"{symbol}: the dividend of {day_text(day)} needs the close before it; the last "
                f"one is of {day_text(last)}; import the sessions between"
            )
        if not 0 < paid < price:
            raise DataError(
                f"{symbol}: the dividend of {day_text(day)} must be above 0 and below the close "
                f"before it, {price:g}; found {paid:g}: are both split-adjusted?"
            )
    return factors_of(symbol, session[row], np.ones(len(days)), 1.0 - amounts / before)


def factors_from_adj_close(
    symbol: str,
    session: NDArray[np.int64],
    close: NDArray[np.float64],
    adj_close: NDArray[np.float64],
) -> Factors:
    """Dividends from Yahoo's `Close` and `Adj Close`: where their ratio steps beyond rounding.

    All have shape (n_sessions,), oldest first; close is split-adjusted, as Yahoo's is. The factors
    lead from `close` to the scale of the last row: what was paid after it is not in them. A
    dividend that the columns' decimals hide cannot be seen. Raises DataError on a price that is
    none.
    """
    sound = np.isfinite(close) & np.isfinite(adj_close) & (close > 0) & (adj_close > 0)
    if not sound.all():
        raise DataError(
            f"{symbol}: close and adj close must be above 0; not so on "
            f"{day_text(session[np.argmin(sound)])}"
        )
    ratio = adj_close / close
    noise = _rounding(close) / close + _rounding(adj_close) / adj_close + _FLOAT_NOISE
    moved = np.abs(_steps(ratio)[:-1] - 1.0) > noise[:-1] + noise[1:]
    last = np.flatnonzero(moved)  # rows before a step
    levels = [np.median(part) for part in np.split(ratio, last + 1)] if len(ratio) else []
    dividend = _steps(np.array(levels))[:-1]
    return factors_of(symbol, session[last], np.ones(len(last)), dividend)


def last_sessions(
    calendar: SessionCalendar, days: NDArray[np.int64], before: bool = False
) -> NDArray[np.int64]:
    """The last session on (or only before) each date; the date itself where no calendar reaches."""
    days = days - before
    row = np.searchsorted(calendar.session, days, side="right") - 1
    known = (row >= 0) & (days <= calendar.session[-1])
    return np.where(known, calendar.session[row], days)


def _steps(level: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each level over the next one; the last over 1."""
    return level / np.append(level[1:], 1.0)


def _whole_ratio(ratio: float) -> float:
    """7 for 1 is 1/7: a split is a ratio of whole numbers, whatever rounding made of it."""
    nearest = Fraction(min(ratio, 1 / ratio)).limit_denominator(_LARGEST_TERM)
    if not nearest:
        return ratio
    whole = float(nearest if ratio < 1 else 1 / nearest)
    return whole if abs(ratio / whole - 1) < _SPLIT_NOISE else ratio


def _rounding(prices: NDArray[np.float64]) -> float:
    """Half of the last decimal that the column shows."""
    for decimals in range(_MOST_DECIMALS):
        if (np.abs(prices - prices.round(decimals)) <= _FLOAT_NOISE * prices).all():
            break
    else:
        decimals = _MOST_DECIMALS
    return 0.5 * 10.0**-decimals
