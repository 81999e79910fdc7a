"""CSV and Parquet files of bars: which column is which. No judgement on their content."""

import re
import warnings
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

PRICES = ("open", "high", "low", "close")
_VOLUME = ("volume", "vol")
_TIMES = ("timestamp", "datetime", "date", "time", "open_time", "", "index")
_ADJUSTED = ("adj close", "adj_close", "adjclose", "adjusted close", "adjusted_close")
_INSTRUMENTS = ("symbol", "ticker")
_COMPRESSIONS = {b"\x1f\x8b": "gzip", b"PK": "zip"}
_PARQUET = b"PAR1"
_AGAIN = re.compile(r"(?<=\w)\.\d+$")
"""What pandas adds to the name of a column that is there again: `close.1`."""


@dataclass(frozen=True, eq=False)
class BarFile:
    """A file's bars as they are written; every column has shape (n_rows,).

    times: the time column, text or whatever Parquet held. prices, volume: float64, NaN where the
    file has no number. place: line in a text file, row in Parquet, from 1. ignored: columns left
    out.
    """

    times: "pd.Series[Any]"
    prices: dict[str, NDArray[np.float64]]
    volume: NDArray[np.float64]
    place: NDArray[np.int64]
    place_name: str
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


def read_bar_file(path: Path) -> BarFile:
    """The bars of a CSV file (plain, .gz or .zip, told by content) or a Parquet file.

    Raises DataError, one line, for a file that is missing, a folder, not readable, cut short, empty
    or without the columns open, high, low, close and a time; and for one of several instruments.
    """
    head = _first_bytes(path)
    if head.startswith(_PARQUET):
        frame, place_name, first_place = _read(path, _parquet_frame), "row", 1
    else:
        compression = next(
            (c for magic, c in _COMPRESSIONS.items() if head.startswith(magic)), None
        )
        frame = _read(path, _csv_frame, compression)
        place_name, first_place = "line", 2  # after the header
    place = np.arange(first_place, first_place + len(frame), dtype=np.int64)
    blank = frame.isna().all(axis=1).to_numpy(dtype=np.bool_)
    return _bar_file(path, frame[~blank], place[~blank], place_name)


def _bar_file(
    path: Path, frame: "pd.DataFrame", place: NDArray[np.int64], place_name: str
) -> BarFile:
    names = _names(path, frame)
    missing = [name for name in PRICES if name not in names]
    times = [names[name] for name in _TIMES if name in names]
    if missing or not times:
        wanted = ", ".join([*missing, *(() if times else ("timestamp",))])
        found = ", ".join(repr(str(name)[:20]) for name in list(frame.columns)[:8]) or "none"
        raise DataError(
            f"{path}: expected a first line naming the columns; no {wanted}; found {found}"
        )
    if not len(frame):
        raise DataError(f"{path}: holds no bars, only the names of its columns")
    _refuse_several_instruments(path, frame, names)
    volume = next((names[name] for name in _VOLUME if name in names), None)
    values = {name: _numbers(frame[names[name]]) for name in PRICES}
    used = {*(names[name] for name in PRICES), volume, times[0]}
    time_column = frame[times[0]]
    if {"date", "time"} <= names.keys() and times[0] == names["date"]:
        clock = frame[names["time"]].astype(str)
        if clock.str.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?").all():
            time_column, used = (
                frame[names["date"]].astype(str) + " " + clock,
                {*used, names["time"]},
            )
    ignored = tuple(str(name) for name in frame.columns if name not in used)
    notes, volumes = _volumes(frame[volume] if volume is not None else None, len(frame))
    if any(_plain(name) in _ADJUSTED for name in ignored):
        notes = (
            *notes,
            "Adj Close was left out: prices are taken as open, high, low, close give them",
        )
    return BarFile(time_column, values, volumes, place, place_name, ignored, notes)


