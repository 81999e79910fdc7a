"""Any file of bars: what it is, told by its content, and its rows."""

from codecs import BOM_UTF8
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from infrastructure.errors import DataError
from infrastructure.market_data.files.bar_file import BarFile
from infrastructure.market_data.files.compression import (
    first_bytes,
    packing,
    unpacked,
    zip_entries,
)
from infrastructure.market_data.files.date_order import check_dates
from infrastructure.market_data.files.open_tables import Tables, open_tables
from infrastructure.market_data.files.open_text import open_text
from infrastructure.market_data.files.table import Table
from infrastructure.market_data.files.text_lines import read_head

_MAGIC = {
    b"PAR1": "arrow_tables:parquet_batches",
    b"ARROW1": "arrow_tables:feather_batches",
    b"FEA1": "arrow_tables:feather_batches",
    b"\xd0\xcf\x11\xe0": "workbooks:read_workbook",  # Excel before 2007
}
"""Readers of files that are neither text nor packed, by first bytes."""

_JSON_HEAD = 1 << 12
_JSON_BYTES = 1 << 29
"""A JSON file is held whole: half a gigabyte is ten million bars."""


def open_bar_file(path: Path, *, dates: str | None = None) -> BarFile:
    """Recognise a file of bars by its content; of a text file only the beginning is read.

    dates: `day-first` or `month-first`, which way 01/02/2024 is meant; None: the rows must show it.

    Raises DataError, one line, for what is no readable file of bars: not there, empty, cut short,
    another format, without a time or open, high, low or close, of several instruments, or with
    dates or prices that can be read in two ways. ConfigError for another word as `dates`.
    """
    check_dates(dates)
    head = first_bytes(path)
    reader = next((name for magic, name in _MAGIC.items() if head.startswith(magic)), "")
    if not reader and packing(head) == "zip":
        reader = _zip_reader(path)
    if reader:
        return open_tables(path, _tables(path, reader), dates)
    if _is_json(path):  # often one line, however long: not to be looked at as lines
        table = _read_json(path)
        return open_tables(path, lambda rows: iter((table,)), dates)
    return open_text(path, read_head(path), dates)


def _is_json(path: Path) -> bool:
    with unpacked(path) as stream:
        return stream.read(_JSON_HEAD).removeprefix(BOM_UTF8).lstrip()[:1] in (b"[", b"{")


def _zip_reader(path: Path) -> str:
    """The reader of a zip that is more than a packed file: a workbook, or Lean's bars."""
    if any(entry.filename.startswith("xl/") for entry in zip_entries(path)):
        return "workbooks:read_workbook"
    return "lean:read_lean" if _reader("lean:is_lean_zip")(path) else ""


def _tables(path: Path, name: str) -> Tables:
    """The tables of a file: in batches where its reader can, else the only one, read once."""
    read = _reader(name)
    if name.endswith("_batches"):
        return lambda rows: read(path, rows)
    table = read(path)
    return lambda rows: iter((table,))


def _read_json(path: Path) -> Table:
    with unpacked(path) as stream:
        raw = b""
        while len(raw) <= _JSON_BYTES and (piece := stream.read(1 << 24)):
            raw += piece
    if len(raw) > _JSON_BYTES:
        raise DataError(f"{path}: JSON of more than {_JSON_BYTES:,} bytes; expected CSV or Parquet")
    read: Callable[[Path, bytes], Table] = _reader("json_tables:read_json")
    return read(path, raw)


def _reader(name: str) -> Callable[..., Any]:
    """`module:function` of this folder, loaded when a file needs it: most bring a library along."""
    module, _, function = name.partition(":")
    return getattr(import_module(f"infrastructure.market_data.files.{module}"), function)
