"""Zips of QuantConnect's LEAN: prices times 10,000, milliseconds since midnight in New York."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from infrastructure.errors import DataError
from infrastructure.market_data.files.compression import opened
from infrastructure.market_data.files.table import Facts, Table

if TYPE_CHECKING:
    import pandas as pd

_INTRADAY = re.compile(r"(\d{8})_([a-z0-9.]+)_(minute|second)_(trade|quote)\.csv", re.IGNORECASE)
_LONG = re.compile(r"\d{8} \d{2}:\d{2},\d+")
_SCALE = 10_000
_NEW_YORK = "America/New_York"


def is_lean_zip(path: Path) -> bool:
    """Whether a zip's one file is named and written as LEAN does."""
    try:
        with ZipFile(path) as archive:
            names = archive.namelist()
            if len(names) != 1:
                return False
            if _INTRADAY.fullmatch(names[0]):
                return True
            with archive.open(names[0]) as stream:
                return bool(_LONG.match(stream.read(40).decode("ascii", "replace")))
    except (BadZipFile, OSError, RuntimeError, NotImplementedError):
        return False


def lean_tables(path: Path) -> Iterator[Table]:
    """The bars of a LEAN zip, in dollars. Raises DataError."""
    import pandas as pd

    with ZipFile(path) as archive:
        (name,) = archive.namelist()
    intraday = _INTRADAY.fullmatch(name)
    if intraday and intraday[4].lower() == "quote":
        raise DataError(f"{path}: holds bids and asks; expected trades (..._trade.zip)")
    with opened(path) as stream:
        text = stream.read()
    columns = ["time", "open", "high", "low", "close", "volume"]
    try:
        frame = pd.read_csv(io.BytesIO(text), header=None, dtype=str)
    except ValueError as error:
        raise DataError(f"{path}: is no LEAN data: {str(error)[:80]}") from error
    if frame.shape[1] != len(columns):
        raise DataError(
            f"{path}: expected time, open, high, low, close and volume; found {frame.shape[1]} "
            "columns"
        )
    frame.columns = columns
    for column in columns[1:5]:
        frame[column] = _in_dollars(frame[column])
    if intraday:
        frame["time"] = _moments(intraday[1], frame["time"])
    symbol = (intraday[2] if intraday else Path(name).stem).upper()
    facts = Facts(symbol, "", _NEW_YORK, "start", "none")
    yield Table("LEAN zip", frame, "line", 1, facts)


def _in_dollars(column: "pd.Series[str]") -> "pd.Series[float]":
    """Whole numbers are ten thousandths of a dollar; the quotient is the nearest float to it."""
    import pandas as pd

    numbers = pd.to_numeric(column, errors="coerce").astype("float64")
    whole = not column.str.contains(".", regex=False).any()
    return numbers / _SCALE if whole else numbers


def _moments(day: str, milliseconds: "pd.Series[str]") -> "pd.Series[pd.Timestamp]":
    import pandas as pd

    since = pd.to_timedelta(pd.to_numeric(milliseconds, errors="coerce"), unit="ms")
    return pd.Timestamp(day) + since