def _names(path: Path, frame: "pd.DataFrame") -> dict[str, Any]:
    """The file's column names by their plain form. Raises DataError where two fit one column."""
    names: dict[str, Any] = {}
    for name in frame.columns:
        plain = _plain(_AGAIN.sub("", str(name))) if _AGAIN.search(str(name)) else _plain(name)
        same = _VOLUME if plain in _VOLUME else (plain,)
        there = next((names[each] for each in same if each in names), None)
        if there is not None and plain in (*PRICES, *_VOLUME, *_TIMES, *_INSTRUMENTS):
            raise DataError(
                f"{path}: two columns could be {same[0] or 'the time'}: {there!r} and "
                f"{name!r}; remove one"
            )
        names.setdefault(plain, name)
    return names


def _plain(name: object) -> str:
    """`Open`, ` OPEN` and `<open>` are `open`; an unnamed first column is ``."""
    plain = "" if name is None else str(name).strip().strip("<>").strip().lower()
    return "" if plain == "unnamed: 0" else plain.replace("open time", "open_time")


def _volumes(
    column: "pd.Series[Any] | None", n_rows: int
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Volumes, zero where the file gives none, and a note that says so."""
    if column is None:
        return ("no volume column: volumes are 0",), np.zeros(n_rows)
    absent = column.isna().to_numpy(dtype=np.bool_)
    volumes = _numbers(column)
    volumes[absent] = 0.0
    notes = (f"{absent.sum():,} bars without a volume: taken as 0",) if absent.any() else ()
    return notes, volumes


def _numbers(column: "pd.Series[Any]") -> NDArray[np.float64]:
    import pandas as pd

    if pd.api.types.is_bool_dtype(column):
        return np.full(len(column), np.nan)
    values = pd.to_numeric(column, errors="coerce")
    return values.to_numpy(dtype=np.float64, na_value=np.nan).copy()


def _refuse_several_instruments(path: Path, frame: "pd.DataFrame", names: dict[str, Any]) -> None:
    for name in _INSTRUMENTS:
        if name in names and frame[names[name]].nunique() > 1:
            several = ", ".join(str(value)[:20] for value in frame[names[name]].unique()[:3])
            raise DataError(
                f"{path}: holds several instruments ({several}); import one file of each"
            )


def _first_bytes(path: Path) -> bytes:
    if path.is_dir():
        raise DataError(f"{path}: is a folder; expected a CSV or Parquet file")
    if path.exists() and not path.is_file():  # opening a pipe would wait for its writer
        raise DataError(f"{path}: is a pipe or a device; expected a CSV or Parquet file")
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from None
    if not head:
        raise DataError(f"{path}: is empty; expected a CSV or Parquet file")
    return head


def _read(path: Path, reader: Any, *arguments: Any) -> "pd.DataFrame":
    """What `reader` makes of the file; DataError for everything that a bad file makes it raise."""
    import pandas as pd

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # it would drop cells silently
            frame: pd.DataFrame = reader(path, *arguments)
            return frame
    except (
        OSError,
        EOFError,
        zlib.error,
        BadZipFile,
        ValueError,
        pd.errors.ParserWarning,
    ) as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise DataError(f"{path}: is not a readable CSV or Parquet file: {reason}") from error


def _csv_frame(path: Path, compression: str | None) -> "pd.DataFrame":
    import pandas as pd

    how: dict[str, Any] = {"compression": compression, "encoding": "utf-8-sig", "index_col": False}
    header = pd.read_csv(path, nrows=0, **how)
    text = {c: str for c in header.columns if _plain(c) in (*_TIMES, *_INSTRUMENTS)}
    # Blank lines are kept so that a row's number gives its line.
    return pd.read_csv(path, dtype=text, skip_blank_lines=False, low_memory=False, **how)


def _parquet_frame(path: Path) -> "pd.DataFrame":
    import pandas as pd

    frame = pd.read_parquet(path)
    return frame if isinstance(frame.index, pd.RangeIndex) else frame.reset_index()
