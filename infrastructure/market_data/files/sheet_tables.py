"""Finds the table on a sheet: where its names stand, and where its rows begin."""

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from infrastructure.market_data.files.table import Facts, Table

if TYPE_CHECKING:
    import pandas as pd

_FEWEST = 4
"""Names that a table of bars has at least, and values in each of its rows."""

_LOOKED_AT = 100
_FURTHEST_NAMES = 3
_NUMBER = re.compile(r"[-+$€£]?\d[-\d.,:/+TZ %'\s]*[KMB]?")
"""A number or a time as text: neither `1. open` nor a symbol such as 0700.HK."""


def table_in(cells: "pd.DataFrame") -> Table | None:
    """The table on a sheet, given all its cells as objects, NaN where empty; None if there is none.

    Its names are four different texts at least, at most three rows above the first row of four
    values. Rows without any value that follow the names are what pandas writes below them: the
    instrument, and the name of the row labels.
    """
    top = [_filled(row) for row in cells.head(_LOOKED_AT).to_numpy()]
    full = next((at for at, row in enumerate(top) if _values(row) >= _FEWEST), 0)
    above = range(full - 1, max(full - 2 - _FURTHEST_NAMES, -1), -1)
    header = next((at for at in above if _is_header(top[at])), None)
    if header is None:
        return None
    more = [*takewhile(lambda row: row and not _values(row), top[header + 1 : full])]
    names, symbol = _names(top[header], more)
    first = header + 1 + len(more)
    frame = cells.iloc[first:].infer_objects().reset_index(drop=True)
    last = frame.notna().any(axis=1).to_numpy().nonzero()[0].max()
    frame = frame[: last + 1]  # without the blank rows at the end
    width = range(frame.shape[1])
    kept = [at for at in width if at in names or frame[at].notna().any()]
    frame = frame[kept].set_axis([names.get(at, "") for at in kept], axis="columns")
    return Table("workbook", frame, "row", first + 1, Facts(symbol=symbol))


def _names(header: dict[int, Any], more: list[dict[int, Any]]) -> tuple[dict[int, str], str]:
    """Names by column, and the instrument that stands below them; "" if none does."""
    names, symbol = {at: str(name).strip() for at, name in header.items()}, ""
    for row in more:
        instruments = {str(value) for at, value in row.items() if at}
        if len(row) == 1:
            names |= {at: str(name).strip() for at, name in row.items()}
        elif len(instruments) == 1:
            symbol = instruments.pop()
    return names, symbol


def _filled(row: Any) -> dict[int, Any]:
    """The cells of a row that hold something, by their column."""
    return {at: value for at, value in enumerate(row) if value == value and value is not None}


def _values(row: dict[int, Any]) -> int:
    """How many cells hold a number or a time, be it as text."""
    return sum(not isinstance(v, str) or _NUMBER.fullmatch(v) is not None for v in row.values())


def _is_header(row: dict[int, Any]) -> bool:
    texts = {value for value in row.values() if isinstance(value, str)}
    return len(texts) >= _FEWEST
