"""Workbooks: .xlsx, .xls and .ods. Only values that are stored are read; no formula is run."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, is_zipfile

from infrastructure.market_data.files.refusals import damage_refused, listed, refusal
from infrastructure.market_data.files.sheet_tables import table_in
from infrastructure.market_data.files.table import Table
from infrastructure.market_data.files.workbook_size import refuse_oversized

if TYPE_CHECKING:
    import pandas as pd


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
    from python_calamine import CalamineError, PasswordError

    damages = (CalamineError, BadZipFile, OSError, EOFError, ValueError, NotImplementedError)
    with damage_refused(path, "workbook", *damages, RuntimeError):
        if is_zipfile(path):
            refuse_oversized(path)
        try:
            return pd.read_excel(
                path,
                sheet_name=None,
                header=None,
                dtype=object,
                engine="calamine",
                keep_default_na=False,  # N/A is a text that the caller shall see
                na_values=[""],
            )
        except PasswordError:
            raise refusal(path, "is encrypted; save it without a password") from None
