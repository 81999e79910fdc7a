"""How a text file is laid out: its encoding, delimiter, header and decimal mark, from its head."""

import codecs
import csv
import re
from dataclasses import dataclass
from pathlib import Path

from infrastructure.errors import DataError
from infrastructure.market_data.files.column_roles import looks_like_header, names_some_columns
from infrastructure.market_data.files.numbers_in_text import NOTHING

HEAD = 1 << 18
"""Bytes that are looked at. A line that is longer than that is no line of bars."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = (",", "\t", ";", "|")
_LOOKED_AT = 40
_TITLE_LINES = 20  # that may stand above the header
_NumberedCells = tuple[int, tuple[str, ...]]
_NUMBER = re.compile(r"[+-]?[\d.,]*\d[\d.,]*([eE][+-]?\d+)?")
_TIME = re.compile(
    r"\d{9,19}|\d{4}[-./]?\d{2}[-./]?\d{2}.*|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}.*", re.DOTALL
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?|\d{4}|\d{6}")


@dataclass(frozen=True)
class Layout:
    """Where a text file's header and rows are, and how they are cut into cells.

    before: lines before the first row or header. header: the names of its columns; None where it
    has none. more_headers: lines that belong to the header too. head: the first rows, as cells.
    """

    encoding: str
    delimiter: str
    before: int
    header: tuple[str, ...] | None
    more_headers: int
    head: tuple[tuple[str, ...], ...]

    @property
    def first_line(self) -> int:
        """The number of the first row's line, from 1."""
        return self.before + (0 if self.header is None else 1 + self.more_headers) + 1


def layout_of(path: Path, head: bytes, whole: bool) -> Layout:
    """The layout of a file that begins with `head` (`whole`: and holds no more).

    Raises DataError where it is no text, or no table of bars.
    """
    text, encoding = _decoded(path, head)
    lines = _lines(path, text, whole)
    delimiter = _delimiter([line for _, line in lines])
    rows = [(number, _cells(line, delimiter)) for number, line in lines]
    for place, (number, cells) in enumerate(rows[:_TITLE_LINES]):
        if looks_like_header(cells):
            names, more = _joined_headers(rows[place : place + 4])
            return Layout(encoding, delimiter, number, names, more, _cut(rows[place + 1 + more :]))
    first = next((place for place, (_, cells) in enumerate(rows) if _is_row(cells)), None)
    if first is not None and first <= 3 and len({len(c) for _, c in rows[first:-1]}) <= 1:
        return Layout(encoding, delimiter, rows[first][0], None, 0, _cut(rows[first:]))
    number, cells = rows[0]
    if names_some_columns(cells):
        return Layout(encoding, delimiter, number, cells, 0, _cut(rows[1:]))
    shown = ", ".join(repr(cell[:20]) for cell in cells[:8])
    raise DataError(
        f"{path}: expected a first line naming the columns open, high, low, close and a time, or "
        f"rows of them; found {shown}"
    )


def _cut(rows: list[_NumberedCells]) -> tuple[tuple[str, ...], ...]:
    return tuple(cells for _, cells in rows)


def _lines(path: Path, text: str, whole: bool) -> list[tuple[int, str]]:
    """The first lines that are not blank, with their numbers from 0."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not whole:
        if len(lines) < 2:
            raise DataError(
                f"{path}: its first line is longer than {HEAD:,} bytes; expected a bar a line"
            )
        lines = lines[:-1]  # cut short
    some = [(number, line) for number, line in enumerate(lines) if line.strip()][:_LOOKED_AT]
    if not some:
        raise DataError(f"{path}: holds only blank lines; expected a file of bars")
    return some


def _decoded(path: Path, head: bytes) -> tuple[str, str]:
    """The text and its encoding. Raises DataError where it is none of those we know."""
    encoding = next((name for bom, name in _BOMS if head.startswith(bom)), None)
    if encoding != "utf-16" and b"\x00" in head:
        raise DataError(f"{path}: is no text (it holds NUL bytes); expected a file of bars")
    for name in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            text = codecs.getincrementaldecoder(name)("strict").decode(head)
        except UnicodeDecodeError:
            continue
        odd = sum(1 for c in text[:4_000] if not (c.isprintable() or c in "\r\n\t"))
        if odd > len(text[:4_000]) * 0.01:
            break
        return text, name
    raise DataError(f"{path}: is no text in UTF-8, UTF-16 or Windows-1252; expected a file of bars")


def _delimiter(lines: list[str]) -> str:
    """The one that cuts most lines into the same number of cells, at least four."""

    def agreement(delimiter: str) -> tuple[int, int]:
        widths = [len(_cells(line, delimiter)) for line in lines]
        usual = max(set(widths), key=lambda width: (widths.count(width), width))
        return (widths.count(usual) if usual >= 4 else 0, usual)

    # A decimal comma cuts lines into equal numbers of cells too: another delimiter goes first.
    others = [d for d in _DELIMITERS[1:] if agreement(d)[0] > len(lines) // 2]
    return max(others, key=agreement) if others else ","


def _cells(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(cell.strip() for cell in next(csv.reader([line], delimiter=delimiter)))
    except (csv.Error, StopIteration):
        return (line,)


def _joined_headers(
    rows: list[_NumberedCells],
) -> tuple[tuple[str, ...], int]:
    """The names of the columns; how many lines after the first belong to them.

    yfinance writes `Price,Close,...`, `Ticker,QQQ,...` and `Date,,,...` above its rows.
    """
    names, more = list(rows[0][1]), 0
    for _, cells in rows[1:]:
        if _is_row(cells):
            break
        if cells and cells[0].lower() in ("ticker", "date", "datetime", "price"):
            more += 1
            if cells[0].lower() in ("date", "datetime"):
                names[0] = cells[0]
        else:
            break
    return tuple(names), more


def _is_row(cells: tuple[str, ...]) -> bool:
    """A time, perhaps a time of day, and at least four numbers."""
    if len(cells) < 5 or not _TIME.fullmatch(cells[0]):
        return False
    rest = cells[2:] if _CLOCK.fullmatch(cells[1]) and ":" in cells[1] else cells[1:]
    return len(rest) >= 4 and all(
        _NUMBER.fullmatch(cell) or cell.lower() in NOTHING for cell in rest[:4]
    )
