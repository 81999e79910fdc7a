"""Whether 01/02/2024 is the first of February or the second of January, by the dates around it."""

import re
from pathlib import Path
from typing import Any

from infrastructure.errors import DataError

DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
DATE_ORDERS = (DAY_FIRST, MONTH_FIRST)

_TWO_TWO_FOUR = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})(?!\d)")
_LOOKED_AT = 100
"""Rows that tell whether a column has such dates at all."""


def date_order(path: Path, column: Any) -> str | None:
    """How dates such as 01/02/2024 are meant: "" where there are none, None where no row tells.

    column: a pandas Series. Raises DataError where one row says day-first and another month-first.
    """
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(column) or pd.api.types.is_numeric_dtype(column):
        return ""
    text = column.astype("string")
    if not text.head(_LOOKED_AT).str.match(_TWO_TWO_FOUR).any():
        return ""
    parts = text.str.extract(_TWO_TWO_FOUR)
    there = parts.dropna()
    if not len(there):
        return ""
    first, second = there[0].astype(int), there[1].astype(int)
    day_first, month_first = bool((first > 12).any()), bool((second > 12).any())
    if day_first and month_first:
        raise DataError(
            f"{path}: dates are day-first in one row and month-first in another: "
            f"{column[there.index[first > 12][0]]!r} and {column[there.index[second > 12][0]]!r}"
        )
    if day_first or month_first:
        return DAY_FIRST if day_first else MONTH_FIRST
    return None
