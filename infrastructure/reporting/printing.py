"""How tables reach a terminal, a pipe or a file."""

import sys
from collections.abc import Callable, Iterable
from typing import IO

from rich.console import Console, Group, RenderableType
from rich.constrain import Constrain
from rich.table import Table

WIDEST = 80
"""Wider lines would only pull the figures apart."""

NARROWEST = 48
"""Narrower terminals wrap the lines themselves: a figure is never cut."""

_ROOM = 10_000
"""Columns on which no table is cut."""

_ASCII = str.maketrans("─·", "--")


def print_uncut(blocks: Iterable[RenderableType], file: IO[str] | None = None) -> None:
    """Print words at most WIDEST wide, and tables as wide as they are.

    A row of a table is one line, however long: a terminal wraps it, nothing cuts it.
    """
    shown = list(blocks)
    room = Console(width=_ROOM)
    tables = [room.measure(each).maximum for each in shown if isinstance(each, Table)]
    print_tables(
        lambda most: Group(
            *(each if isinstance(each, Table) else Constrain(each, most) for each in shown)
        ),
        file,
        narrowest=max(tables, default=NARROWEST),
    )


def print_tables(
    tables: Callable[[int], RenderableType], file: IO[str] | None = None, narrowest: int = NARROWEST
) -> None:
    """Print to `file` (None: standard output); colours on a terminal only.

    tables: makes them for a width in characters, from `narrowest` to WIDEST.
    """
    console = Console(file=file or sys.stdout, highlight=False, markup=False, emoji=False)
    console.width = max(console.width, narrowest)
    made = tables(min(console.width, WIDEST))
    if console.is_terminal:
        console.print(made)
        return
    with console.capture() as captured:
        console.print(made)
    text = "\n".join(line.rstrip() for line in captured.get().splitlines())  # rich pads tables
    if not console.encoding.startswith("utf"):
        text = text.translate(_ASCII)
    console.file.write(text + "\n")
