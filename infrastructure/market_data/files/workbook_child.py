"""A program of its own: reads a workbook's cells and writes them to standard output, as JSON.

The library that reads workbooks ends the process on some damaged files (it is asked for a terabyte)
and panics on others; here it ends this process alone. Imports nothing of Kairos: it is run by path.
"""

import json
import sys
from datetime import date, datetime
from typing import Any

MOST_MEMORY = 8 << 30
"""Bytes that the process may take, where the system can hold it to that."""

UNREADABLE = 3
"""The exit code after which standard output holds the library's words."""


def main(path: str) -> int:
    """Writes {sheet: rows of cells}: numbers, text; [moment] in ISO 8601; null: an empty cell."""
    from python_calamine import CalamineError, SheetTypeEnum, load_workbook

    _limit_memory()
    try:
        book = load_workbook(path)
        kinds = {sheet.name: sheet.typ for sheet in book.sheets_metadata}
        names = [name for name, kind in kinds.items() if kind == SheetTypeEnum.WorkSheet]
        rows = {name: book.get_sheet_by_name(name).to_python(False) for name in names}
    except (CalamineError, OSError, ValueError) as error:
        sys.stdout.buffer.write(str(error).encode(errors="replace"))
        return UNREADABLE
    cells = {name: [[*map(_cell, row)] for row in sheet] for name, sheet in rows.items()}
    sys.stdout.buffer.write(json.dumps(cells, default=str).encode())
    return 0


def _cell(value: Any) -> Any:
    if value == "":
        return None
    if isinstance(value, date | datetime):
        return [value.isoformat()]
    return value


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    limits = getattr(resource, "RLIMIT_AS", None)
    if limits is not None:
        _, hard = resource.getrlimit(limits)
        most = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(MOST_MEMORY, hard)
        resource.setrlimit(limits, (most, hard))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
