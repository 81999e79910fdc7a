"""Excel and OpenDocument workbooks: the one sheet that holds a table of bars."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from infrastructure.errors import DataError
from infrastructure.market_data.files.column_roles import looks_like_header
from infrastructure.market_data.files.compression import DECOMPRESSION_ERRORS
from infrastructure.market_data.files.table import Table

_MARKS = ("[Content_Types].xml", "content.xml")
_TITLE_ROWS = 20
_MOST_CELLS = 50_000_000
_MOST_BYTES = 1 << 30
_PLACE = re.compile(rb'\sr="([A-Z]{1,3})([0-9]{1,7})"')
_AT_ONCE = 1 << 20


def is_workbook(path: Path) -> bool:
    """Whether a zip is an .xlsx or .ods."""
    try:
        with ZipFile(path) as archive:
            return any(mark in archive.namelist() for mark in _MARKS)
    except (BadZipFile, OSError):
        return False


def workbook_tables(path: Path) -> Iterator[Table]:
    """The bars of a workbook; stored values only, formulas are not computed. Raises DataError."""
    import pandas as pd

    _refuse_huge(path)
    try:
        sheets = pd.read_excel(path, sheet_name=None, header=None, engine="calamine")
    except Exception as error:
        reason = " ".join(str(error).split())[:100]
        raise DataError(f"{path}: is no readable workbook: {reason}") from error
    found = {name: row for name, sheet in sheets.items() if (row := _header_row(sheet)) is not None}
    if len(found) != 1:
        named = ", ".join(repr(str(name)[:20]) for name in [*found][:3])
        what = f"several ({named})" if found else "none"
        raise DataError(
            f"{path}: expected one sheet with the columns open, high, low, close and a time; "
            f"found {what}; save the one you mean as CSV"
        )
    ((name, row),) = found.items()
    sheet = sheets[name]
    frame = sheet.iloc[row + 1 :].reset_index(drop=True).infer_objects()
    frame.columns = [str(cell) for cell in sheet.iloc[row]]
    for column in frame.columns:
        frame[column] = _typed(frame[column])
    yield Table("Excel", frame, "row", row + 2)


def _refuse_huge(path: Path) -> None:
    """The reader makes a cell of every place up to the last one: a few bytes may ask for all."""
    try:
        with ZipFile(path) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > _MOST_BYTES:
                raise _huge(path, f"{_MOST_BYTES >> 20:,} MB")
            for member in members:
                if "/sheet" in member.filename and member.filename.endswith(".xml"):
                    with archive.open(member) as stream:
                        _refuse_far_cells(path, stream)
    except (BadZipFile, OSError, *DECOMPRESSION_ERRORS):
        return  # an old .xls, which is small; or damaged, which the reader says


def _refuse_far_cells(path: Path, stream: Any) -> None:
    width = height = 0
    rest = b""
    while data := stream.read(_AT_ONCE):
        places = _PLACE.findall(rest + data)
        width = max([width, *(_column_number(letters) for letters in {c for c, _ in places})])
        height = max([height, *map(int, {row for _, row in places})])
        if width * height > _MOST_CELLS:
            raise _huge(path, f"{_MOST_CELLS:,} cells")
        rest = data[-16:]


def _column_number(letters: bytes) -> int:
    """A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _huge(path: Path, limit: str) -> DataError:
    return DataError(f"{path}: is larger than {limit} once it is unpacked; save its bars as CSV")


def _header_row(sheet: Any) -> int | None:
    for row in range(min(len(sheet), _TITLE_ROWS)):
        if looks_like_header(sheet.iloc[row]):
            return row
    return None


def _typed(column: Any) -> Any:
    """A column of datetimes as such; of mixed cells as text, which the caller judges."""
    import pandas as pd

    cells = column.dropna()
    if len(cells) and cells.map(lambda cell: isinstance(cell, date)).all():
        return pd.to_datetime(column)
    if column.dtype == object:
        return column.astype("string")
    return column
