"""Whether 01/02/2024 is in January or February: told by a day above 12, or asked; never guessed."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.files.stamp_fields import Fields

DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
ORDERS = (DAY_FIRST, MONTH_FIRST)

_LAST_MONTH = 12
_LAST_DAY = 31
_CENTURY = 100


def check_dates(dates: str | None) -> str | None:
    """`dates` itself, once it is known to be an order. Raises ConfigError for another word."""
    if dates is None or dates in ORDERS:
        return dates
    raise ConfigError(f"dates: expected {DAY_FIRST} or {MONTH_FIRST}; found {str(dates)[:40]!r}")


def order_shown(path: Path, fields: Fields, place: NDArray[np.int64], place_name: str) -> str:
    """The order that the rows prove; "" where they need none or prove none.

    Raises DataError where some rows prove the one and some the other.
    """
    day_first, month_first = _proofs(fields)
    if day_first.any() and month_first.any():
        one, other = place[day_first][0], place[month_first][0]
        raise DataError(
            f"{path}: {place_name} {one} has a date with the day first and {place_name} {other} "
            "one with the month first; correct the file"
        )
    if _years_may_be_days(fields):
        return ""
    return DAY_FIRST if day_first.any() else MONTH_FIRST if month_first.any() else ""


def refuse_other_order(
    path: Path, fields: Fields, order: str, place: NDArray[np.int64], place_name: str
) -> None:
    """Raises DataError naming the first row that cannot be a date of this order."""
    day_first, month_first = _proofs(fields)
    wrong = np.flatnonzero(month_first if order == DAY_FIRST else day_first)
    if len(wrong):
        raise DataError(
            f"{path}: {place_name} {place[wrong[0]]} cannot be a {order} date, as the others are "
            "taken for; correct the file, or give another --dates"
        )


def undecided(path: Path, sample: str) -> DataError:
    """The error that asks for the order."""
    return DataError(
        f"{path}: a date such as {sample[:40]!r} may have its day first or its month first; say "
        f"--dates {DAY_FIRST} or --dates {MONTH_FIRST}"
    )


def _proofs(fields: Fields) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Rows whose day must be the first number, and those whose day must be the second."""
    first, second = fields.month, fields.day  # as they stand in the text
    ordered = fields.needs_order & (np.maximum(first, second) <= _LAST_DAY)
    day_first = ordered & (first > _LAST_MONTH) & (second <= _LAST_MONTH)
    month_first = ordered & (second > _LAST_MONTH) & (first <= _LAST_MONTH)
    return day_first, month_first


def _years_may_be_days(fields: Fields) -> bool:
    """Whether `24/01/02` may begin with its year: the last number changes as often as any."""
    short = fields.needs_order & (fields.year < _CENTURY)
    first, second, last = (
        len(np.unique(column[short])) for column in (fields.month, fields.day, fields.year)
    )
    return bool(short.any()) and last >= max(first, second)
