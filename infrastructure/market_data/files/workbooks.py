"""Workbooks: .xlsx, .xls and .ods. Only values that are stored are read; no formula is run."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import is_zipfile

from infrastructure.market_data.files import workbook_child
from infrastructure.market_data.files.refusals import (
    ZIP_DAMAGES,
    brief,
    damage_refused,
    listed,
    refusal,
)
from infrastructure.market_data.files.sheet_tables import table_in
from infrastructure.market_data.files.table import Table
from infrastructure.market_data.files.workbook_size import refuse_oversized

if TYPE_CHECKING:
    import pandas as pd

_LONGEST = 600  # seconds
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The part of an old-style container in which Office keeps a workbook under a password."""


def read_workbook(path: Path) -> Table:
    """The one table in a workbook: named columns, dates as datetime64, empty cells missing.

    Rows above the header (a title) are skipped, a blank row below it stays, and a row has the
    number that it has on the sheet. A column with text among its numbers stays as it is.

    Raises DataError, one line, for a damaged, encrypted or oversized file, for one without a table
    and for one with several, naming their sheets.
    """
    found = {name: table_in(cells) for name, cells in _sheets(path).items()}
    tables = {name: table for name, table in found.items() if table is not None}
    others = [name for name in found if name not in tables]
    if len(tables) > 1:
        raise refusal(path, f"has tables in the sheets {listed(list(tables))}; keep one of them")
    if not tables:
        raise refusal(
            path,
            "no sheet holds a table: expected a row of names such as Date, Open, High, Low, Close "
            f"above rows of numbers; looked through {listed(others)}",
        )
    (table,) = tables.values()
    notes = (f"sheets without a table were left out: {listed(others)}",) * bool(others)
    return replace(table, facts=replace(table.facts, notes=notes))


def _sheets(path: Path) -> dict[str, "pd.DataFrame"]:
    """Every sheet's cells as they are, by its name."""
    import pandas as pd

    with damage_refused(path, "workbook", *ZIP_DAMAGES):
        if is_zipfile(path):
            refuse_oversized(path)
        elif _ENCRYPTED in path.read_bytes():
            raise refusal(path, "is encrypted; save it without a password")
        cells = _cells(path)
    return {name: pd.DataFrame(rows, dtype=object) for name, rows in cells.items()}


def _cells(path: Path) -> dict[str, list[list[Any]]]:
    """What `workbook_child` reads. Raises DataError where it could not, however it ended."""
    # -P: the folder of this package shall not come before the standard library.
    command = [sys.executable, "-P", workbook_child.__file__, str(path)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_LONGEST, check=False)
    except subprocess.TimeoutExpired:
        raise refusal(path, f"takes more than {_LONGEST} seconds to open; save it as CSV") from None
    if done.returncode == 0:
        sheets = json.loads(done.stdout)
        return {name: [[*map(_value, row)] for row in rows] for name, rows in sheets.items()}
    unreadable = done.returncode == workbook_child.UNREADABLE
    reason = done.stdout.decode(errors="replace") if unreadable else "it is damaged"
    raise refusal(path, f"is not a readable workbook: {brief(reason)}")


def _value(cell: Any) -> Any:
    """A cell as the child wrote it: a list holds a moment, nothing is an empty cell."""
    if cell is None:
        return nan
    return datetime.fromisoformat(cell[0]) if isinstance(cell, list) else cell
