"""Rows of a text file, block by block: pyarrow splits the cells, every line is accounted for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import DataError
from infrastructure.market_data.files.cells import NUMBERS, USED, Cells
from infrastructure.market_data.files.numbers import ABSENT
from infrastructure.market_data.files.text_layout import Layout
from infrastructure.market_data.files.text_lines import LONGEST_LINE, line_blocks
from infrastructure.wording import printable

_BLOCK = 8 << 20
"""Bytes read at once: small enough for any memory, large enough for pyarrow to be quick."""

_BYTES_A_ROW = 40  # at the least, about
_FOOTERS = ("downloaded from",)
"""How the sentence begins that Barchart writes below the last row."""


def text_cells(path: Path, layout: Layout, rows: int) -> Iterator[Cells]:
    """The cells of a text file in parts of at most `rows` rows; one block is in memory at a time.

    Raises DataError with the line where one has too many or too few cells, a quote that is not
    closed or bytes that are no text.
    """
    size = min(_BLOCK, max(2 * LONGEST_LINE, rows * _BYTES_A_ROW))
    splitter = _Splitter(path, layout)
    line = 1
    for block in line_blocks(path, layout.encoding, size):
        while line < layout.first_line and block:
            block = block.partition(b"\n")[2]  # titles and names
            line += 1
        n_lines = _n_lines(block)
        if block.strip():
            yield from _cells(splitter, block, line, n_lines).parts(rows)
        line += n_lines


def _n_lines(block: bytes) -> int:
    ends = np.count_nonzero(np.frombuffer(block, np.uint8) == ord("\n"))
    return int(ends) + (block[-1:] not in (b"\n", b""))


def _cells(splitter: "_Splitter", block: bytes, line: int, n_lines: int) -> Cells:
    import pyarrow.compute as pc

    _refuse_unfit_lines(splitter.path, block, line)
    columns, place = splitter.split(block, line, n_lines)
    filled, n_empty = _filled(list(columns.values())), 0
    if filled is not None:
        n_empty = int(len(place) - filled.sum())
        columns = {role: _those(column, filled) for role, column in columns.items()}
        place = place[filled]
    times = columns.pop("time")
    if "clock" in columns:
        times = pc.binary_join_element_wise(times, columns.pop("clock"), " ")
    columns.pop("period", None)
    return Cells(times, columns, place, n_empty)


class _Splitter:
    """Splits blocks of one file into cells by role.

    Numbers are read at once as long as all are bare ones; from the first other cell on, a file's
    numbers are handed on as text, for `numbers` to make out.
    """

    def __init__(self, path: Path, layout: Layout) -> None:
        self.path = path
        self.layout = layout
        self.roles = {role: str(n) for role, n in layout.roles.items() if role in USED}
        self.bare = layout.prices.decimal == "."

    def split(
        self, block: bytes, line: int, n_lines: int
    ) -> tuple[dict[str, Any], NDArray[np.int64]]:
        """Cells by role, as float64 or pyarrow strings, and the line of each row."""
        import pyarrow as pa

        unfit: dict[str, int] = {}
        try:
            table = self._table(block, unfit)
        except pa.ArrowInvalid as error:
            if not self.bare:
                raise _unreadable(self.path, line, error) from None
            self.bare = False
            return self.split(block, line, n_lines)
        place = _places(self.path, self.layout, block, line, n_lines, table.num_rows, unfit)
        return {role: _column(table, name) for role, name in self.roles.items()}, place

    def _table(self, block: bytes, unfit: dict[str, int]) -> Any:
        """unfit: is given the lines that have another number of cells, and that number."""
        import pyarrow as pa
        from pyarrow import csv

        def set_aside(row: Any) -> str:
            unfit[row.text] = row.actual_columns
            return "skip"

        kinds = {
            name: pa.float64() if self.bare and role in NUMBERS else pa.string()
            for role, name in self.roles.items()
        }
        return csv.read_csv(
            pa.BufferReader(block),
            csv.ReadOptions(column_names=[str(n) for n in range(len(self.layout.names))]),
            csv.ParseOptions(delimiter=self.layout.delimiter, invalid_row_handler=set_aside),
            csv.ConvertOptions(
                include_columns=list(kinds),
                column_types=kinds,
                null_values=ABSENT,
                strings_can_be_null=False,
            ),
        )


def _column(table: Any, name: str) -> Any:
    import pyarrow as pa

    column = table.column(name).combine_chunks()
    return column if pa.types.is_string(column.type) else column.to_numpy(zero_copy_only=False)


def _unreadable(path: Path, line: int, error: Exception) -> DataError:
    reason = printable(" ".join(str(error).split()))[:100]
    return DataError(f"{path}: is not readable from line {line} on: {reason}")


def _places(
    path: Path,
    layout: Layout,
    block: bytes,
    line: int,
    n_lines: int,
    n_rows: int,
    unfit: dict[str, int],
) -> NDArray[np.int64]:
    """The line of each row. Raises DataError for the first line that is no row and no footer."""
    if n_rows == n_lines:
        return np.arange(line, line + n_rows, dtype=np.int64)
    texts = block.decode().split("\n")
    for number, text in enumerate(texts, line):
        if text in unfit and not _is_no_row(text):
            raise DataError(
                f"{path}: line {number} has {unfit[text]:,} cells; expected "
                f"{len(layout.names):,} as in the line of names; found {printable(text)[:60]!r}"
            )
    rows = [number for number, text in enumerate(texts, line) if text and text not in unfit]
    if len(rows) != n_rows:
        raise DataError(f"{path}: the rows from line {line} on cannot be told apart")
    return np.array(rows, dtype=np.int64)


def _is_no_row(text: str) -> bool:
    return not text.strip() or text.lstrip(' "').lower().startswith(_FOOTERS)


def _refuse_unfit_lines(path: Path, block: bytes, line: int) -> None:
    """Raises DataError with the line of a NUL, or of a quote that is open where its line ends."""
    if b"\0" in block:
        number = line + block[: block.index(b"\0")].count(b"\n")
        raise DataError(f"{path}: is not text: a NUL in line {number}")
    if b'"' not in block:
        return
    letters = np.frombuffer(block, np.uint8)
    ends = np.append(np.flatnonzero(letters == ord("\n")), len(letters))
    quotes = np.searchsorted(np.flatnonzero(letters == ord('"')), ends)
    if (quotes % 2).any():
        number = line + int(np.argmax(quotes % 2))
        raise DataError(f"{path}: line {number} ends inside a quote; expected one row a line")


def _filled(columns: list[Any]) -> NDArray[np.bool_] | None:
    """Which rows hold anything; None where all do, which the first column tells of most files."""
    import pyarrow.compute as pc

    filled = None
    for column in columns:
        if isinstance(column, np.ndarray):
            some = ~np.isnan(column)
        else:
            some = pc.not_equal(column, "").to_numpy(zero_copy_only=False)
        filled = some if filled is None else filled | some
        if filled.all():
            return None
    return filled


def _those(column: Any, rows: NDArray[np.bool_]) -> Any:
    return column[rows] if isinstance(column, np.ndarray) else column.filter(rows)
