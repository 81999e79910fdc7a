"""The rows of a text file, streamed: any number of them in a few megabytes."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import DataError
from infrastructure.market_data.files.compression import opened
from infrastructure.market_data.files.numbers_in_text import NOTHING
from infrastructure.market_data.files.text_layout import HEAD, Layout

if TYPE_CHECKING:
    import pandas as pd

BLOCK = 8 << 20
_ONE_BYTE = ("utf-8", "utf-8-sig", "cp1252")
"""Encodings whose line feeds are bytes of their own."""
_FOOTERS = ("downloaded from", "#", "total", "source:")


def read_head(path: Path) -> tuple[bytes, bool]:
    """The decompressed begin of a file, and whether that is all of it. Raises DataError."""
    with opened(path) as stream:
        head = stream.read(HEAD + 1)
        while len(head) <= HEAD and (more := stream.read(HEAD + 1 - len(head))):
            head += more
    return head[:HEAD], len(head) <= HEAD


class TextRows:
    """The cells of a text file in frames; see `frames`.

    names: of its columns, in the file's order. numbers: those that hold plain numbers, and are read
    as such; where a cell is none, the file is read again as text, so that the cell can be named.
    """

    def __init__(
        self,
        path: Path,
        layout: Layout,
        names: tuple[str, ...],
        wanted: list[str],
        numbers: set[str],
    ) -> None:
        self._path, self._layout, self._wanted, self._numbers = path, layout, wanted, numbers
        self.names = _fitted(names, layout)
        self._left_out: list[int] = []  # lines that are no rows
        self._bad: tuple[int, int, str] | None = None
        self._footer: tuple[int, str] | None = None  # the first

    def frames(self, rows: int) -> Iterator[tuple["pd.DataFrame", NDArray[np.int64]]]:
        """(cells, line numbers) of some `rows` rows at a time. Raises DataError."""
        import pyarrow as pa

        given = 0
        try:
            for frame, lines in self._frames(rows, self._numbers):
                given += len(frame)
                yield frame, lines
        except pa.ArrowInvalid as error:
            if "conversion error" not in str(error):
                raise self._damaged(error) from error
            yield from self._rest_as_text(rows, given)

    def _rest_as_text(
        self, rows: int, given: int
    ) -> Iterator[tuple["pd.DataFrame", NDArray[np.int64]]]:
        import pyarrow as pa

        try:
            for frame, lines in self._frames(rows, set()):
                known = min(given, len(frame))
                given -= known
                if known < len(frame):
                    yield frame.iloc[known:].reset_index(drop=True), lines[known:]
        except pa.ArrowInvalid as error:
            raise self._damaged(error) from error

    def _frames(
        self, rows: int, numbers: set[str]
    ) -> Iterator[tuple["pd.DataFrame", NDArray[np.int64]]]:
        self._left_out, self._bad, self._footer = [], None, None
        done, batches, held = 0, [], 0
        with opened(self._path) as stream:
            counted = _Counted(stream)
            for batch in self._batches(counted, numbers):
                self._refuse_bad()
                batches.append(batch)
                held += len(batch)
                if held >= rows:
                    yield self._frame(batches), self._lines(done, held)
                    done, batches, held = done + held, [], 0
            self._refuse_bad()
            self._refuse_lost(done + held, counted.line_feeds)
        if held:
            yield self._frame(batches), self._lines(done, held)

    def _batches(self, stream: Any, numbers: set[str]) -> Iterator[Any]:
        import pyarrow as pa
        from pyarrow import csv

        layout = self._layout
        reader = csv.open_csv(
            stream,
            csv.ReadOptions(
                use_threads=False,  # else a bad row has no number
                block_size=BLOCK,
                skip_rows=layout.first_line - 1,
                column_names=self.names,
                encoding="utf-8" if layout.encoding == "utf-8-sig" else layout.encoding,
            ),
            csv.ParseOptions(
                delimiter=layout.delimiter,
                ignore_empty_lines=False,
                newlines_in_values=False,
                invalid_row_handler=self._left_out_row,
            ),
            csv.ConvertOptions(
                column_types={
                    name: pa.float64() if name in numbers else pa.string() for name in self._wanted
                },
                include_columns=self._wanted,
                null_values=sorted({*NOTHING, *(text.upper() for text in NOTHING), "NaN", "None"}),
                strings_can_be_null=True,
            ),
        )
        yield from reader

    def _frame(self, batches: list[Any]) -> "pd.DataFrame":
        import pandas as pd
        import pyarrow as pa

        text = pd.StringDtype("pyarrow")
        frame: pd.DataFrame = pa.Table.from_batches(batches).to_pandas(
            types_mapper={pa.string(): text}.get
        )
        return frame

    def _left_out_row(self, row: Any) -> str:
        """The maker's last words are passed over; anything else is an error."""
        line = row.number
        text = row.text.strip().strip('"').lower()
        if text.strip(self._layout.delimiter):
            if text.startswith(_FOOTERS):
                self._footer = self._footer or (line, row.text)
            elif self._bad is None:
                self._bad = (line, row.actual_columns, row.text)
        self._left_out.append(line)
        return "skip"

    def _refuse_bad(self) -> None:
        if self._bad is not None:
            line, cells, text = self._bad
            raise DataError(
                f"{self._path}: line {line:,} has {cells} cells, the lines before it "
                f"{len(self.names)} ({text[:40]!r}); nothing was imported; correct the file"
            )

    def _refuse_lost(self, rows: int, line_feeds: int) -> None:
        """No line may be gone into a cell, or pass for the maker's last words in the middle."""
        last = self._layout.first_line - 1 + rows + len(self._left_out)
        if self._layout.encoding in _ONE_BYTE and line_feeds > last:
            raise DataError(
                f"{self._path}: {line_feeds - last:,} ends of lines stand inside quotes: one is "
                "missing, or too many; nothing was imported; correct the file"
            )
        if self._footer is None:
            return
        line, text = self._footer
        if sum(1 for each in self._left_out if each >= line) < last - line + 1:
            raise DataError(
                f"{self._path}: line {line:,} is no row ({text[:40]!r}), and rows follow it; "
                "nothing was imported; correct the file"
            )

    def _lines(self, done: int, count: int) -> NDArray[np.int64]:
        """Line numbers of rows `done` to `done + count`: all lines but those left out."""
        first = self._layout.first_line
        if not self._left_out:
            return np.arange(first + done, first + done + count, dtype=np.int64)
        lines = np.arange(first, first + done + count + len(self._left_out), dtype=np.int64)
        return np.setdiff1d(lines, self._left_out, assume_unique=False)[done : done + count]

    def _damaged(self, error: Exception) -> DataError:
        reason = " ".join(str(error).split())[:120]
        return DataError(f"{self._path}: is no readable table: {reason}")


class _Counted:
    """A stream that counts the line feeds read from it."""

    closed = False

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.line_feeds = 0

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._stream.read(size)
        self.line_feeds += data.count(b"\n")
        return data

    def close(self) -> None:
        """Left to whoever opened the stream."""


def _fitted(names: tuple[str, ...], layout: Layout) -> list[str]:
    """One name a cell: rows that end in a delimiter have one more; names twice become `x.1`."""
    widths = {len(row) for row in layout.head}
    if widths and min(widths) == len(names) + 1:
        ends_empty = all(not row[-1] for row in layout.head if len(row) == len(names) + 1)
        names = (*names, "(nothing)") if ends_empty else names
    fitted: list[str] = []
    for name in names:
        again = sum(1 for each in fitted if each == name or each.startswith(f"{name}."))
        fitted.append(f"{name}.{again}" if name in fitted else name)
    return fitted
