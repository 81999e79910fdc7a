"""Data zips of QuantConnect's Lean engine: one headerless CSV, named for what it holds.

Layout: the README files of https://github.com/QuantConnect/Lean/tree/master/Data
"""

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import numpy as np

from infrastructure.errors import DataError
from infrastructure.market_data.files.refusals import (
    ZIP_DAMAGES,
    brief,
    damage_refused,
    listed,
    refusal,
)
from infrastructure.market_data.files.table import Facts, Table

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = ("timestamp", "open", "high", "low", "close", "volume")
_LARGEST = 512 << 20
_LONGEST_LINE = 4_096
_ONE_DAY = re.compile(
    r"(?P<day>\d{8})_(?P<symbol>[\w.\-]+?)_(?P<resolution>minute|second|tick)_[\w.\-]+\.csv",
    re.ASCII | re.IGNORECASE,
)
_MANY_DAYS = re.compile(r"(?P<symbol>[\w.\-]+)\.csv", re.ASCII)
_FIRST_LINE = re.compile(rb"\d{8} \d\d:\d\d(,-?\d*\.?\d*){5,10}\r?\n?")
_SCALE = 10_000.0
_MILLISECONDS = 86_400_000
_WHOLE = "whole prices were divided by 10,000, as Lean keeps equities"
_DECIMAL = "decimal prices were taken as they are, on UTC's clock, as Lean keeps crypto"


def is_lean_zip(path: Path) -> bool:
    """Whether a file is a zip of Lean's: by the names in it, or by how its only file begins."""
    try:
        with ZipFile(path) as archive:
            names = archive.namelist()
            if any(_ONE_DAY.fullmatch(name) for name in names):
                return True
            if len(names) != 1 or not _MANY_DAYS.fullmatch(names[0]):
                return False
            with archive.open(names[0]) as member:
                return _FIRST_LINE.fullmatch(member.readline(_LONGEST_LINE)) is not None
    except ZIP_DAMAGES:
        return False


def read_lean(path: Path) -> Table:
    """The trade bars of a Lean zip; times are clock times without a zone, as datetime64.

    Whole prices are ten-thousandths, as Lean keeps equities, on New York's clock; prices with a
    decimal point anywhere are taken as they are, on UTC's clock, as Lean keeps crypto. A value that
    is no number, and a time that is none, are missing.

    Raises DataError, one line, for a damaged zip, for quotes, ticks and several files.
    """
    with damage_refused(path, "Lean zip", *ZIP_DAMAGES), ZipFile(path) as archive:
        name = _only_name(path, archive.namelist())
        raw = _content(path, archive, name)
    try:
        return _table(name, _cells(raw))
    except DataError as error:
        raise refusal(path, str(error)) from None


def _only_name(path: Path, names: list[str]) -> str:
    if len(names) != 1:
        raise refusal(path, f"holds {len(names):,} files ({listed(names)}); expected one")
    found = _ONE_DAY.fullmatch(names[0])
    if found and found["resolution"].lower() == "tick":
        raise refusal(path, "holds Lean ticks; expected bars of a minute or more")
    if found and not names[0].lower().endswith("_trade.csv"):
        raise refusal(
            path,
            f"{brief(names[0], 60)} holds no trades of one stock or pair (Lean's quotes, options "
            "and futures are not read); expected a name that ends in _trade.csv",
        )
    return names[0]


def _content(path: Path, archive: ZipFile, name: str) -> bytes:
    """The file in the zip, however large the zip says that it is."""
    with archive.open(name) as member:
        raw = member.read(_LARGEST + 1)
    if len(raw) > _LARGEST:
        raise refusal(path, f"holds more than {_LARGEST >> 20:,} MB; split it")
    return raw


def _cells(raw: bytes) -> "pd.DataFrame":
    """All cells as text."""
    import pandas as pd

    try:
        cells = pd.read_csv(io.BytesIO(raw), header=None, dtype=str, skip_blank_lines=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        raise DataError(f"is no CSV: {brief(error)}") from None
    if cells.shape[1] > len(_COLUMNS):
        raise DataError(
            f"lines of {cells.shape[1]} values are Lean quotes (bid and ask); expected trades: "
            "time, open, high, low, close, volume"
        )
    if cells.shape[1] < len(_COLUMNS):
        raise DataError(f"expected 6 values a line, found {cells.shape[1]}")
    return cells.set_axis(list(_COLUMNS), axis="columns")


def _table(name: str, cells: "pd.DataFrame") -> Table:
    import pandas as pd

    found = _ONE_DAY.fullmatch(name)
    times = _times_of_day(cells["timestamp"], found["day"]) if found else _times(cells["timestamp"])
    prices = {column: cells[column] for column in _COLUMNS[1:5]}
    decimal = any(column.str.contains(".", regex=False).any() for column in prices.values())
    scale = 1.0 if decimal else _SCALE
    # A division of whole numbers below 2**53 is exact to the last bit: 4054300 becomes 405.43.
    numbers = {column: _numbers(texts) / scale for column, texts in prices.items()}
    frame = pd.DataFrame({"timestamp": times, **numbers, "volume": _numbers(cells["volume"])})
    facts = Facts(
        symbol=(found or _MANY_DAYS.fullmatch(name) or {"symbol": ""})["symbol"].upper(),
        interval=_interval(found["resolution"] if found else "", times),
        timezone="UTC" if decimal else "America/New_York",
        stamps_at="start",
        adjusted="none",
        notes=(_DECIMAL if decimal else _WHOLE,),
    )
    return Table("Lean zip", frame, "line", facts=facts)


def _times_of_day(milliseconds: "pd.Series[Any]", day: str) -> "pd.Series[Any]":
    import pandas as pd

    midnight = pd.to_datetime(day, format="%Y%m%d", errors="coerce")
    if pd.isna(midnight):
        raise DataError(f"the file in the zip is named for a day that is none: {day}")
    found = _numbers(milliseconds)
    found = np.where((found >= 0) & (found < _MILLISECONDS), found, np.nan)
    return midnight + pd.to_timedelta(pd.Series(found), unit="ms")


def _times(stamps: "pd.Series[Any]") -> "pd.Series[Any]":
    import pandas as pd

    return pd.to_datetime(stamps, format="%Y%m%d %H:%M", errors="coerce")


def _numbers(texts: "pd.Series[Any]") -> Any:
    import pandas as pd

    return pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)


def _interval(resolution: str, times: "pd.Series[Any]") -> str:
    """1m by the name; without one 1d if all bars begin at midnight, else 1h; "" for seconds."""
    if resolution:
        return "1m" if resolution.lower() == "minute" else ""
    known = times.dropna()
    return "1d" if (known == known.dt.normalize()).all() else "1h"
