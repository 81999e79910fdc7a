"""Cells read as bars: stamps, prices and volumes, chunk after chunk of one file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import DataError
from infrastructure.market_data.files.cells import Cells
from infrastructure.market_data.files.column_roles import PRICES
from infrastructure.market_data.files.first_rows import several_instruments
from infrastructure.market_data.files.numbers import Style, absent, numbers
from infrastructure.market_data.files.stamp_text import StampReader
from infrastructure.market_data.stamps import Stamps
from infrastructure.wording import printable

NO_VOLUME = "bars without a volume: taken as 0"
NOTHING_IN_THEM = "rows with nothing in them: passed over"

_COLUMNS = ("open", "high", "low", "close", "volume", "place")
_STAMPS = ("wall", "utc", "readable", "zoned")


@dataclass(frozen=True, eq=False)
class FileRows:
    """Some rows of a file as it has them; every column has shape (n_rows,), float64.

    Prices are NaN where the file has no number. volume: 0 where the file has none, NaN where it
    has something else than a number. adj_close: None where the file has no such column.
    place: number of the row, int64 from 1, counted in `place_name`: line, row or entry.
    remarks: what was done to rows and to how many, to be added up over a file.
    """

    stamps: Stamps
    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.float64]
    adj_close: NDArray[np.float64] | None
    place: NDArray[np.int64]
    place_name: str
    remarks: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.place)

    def take(self, rows: slice) -> "FileRows":
        """Some of the rows, without the remarks: those are of all."""
        columns: dict[str, Any] = {name: getattr(self, name)[rows] for name in _COLUMNS}
        adj_close = None if self.adj_close is None else self.adj_close[rows]
        return FileRows(
            self.stamps.take(rows), **columns, adj_close=adj_close, place_name=self.place_name
        )

    @classmethod
    def joined(cls, parts: "Sequence[FileRows]") -> "FileRows":
        """Parts of one file, one after another, without their remarks."""
        columns: dict[str, Any] = {
            n: np.concatenate([getattr(p, n) for p in parts]) for n in _COLUMNS
        }
        times = [np.concatenate([getattr(p.stamps, n) for p in parts]) for n in _STAMPS]
        adjusted = [part.adj_close for part in parts if part.adj_close is not None]
        adj_close = np.concatenate(adjusted) if len(adjusted) == len(parts) else None
        place_name = parts[0].place_name
        return cls(Stamps(*times), **columns, adj_close=adj_close, place_name=place_name)


def file_rows(
    path: Path, cells: Iterable[Cells], stamps: StampReader, prices: Style, volumes: Style
) -> Iterator[FileRows]:
    """The bars of a file's cells.

    Raises DataError for a file without rows, without one readable time among the first, with an
    open or mixed order of day and month, and with several instruments.
    """
    symbols: list[str] = []
    n_rows = 0
    for part in cells:
        _refuse_several(path, part, symbols)
        moments = _moments(path, part, stamps, is_first=n_rows == 0)
        n_rows += len(part)
        yield _rows(part, moments, stamps.place_name, prices, volumes)
    if not n_rows:
        raise DataError(f"{path}: holds no bars, only the names of its columns")


def _rows(
    cells: Cells, moments: Stamps, place_name: str, prices: Style, volumes: Style
) -> FileRows:
    read = {role: _numbers(cells.columns[role], prices) for role in PRICES}
    adjusted = cells.columns.get("adj_close")
    volume, n_without = _volumes(cells.columns.get("volume"), len(cells), volumes)
    remarks = {NO_VOLUME: n_without, NOTHING_IN_THEM: cells.n_empty}
    return FileRows(
        stamps=moments,
        **read,
        volume=volume,
        adj_close=None if adjusted is None else _numbers(adjusted, prices),
        place=cells.place,
        place_name=place_name,
        remarks={remark: count for remark, count in remarks.items() if count},
    )


def _numbers(column: Any, style: Style) -> NDArray[np.float64]:
    return column if isinstance(column, np.ndarray) else numbers(column, style)


def _volumes(column: Any, n_rows: int, style: Style) -> tuple[NDArray[np.float64], int]:
    """Volumes, 0 where the file has none, and in how many rows of a volume column that is."""
    if column is None:
        return np.zeros(n_rows), 0
    volume = _numbers(column, style)
    nothing = np.isnan(volume)
    if not nothing.any():
        return volume, 0
    if not isinstance(column, np.ndarray):
        nothing &= absent(column).to_numpy(zero_copy_only=False)
    return np.where(nothing, 0.0, volume), int(nothing.sum())


def _moments(path: Path, cells: Cells, reader: StampReader, is_first: bool) -> Stamps:
    if isinstance(cells.times, Stamps):
        return cells.times
    stamps = reader.read(cells.times, cells.place)
    if is_first and not stamps.readable.any():
        raise DataError(
            f"{path}: no time can be read; expected ISO 8601 such as 2024-01-02T09:30:00-05:00, a "
            "date, or an epoch in s, ms, us or ns; found "
            f"{printable(cells.times[0].as_py())[:40]!r}"
        )
    return stamps


def _refuse_several(path: Path, cells: Cells, symbols: list[str]) -> None:
    """Raises DataError where another symbol than in the rows before is found."""
    if "symbol" not in cells.columns:
        return
    for symbol in cells.columns["symbol"].unique().to_pylist():
        if symbol.strip() and symbol.strip() not in symbols:
            symbols.append(symbol.strip())
    if len(symbols) > 1:
        raise several_instruments(path, symbols)
