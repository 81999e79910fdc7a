"""A recognised text file: its layout, the order of its dates, and its rows."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from infrastructure.market_data.files.bar_file import BarFile, columns_told
from infrastructure.market_data.files.bar_rows import FileRows, file_rows
from infrastructure.market_data.files.date_order import order_shown, undecided
from infrastructure.market_data.files.stamp_fields import read_fields
from infrastructure.market_data.files.stamp_text import StampReader
from infrastructure.market_data.files.text_layout import Layout, layout_of
from infrastructure.market_data.files.text_lines import Head
from infrastructure.market_data.files.text_rows import text_cells

_ROWS = 20_000  # by which the order of day and month is told before the file is read
_NO_VOLUME = "no volume column: volumes are 0"


def open_text(path: Path, head: Head, dates: str | None) -> BarFile:
    """A text file by its beginning. Raises DataError as `open_bar_file` does."""
    layout = layout_of(path, head)
    order, notes = dates or layout.dates, layout.facts.notes
    if not order:
        order = _order(path, layout, head.whole)
        notes += (f"dates were read {order}",) if order else ()
    if "volume" not in layout.roles:
        notes += (_NO_VOLUME,)
    columns, ignored = columns_told(layout.names, layout.roles)

    def read(rows: int) -> Iterator[FileRows]:
        stamps = StampReader(path, "line", order, layout.facts.timezone)
        cells = text_cells(path, layout, rows)
        return file_rows(path, cells, stamps, layout.prices, layout.volumes)

    facts = replace(layout.facts, notes=notes)
    return BarFile(path, layout.format, facts, columns, ignored, read)


def _order(path: Path, layout: Layout, whole: bool) -> str:
    """The order of day and month that the first rows prove; "" where they prove none.

    Raises DataError where these are all rows and do not tell.
    """
    cells = next(text_cells(path, layout, _ROWS), None)
    if cells is None:
        return ""
    fields = read_fields(cells.times, layout.facts.timezone)
    if not fields.needs_order.any():
        return ""
    order = order_shown(path, fields, cells.place, "line")
    if not order and whole and len(cells) < _ROWS:
        raise undecided(path, cells.times[int(fields.needs_order.argmax())].as_py())
    return order
