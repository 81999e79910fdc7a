"""A file of bars that has been recognised: what it was taken for, and its rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infrastructure.market_data.files.bar_rows import FileRows
from infrastructure.market_data.files.cells import USED
from infrastructure.market_data.files.column_roles import Name
from infrastructure.market_data.files.table import Facts
from infrastructure.wording import printable

ROWS = 500_000
"""Rows of a chunk at most."""

_SHOWN = 12  # columns left out that are named
_TOLD = ("time", "clock", "open", "high", "low", "close", "volume", "adj_close", "symbol")


@dataclass(frozen=True, eq=False)
class BarFile:
    """A recognised file. format: such as `Yahoo CSV`. columns: the file's name by role.

    ignored: names of the columns that are left out. facts: what the format says of the bars.
    """

    path: Path
    format: str
    facts: Facts
    columns: dict[str, str]
    ignored: tuple[str, ...]
    _read: Callable[[int], Iterator[FileRows]] = field(repr=False)

    def described(self) -> str:
        """One line: what the file was taken for."""
        parts = [f"{self.path}: taken for {self.format}", self._columns_told(), *self._facts_told()]
        if self.ignored:
            more = ", ..." if len(self.ignored) > _SHOWN else ""
            parts.append(f"left out: {', '.join(self.ignored[:_SHOWN])}{more}")
        return printable("; ".join(parts))

    def chunks(self, rows: int = ROWS) -> Iterator[FileRows]:
        """The file's rows in its own order, at most `rows` at a time, read anew at each call.

        Raises DataError where the file turns out to be damaged, to have lines that are no rows,
        several instruments, or dates of two orders or of one that nothing tells.
        """
        return self._read(max(1, rows))

    def _columns_told(self) -> str:
        used = ((role, self.columns[role]) for role in _TOLD if role in self.columns)
        return ", ".join(
            role if role != "time" and name.lower() == role else f"{role} = {name}"
            for role, name in used
        )

    def _facts_told(self) -> list[str]:
        facts = self.facts
        told = {
            "symbol": facts.symbol,
            "interval": facts.interval,
            "clock of": facts.timezone,
            "stamps at the bar's": facts.stamps_at,
            "adjusted for": {
                "none": "nothing",
                "split": "splits",
                "all": "splits and dividends",
            }.get(facts.adjusted, ""),
        }
        return [f"{what} {value}" for what, value in told.items() if value]


def columns_told(
    names: Sequence[Name], roles: dict[str, int]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The file's name of each used role, and the names of the columns that no role uses."""
    used = {role: column for role, column in roles.items() if role in USED}
    columns = {role: names[column].written.strip() for role, column in used.items()}
    ignored = [name.written for place, name in enumerate(names) if place not in used.values()]
    return columns, tuple(ignored)
