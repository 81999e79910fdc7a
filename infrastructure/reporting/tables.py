"""Tables without lines, and what stands in their cells."""

from typing import Any

from rich.table import Table

from infrastructure.reporting.figures import UNDEFINED, number
from infrastructure.wording import printable

LONGEST_NAME = 24
"""Characters of a name in a table."""


def bare_table(gap: int = 1, show_header: bool = True) -> Table:
    """A table without columns yet, `gap` spaces between them."""
    return Table(box=None, show_header=show_header, pad_edge=False, padding=(0, gap, 0, 0))


def add_columns(table: Table, *heads: str, justify: Any = "left") -> None:
    """Add columns whose cells stay on one line."""
    for head in heads:
        table.add_column(head, header_style="dim", justify=justify, no_wrap=True)


def short(text: str, longest: int = LONGEST_NAME) -> str:
    """A name on one line and not too long."""
    shown = printable(text)
    return shown if len(shown) <= longest else f"{shown[: longest - 3]}..."


def figure(value: float | None, decimals: int = 2) -> str:
    """A stored figure; what is not defined is '-'."""
    return UNDEFINED if value is None else number(float(value), decimals=decimals).number
