"""How tables reach a terminal, a pipe or a file."""

import sys
from collections.abc import Callable
from typing import IO

from rich.console import Console, RenderableType

WIDEST = 80
"""Wider lines would only pull the figures apart."""

NARROWEST = 48
"""Narrower terminals wrap the lines themselves: a figure is never cut."""

_ASCII = str.maketrans("─·", "--")


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
