"""Numbers as files write them: 1234.5, 1,234.5, 1.234,5 and volumes of 1.2M. Exact, or NaN."""

import re
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

NOTHING = ("", "-", "--", "null", "none", "n/a", "na", "nan", "#n/a", ".", "—")
"""Texts that say that there is no number."""

_PLAIN = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
_COMMA_DECIMAL = re.compile(r"[+-]?\d{1,3}(\.\d{3})*,\d+|[+-]?\d+,\d+")
_WITH_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)?(,\d*)?([eE][+-]?\d+)?[kKmMbBtT]?")
"""In a file of decimal commas a point stands before three digits, or is a mistake."""
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")
_UNITS = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}


def numbers_of(
    column: Any, comma_decimal: bool = False, units: bool = False
) -> NDArray[np.float64]:
    """The numbers of a column (a pandas Series), shape (n_rows,); NaN where there is none.

    comma_decimal: 1.234,5 is meant by the file. units: 1.2M and 4.5K are numbers too.
    What is a number to Python's float() has that value, to the last bit.
    """
    import pandas as pd

    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return np.full(len(column), np.nan)
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan).copy()
    text = column.astype("string").str.strip().str.lstrip("$€£")
    if comma_decimal:
        text = text.where(text.str.fullmatch(_WITH_COMMA).fillna(False))
        text = text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    else:
        grouped = text.str.fullmatch(_THOUSANDS).fillna(False)
        text = text.where(~grouped, text.str.replace(",", "", regex=False))
    factor = np.ones(len(text))
    if units:
        unit = text.str.lower().str.extract(r"\d([kmbt])$", expand=False)
        factor = unit.map(_UNITS).fillna(1.0).to_numpy(dtype=np.float64)
        text = text.where(unit.isna(), text.str[:-1])
    exact = _exact(text.where(text.str.fullmatch(_PLAIN).fillna(False)))
    return np.where(factor == 1.0, exact, np.round(exact * factor, 6))


def _exact(text: "pd.Series[Any]") -> NDArray[np.float64]:
    """Text in float()'s own form; Arrow rounds as float() does, pandas not always."""
    import pyarrow as pa

    values = pa.array(text.str.lstrip("+"), type=pa.string()).cast(pa.float64())
    numbers: NDArray[np.float64] = values.to_numpy(zero_copy_only=False)
    return numbers


def is_nothing(column: Any) -> NDArray[np.bool_]:
    """Which cells say that there is no number, shape (n_rows,)."""
    import pandas as pd

    absent = column.isna().to_numpy(dtype=np.bool_)
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return absent
    text = column.astype("string").str.strip().str.lower()
    return absent | text.isin(NOTHING).fillna(True).to_numpy(dtype=np.bool_)


def has_comma_decimals(column: "pd.Series[Any]", commas_are_free: bool) -> bool:
    """Whether the numbers of a text column have a decimal comma: 1234,5 but not 1,234.5.

    commas_are_free: whether the file is cut by another character. 1,234 alone could be both: there
    it is a decimal, since who cuts by commas' substitutes does so for their sake.
    """
    text = column.astype("string").str.strip().dropna()
    if not len(text) or text.str.contains(r",.*\.").any():
        return False
    decimal = text.str.fullmatch(_COMMA_DECIMAL).fillna(False)
    if commas_are_free:
        return bool(decimal.any() and not text.str.fullmatch(r"[+-]?\d*\.\d+").any())
    return bool(decimal.mean() > 0.5 and not text.str.fullmatch(_THOUSANDS).fillna(False).all())
