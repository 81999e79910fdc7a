"""Titles, and the mark of what was made up."""

from rich.text import Text

SYNTHETIC = "SYNTHETIC"
WARNING = "bold yellow"
MADE_UP = f"{SYNTHETIC} BARS: Kairos made them up; no figure above says anything about a market."


def heading(name: str, synthetic: bool) -> Text:
    """A title; SYNTHETIC stands beside it where the bars were made up."""
    title = Text(name, style="bold")
    if synthetic:
        title.append(f"  {SYNTHETIC}", style=WARNING)
    return title
