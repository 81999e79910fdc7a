"""Tables that another reader has made of a file: which column is which, and their rows."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from infrastructure.errors import DataError
from infrastructure.market_data.files.bar_file import BarFile, columns_told
from infrastructure.market_data.files.bar_rows import FileRows, file_rows
from infrastructure.market_data.files.column_roles import PRICES, names_of, settled_roles
from infrastructure.market_data.files.first_rows import one_symbol
from infrastructure.market_data.files.numbers import Style, style_of
from infrastructure.market_data.files.stamp_text import StampReader
from infrastructure.market_data.files.table import Facts, Table
from infrastructure.market_data.files.table_rows import numbers_or_text, table_cells

_SAMPLED = 2_000  # rows
_NO_VOLUME = "no volume column: volumes are 0"


Tables = Callable[[int], Iterator[Table]]
"""A file's tables, of at most so many rows each where its reader can read it in parts."""


def open_tables(path: Path, tables: Tables, dates: str | None) -> BarFile:
    """The bars of a file's tables, which have the same columns; only the first is looked at.

    Raises DataError as `open_bar_file` does.
    """
    first = next(tables(_SAMPLED))
    names = names_of(list(first.frame.columns))
    symbol = one_symbol(path, [name.symbol for name in names])
    roles = settled_roles(path, names)
    if not len(first.frame):
        raise DataError(f"{path}: holds no bars, only the names of its columns")
    facts = _facts(path, first, roles, symbol)
    style = _style(first, roles)
    columns, ignored = columns_told(names, roles)

    def read(rows: int) -> Iterator[FileRows]:
        stamps = StampReader(path, first.place_name, dates or "", facts.timezone)
        cells = (part for table in tables(rows) for part in table_cells(table, roles, rows))
        return file_rows(path, cells, stamps, style, Style(style.decimal, grouped=True))

    return BarFile(path, first.format, facts, columns, ignored, read)


def _facts(path: Path, table: Table, roles: dict[str, int], symbol: str) -> Facts:
    facts = table.facts
    if "symbol" in roles:
        column = table.frame.iloc[:, roles["symbol"]].dropna().astype(str)
        symbol = one_symbol(path, column.unique())
    if "volume" not in roles:
        facts = replace(facts, notes=(*facts.notes, _NO_VOLUME))
    return replace(facts, symbol=facts.symbol or symbol)


def _style(table: Table, roles: dict[str, int]) -> Style:
    """How prices that are text are written; cells that nothing tells apart are left unread."""
    columns: list[Any] = [
        numbers_or_text(table.frame.iloc[:_SAMPLED, roles[role]]) for role in PRICES
    ]
    texts = [column.to_pylist() for column in columns if not isinstance(column, np.ndarray)]
    return style_of(cell for column in texts for cell in column) or Style()
