"""Excel and OpenDocument workbooks: the one sheet that holds a table of bars."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from infrastructure.errors import DataError
from infrastructure.market_data.files.column_roles import looks_like_header
from infrastructure.market_data.files.table import Table
from infrastructure.wording import one_line

_MARKS = ("[Content_Types].xml", "content.xml")
_TITLE_ROWS = 20


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

    try:
        sheets = pd.read_excel(path, sheet_name=None, header=None, engine="calamine")
    except Exception as error:
        raise DataError(f"{path}: is no readable workbook: {one_line(error)}") from error
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
