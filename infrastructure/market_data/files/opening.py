"""Any file of bars: what it is, and its rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.files.column_roles import PRICES, Roles, plain, roles_of
from infrastructure.market_data.files.compression import first_bytes, opened
from infrastructure.market_data.files.file_rows import FileRows, RowMaker, column_names
from infrastructure.market_data.files.known_formats import known_format
from infrastructure.market_data.files.stamp_text import DATE_ORDERS
from infrastructure.market_data.files.table import Facts, Table
from infrastructure.market_data.files.text_layout import layout_of
from infrastructure.market_data.files.text_rows import TextRows, read_head
from infrastructure.wording import nearest

if TYPE_CHECKING:
    import pandas as pd

_Frames = Callable[[int], Iterator[tuple["pd.DataFrame", Any]]]
_LARGEST_JSON = 512 << 20


@dataclass(frozen=True, eq=False)
class BarFile:
    """A file that was recognised; nothing but its head has been read.

    format: what it was taken for. columns: role and the file's own name of each column that is
    used. ignored: columns left out. place_name: what a row's number counts, `line` or `row`.
    """

    path: Path
    format: str
    facts: Facts
    columns: dict[str, str]
    ignored: tuple[str, ...]
    place_name: str
    _frames: _Frames
    _roles: Roles
    _dates: str | None
    _commas_are_free: bool

    def described(self) -> str:
        """One line: what the file is taken for."""
        used = ", ".join(
            role if plain(name) == role else f"{role} from {name!r}"
            for role, name in self.columns.items()
        )
        return f"{self.path}: taken for {self.format}; {used}"

    def chunks(self, rows: int = 500_000) -> Iterator[FileRows]:
        """Its rows in the file's order, some at a time. Raises DataError."""
        maker = RowMaker(self.path, self._roles, self._dates, self._commas_are_free)
        empty = True
        for frame, place in self._frames(rows):
            made = maker.rows(frame, place)
            if made is not None:
                empty = False
                yield made
        if empty:
            raise DataError(f"{self.path}: holds no bars, only the names of its columns")


def open_bar_file(path: Path, *, dates: str | None = None) -> BarFile:
    """Recognise a file of bars by its content: text, JSON, Excel, Parquet, Feather or a Lean zip.

    dates: what 01/02/2024 means, `day-first` or `month-first`; None: the file's other dates tell,
    and where they do not, reading it asks.
    Raises DataError, one line, for a file that is none, damaged, or without open, high, low, close
    and a time; ConfigError for other `dates`.
    """
    if dates is not None and dates not in DATE_ORDERS:
        meant = nearest(str(dates), DATE_ORDERS)
        hint = f' (did you mean "{meant}"?)' if meant else ""
        raise ConfigError(f"dates: expected day-first or month-first; found {dates!r}{hint}")
    head = first_bytes(path)
    tables = _tables_of(path, head)
    if tables is not None:
        return _of_tables(path, tables, dates)
    raw, whole = read_head(path)
    if raw.lstrip()[:1] in (b"{", b"["):
        return _of_tables(path, _json_tables(path), dates)
    return _of_text(path, raw, whole, dates)


def _of_text(path: Path, raw: bytes, whole: bool, dates: str | None) -> BarFile:
    layout = layout_of(path, raw, whole)
    known = known_format(path, layout)
    rows = TextRows(path, layout, known.names, [], set())
    names = rows.names
    roles = roles_of(path, [*names])
    wanted = column_names(roles)
    if "tickvol" in {plain(name) for name in names}:
        wanted = [*dict.fromkeys([*wanted, *(n for n in names if plain(n) == "tickvol")])]
    rows = TextRows(path, layout, known.names, wanted, _plain_numbers(layout.head, names, roles))
    facts = known.facts
    if roles.symbol is not None and not facts.symbol and layout.head:
        place = names.index(roles.symbol)
        facts = replace(facts, symbol=layout.head[0][place] if place < len(layout.head[0]) else "")
    free = layout.delimiter != ","
    return _bar_file(path, known.format, facts, roles, "line", rows.frames, dates, free)


def _plain_numbers(head: Any, names: list[str], roles: Roles) -> set[str]:
    """The columns of prices and volumes whose first cells are numbers in Python's own form."""
    found = set()
    for column in (*roles.prices.values(), roles.adj_close, roles.volume):
        if column is None:
            continue
        place = names.index(column)
        cells = [row[place] for row in head if place < len(row)]
        if all(_is_float(cell) for cell in cells):
            found.add(column)
    return found


def _is_float(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell


def _of_tables(path: Path, tables: Iterator[Table], dates: str | None) -> BarFile:
    first = next(tables, None)
    if first is None:
        raise DataError(f"{path}: holds no bars")
    roles = roles_of(path, [*first.frame.columns])
    facts = first.facts
    if roles.symbol is not None and not facts.symbol:
        named = first.frame[roles.symbol].dropna()
        facts = replace(facts, symbol=str(named.iloc[0]) if len(named) else "")

    def frames(_rows: int) -> Iterator[tuple["pd.DataFrame", Any]]:
        yield first.frame, np.arange(first.first_place, first.first_place + len(first.frame))
        for table in tables:
            place = np.arange(table.first_place, table.first_place + len(table.frame))
            yield table.frame, place

    return _bar_file(path, first.format, facts, roles, first.place_name, frames, dates)


def _bar_file(
    path: Path,
    format: str,
    facts: Facts,
    roles: Roles,
    place_name: str,
    frames: _Frames,
    dates: str | None,
    commas_are_free: bool = False,
) -> BarFile:
    columns = {
        role: str(getattr(roles, role))
        for role in ("time", "clock", *PRICES, "volume", "adj_close")
        if getattr(roles, role) is not None
    }
    notes = facts.notes
    if roles.volume is None:
        notes = (*notes, "no volume column: volumes are 0")
    facts = replace(facts, notes=notes)
    known = (path, format, facts, columns, roles.ignored, place_name)
    return BarFile(*known, frames, roles, dates, commas_are_free)


def _tables_of(path: Path, head: bytes) -> Iterator[Table] | None:
    """The tables of a file that is no text; None where it is one (perhaps compressed)."""
    if head.startswith(b"PAR1"):
        from infrastructure.market_data.files.arrow_tables import parquet_tables

        return parquet_tables(path)
    if head.startswith((b"ARROW1", b"FEA1")):
        from infrastructure.market_data.files.arrow_tables import feather_tables

        return feather_tables(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        from infrastructure.market_data.files.workbooks import workbook_tables

        return workbook_tables(path)
    if head.startswith(b"PK\x03\x04"):
        from infrastructure.market_data.files.lean import is_lean_zip, lean_tables
        from infrastructure.market_data.files.workbooks import is_workbook, workbook_tables

        if is_workbook(path):
            return workbook_tables(path)
        if is_lean_zip(path):
            return lean_tables(path)
    return None


def _json_tables(path: Path) -> Iterator[Table]:
    from infrastructure.market_data.files.json_tables import read_json

    with opened(path) as stream:
        raw = stream.read(_LARGEST_JSON + 1)
    if len(raw) > _LARGEST_JSON:
        raise DataError(
            f"{path}: more than {_LARGEST_JSON >> 20} MB of JSON; convert it to CSV or Parquet"
        )
    yield read_json(path, raw)
