"""Text without a line of names: which column is which is told by what the columns hold."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.files.column_roles import PRICES
from infrastructure.market_data.files.formats import (
    BINANCE,
    FIRST_RATE,
    KRAKEN,
    META_TRADER_4,
    NAMELESS,
    Format,
)
from infrastructure.market_data.files.numbers import numbers, style_of
from infrastructure.market_data.files.stamp_forms import form_of

_MOST = 0.9
"""Share of the rows that must fit: a file with a few bad rows is a file of bars."""

_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?|\d{4}|\d{6}")
_WORD = re.compile(r"[A-Za-z^][A-Za-z0-9.^=/_-]*")
_FEWEST_CELLS = 5  # a time and four prices
_BINANCE_CELLS = (11, 12)
_CLOSE_TIME = 6  # of Binance's columns


@dataclass(frozen=True)
class Found:
    """The format of a text without names and the column of each role."""

    format: Format
    roles: dict[str, int]
    n_cells: int


def nameless(rows: list[list[str]]) -> Found | None:
    """What rows without names hold: a time, four prices and what follows; None where untold."""
    widths = Counter(len(cells) for cells in rows if len(cells) >= _FEWEST_CELLS)
    if not widths:
        return None
    n_cells = widths.most_common(1)[0][0]
    rows = [cells for cells in rows if len(cells) == n_cells]
    for roles in _beginnings(rows, n_cells):
        first = max(roles.values()) + 1
        if first + len(PRICES) <= n_cells and (columns := _columns(rows, first)) is not None:
            roles |= {name: first + place for place, name in enumerate(PRICES)}
            roles |= _volume(columns, first + len(PRICES))
            return Found(_format(rows, roles, n_cells), roles, n_cells)
    return None


def _beginnings(rows: list[list[str]], n_cells: int) -> list[dict[str, int]]:
    """Where time, clock and symbol could stand: the ways to try, best first."""
    ways = []
    for first, symbol in ((0, {}), (1, {"symbol": 0})):
        if symbol and not _most(bool(_WORD.fullmatch(cells[0])) for cells in rows):
            continue
        forms = [form_of(cells[first].strip()) for cells in rows]
        if not _most(form is not None for form in forms):
            continue
        dates = _most(
            form is not None and "hour" not in form.spans and "epoch" not in form.spans
            for form in forms
        )
        if dates and _most(bool(_CLOCK.fullmatch(cells[first + 1].strip())) for cells in rows):
            ways.append({"time": first, "clock": first + 1, **symbol})
        ways.append({"time": first, **symbol})
    return ways


def _columns(rows: list[list[str]], first: int) -> NDArray[np.float64] | None:
    """The numbers from column `first` on, shape (n_columns, n_rows), if they begin with bars."""
    import pyarrow as pa

    prices = [cell for cells in rows for cell in cells[first : first + len(PRICES)]]
    style = style_of(prices)
    if style is None:
        return None
    cells = list(zip(*rows, strict=True))[first:]
    columns = np.array([numbers(pa.array(column), style) for column in cells])
    open_, high, low, close = columns[: len(PRICES)]
    bars = (high >= np.maximum(open_, close)) & (low <= np.minimum(open_, close)) & (low > 0)
    return columns if bars.mean() >= _MOST and (high > low).any() else None


def _volume(columns: NDArray[np.float64], first: int) -> dict[str, int]:
    """The column after the prices, or the next where that one lies between low and high."""
    _, high, low, _, *others = columns
    if not others:
        return {}
    is_average = (others[0] >= low) & (others[0] <= high) | (others[0] == 0)
    if len(others) > 1 and is_average.mean() >= _MOST and (others[0] > 0).any():
        return {"volume": first + 1}
    return {"volume": first}


def _format(rows: list[list[str]], roles: dict[str, int], n_cells: int) -> Format:
    stamp = rows[0][roles["time"]].strip()
    if stamp.isdigit():
        if n_cells in _BINANCE_CELLS and rows[0][_CLOSE_TIME].strip().isdigit():
            return BINANCE
        return KRAKEN if len(stamp) == 10 and n_cells in (7, 8) else NAMELESS
    if "clock" in roles:
        return META_TRADER_4 if re.fullmatch(r"\d{4}\.\d{2}\.\d{2}", stamp) else NAMELESS
    return FIRST_RATE if re.fullmatch(r"[\d-]{10} [\d:]{8}", stamp) else NAMELESS


def _most(facts: Iterable[bool]) -> bool:
    found = list(facts)
    return bool(found) and sum(found) >= _MOST * len(found)
