"""Rows and columns of JSON values as a frame: numbers exactly as written, times as they are."""

from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import DataError
from infrastructure.market_data.files.refusals import brief

if TYPE_CHECKING:
    import pandas as pd

PRICES = ("open", "high", "low", "close")
MOST_NAMES = 1_000
"""Columns of a table at most: 100,000 objects, each with its own key, would fill any memory."""

_SHORT = {"t": "timestamp", "o": "open", "h": "high", "l": "low", "c": "close", "v": "volume"}
_NUMBERS = {*PRICES, "volume"}
_NESTED: dict[type, str] = {dict: "{...}", list: "[...]"}


def names_prices(names: Any) -> bool:
    """Whether open, high, low and close are among column names, in any spelling."""
    texts = [str(name).lower() for name in names]
    spelt = all(any(price in text for text in texts) for price in PRICES)
    return spelt or {"o", "h", "l", "c"} <= {*texts}


def records_frame(rows: list[Any]) -> "pd.DataFrame":
    """Objects as rows; a key that a row lacks is missing there. Raises DataError for other rows."""
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise DataError(f"entry {number:,}: expected an object, found {kind(row)}")
    _refuse_empty(rows)
    names = dict.fromkeys(chain.from_iterable(rows))
    _refuse_empty(names)
    _refuse_too_wide(len(names))
    return columns_frame({name: [row.get(name) for row in rows] for name in names})


def lists_frame(rows: list[Any], names: list[str]) -> "pd.DataFrame":
    """Lists as rows. Raises DataError unless each has one value for each name."""
    _refuse_empty(rows)
    _refuse_too_wide(len(names))
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, list) or len(row) != len(names):
            found = f"a list of {len(row):,}" if isinstance(row, list) else kind(row)
            raise DataError(f"entry {number:,}: expected a list of {len(names)}, found {found}")
    return columns_frame({name: [row[at] for row in rows] for at, name in enumerate(names)})


def columns_frame(columns: dict[str, list[Any]]) -> "pd.DataFrame":
    """Columns as they are; t, o, h, l, c, v under their long names. Raises for unequal lengths."""
    import pandas as pd

    sizes = {name: len(values) for name, values in columns.items()}
    if len({*sizes.values()}) > 1:
        told = ", ".join(f"{brief(name, 20)} {size:,}" for name, size in list(sizes.items())[:8])
        raise DataError(f"columns differ in length: {told}")
    named = {_long_name(name, columns): values for name, values in columns.items()}
    return pd.DataFrame({name: _column(name, values) for name, values in named.items()})


def numbers(values: list[Any]) -> NDArray[np.float64] | None:
    """Numbers, and numbers written as text, as float64, null as NaN; None if others are there."""
    kinds = {*map(type, values)}
    if not kinds <= {int, float, str, type(None)}:
        return None
    if str not in kinds:
        return np.array(values, dtype=np.float64)
    try:
        return np.array([np.nan if v is None else _number(v) for v in values], dtype=np.float64)
    except ValueError:
        return None


def kind(value: object) -> str:
    """What a JSON value is, in words."""
    if isinstance(value, str):
        return f"a text of {len(value):,} characters"
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value):,}"
    return "null" if value is None else brief(value, 30)


def _number(value: float | str) -> float:
    """float(text) without the words and underscores that Python takes as well."""
    if isinstance(value, str) and ("_" in value or not np.isfinite(float(value))):
        raise ValueError
    return float(value)


def _long_name(name: str, columns: dict[str, list[Any]]) -> str:
    long = _SHORT.get(name, name)
    return long if {"o", "h", "l", "c"} <= columns.keys() and long not in columns else name


def _column(name: str, values: list[Any]) -> "pd.Series[Any] | NDArray[np.float64]":
    import pandas as pd

    found = numbers(values) if name.strip().lower() in _NUMBERS else None
    if found is not None:
        return found
    kinds = {*map(type, values)}
    if kinds & _NESTED.keys():  # no value of a bar; what follows compares and counts values
        values = [_NESTED.get(type(v), v) for v in values]
    if str in kinds:
        _refuse_broken(name, values)
    return pd.Series(values)


def _refuse_broken(name: str, values: list[Any]) -> None:
    try:
        "".join([name, *(value for value in values if isinstance(value, str))]).encode()
    except UnicodeEncodeError:
        raise DataError(f"column {brief(name, 30)}: half a character (a lone surrogate)") from None


def _refuse_empty(rows: Any) -> None:
    if not rows:
        raise DataError("holds no bars")


def _refuse_too_wide(n_names: int) -> None:
    if n_names > MOST_NAMES:
        raise DataError(f"the rows have {n_names:,} different keys; a table of bars has a few")
