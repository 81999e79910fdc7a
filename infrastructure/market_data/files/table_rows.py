"""Rows of a table that another reader has made: the same cells by role as a text file has."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.files.cells import NUMBERS, Cells
from infrastructure.market_data.files.table import Table
from infrastructure.market_data.stamps import Stamps, seconds_of

if TYPE_CHECKING:
    import pandas as pd


_LARGEST_EPOCH = 9e18
"""More does not fit a whole number, and is no time in whatever unit."""


def table_cells(table: Table, roles: dict[str, int], rows: int) -> Iterator[Cells]:
    """The cells of a table in parts of at most `rows` rows; rows without anything are counted."""
    frame = table.frame
    place = np.arange(table.first_place, table.first_place + len(frame), dtype=np.int64)
    empty = frame.isna().all(axis=1).to_numpy(dtype=np.bool_)
    frame, place = frame[~empty], place[~empty]
    columns = {
        role: numbers_or_text(frame.iloc[:, roles[role]]) for role in NUMBERS if role in roles
    }
    if "symbol" in roles:
        columns["symbol"] = _text(frame.iloc[:, roles["symbol"]])
    yield from Cells(_times(frame, roles), columns, place, int(empty.sum())).parts(rows)


def numbers_or_text(column: "pd.Series[Any]") -> Any:
    """A column of numbers as float64, NaN where there is none; any other as pyarrow strings.

    Truth values are no numbers.
    """
    import pandas as pd

    if pd.api.types.is_bool_dtype(column):
        return np.full(len(column), np.nan)
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    return _text(column)


def _times(frame: "pd.DataFrame", roles: dict[str, int]) -> Any:
    import pandas as pd
    import pyarrow.compute as pc

    column = frame.iloc[:, roles["time"]]
    if "clock" in roles:
        if pd.api.types.is_datetime64_any_dtype(column):
            column = column.dt.strftime("%Y-%m-%d")
        return pc.binary_join_element_wise(_text(column), _text(frame.iloc[:, roles["clock"]]), " ")
    if pd.api.types.is_datetime64_any_dtype(column):
        return _stamps(column)
    if pd.api.types.is_float_dtype(column):
        whole = column.round().where(column.abs() < _LARGEST_EPOCH)
        column = whole.astype("Int64")  # an epoch with a fraction is one of its second
    return _text(column)


def _stamps(moments: "pd.Series[Any]") -> Stamps:
    """datetime64 with a zone or without."""
    readable = moments.notna().to_numpy(dtype=np.bool_)
    zoned = moments.dt.tz is not None
    utc = seconds_of(moments.dt.tz_convert(None) if zoned else moments)
    wall = seconds_of(moments.dt.tz_localize(None))
    return Stamps(wall, utc, readable, np.full(len(wall), zoned))


def _text(column: "pd.Series[Any]") -> Any:
    """Every value as text, "" where there is none: a pyarrow string array."""
    import pyarrow as pa

    absent: NDArray[np.bool_] = column.isna().to_numpy(dtype=np.bool_)
    values = ["" if none else str(value) for value, none in zip(column, absent, strict=True)]
    return pa.array(values, pa.string())
