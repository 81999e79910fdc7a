"""Whether a workbook may be opened at all: its reader sets aside memory for every cell.

A sheet with two cells, the first and the last that a sheet can have, would ask for half a terabyte.
What is searched for here is taken wherever it stands: a reference too many only makes a sheet look
larger.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from infrastructure.market_data.files.refusals import refusal

LARGEST = 1 << 30
"""Bytes of XML taken: a million rows of eight columns have about 0.4 GB."""

MOST_CELLS = 20_000_000

_BLOCK = 4 << 20
_LONGEST_TAG = 1_000
_REFERENCE = re.compile(rb"\sr\s*+=\s*+[\"']([A-Z]*+)(\d++)")
_ROW = re.compile(rb"<(?:\w++:)?row[\s/>]")
_CELL = re.compile(rb"<(?:\w++:)?c[\s/>]")
_BINARY = "xl/workbook.bin"


@dataclass
class _Extent:
    """Rows and columns that one sheet may turn out to have."""

    rows: int = 0
    columns: int = 0

    def grow(self, block: bytes) -> None:
        references = _REFERENCE.findall(block)
        letters = [cell for cell, _ in references if cell]
        self.rows = max((self.rows, *(_number(row) for row in {row for _, row in references})))
        self.columns = max((self.columns, *map(_column, {*letters})))
        if len(_CELL.findall(block)) > len(letters):  # cells that only follow one another
            pieces = _ROW.split(block)
            self.rows += len(pieces)
            self.columns = max(self.columns, 2 * max(len(_CELL.findall(p)) for p in pieces))


def refuse_oversized(path: Path) -> None:
    """Raises DataError for an .xlsx or .ods file that would take too much memory, and for .xlsb.

    Raises what zipfile raises for a damaged archive.
    """
    with ZipFile(path) as archive:
        if _BINARY in archive.namelist():
            raise refusal(path, "is a binary workbook (.xlsb); save it as .xlsx or CSV")
        if sum(member.file_size for member in archive.infolist()) > LARGEST:
            raise refusal(path, f"holds more than {LARGEST >> 20:,} MB; save it as CSV")
        for name in archive.namelist():
            extent = _Extent()
            for block in _blocks(archive, name):
                extent.grow(block)
            if extent.rows * extent.columns > MOST_CELLS:
                raise refusal(
                    path,
                    f"a sheet has room for {extent.rows:,} rows of {extent.columns:,} columns, "
                    f"more than {MOST_CELLS:,} cells; save it as CSV",
                )


def _blocks(archive: ZipFile, name: str) -> Iterator[bytes]:
    """A member's content; the end of each block is there again, for a tag that is cut."""
    with archive.open(name) as member:
        end = b""
        while block := member.read(_BLOCK):
            yield end + block
            end = block[-_LONGEST_TAG:]


def _number(digits: bytes) -> int:
    return int(digits[:12])


def _column(letters: bytes) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters[:8]:
        number = 26 * number + letter - ord("A") + 1
    return number
