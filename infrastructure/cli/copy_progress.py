"""The progress bar of a copy."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from infrastructure.cli.late_bar import LateBar

if TYPE_CHECKING:
    from rich.progress import ProgressColumn


class CopyProgress(LateBar):
    """Pages copied of all pages."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._done, self._in_all = 0, 1

    def __enter__(self) -> Self:
        self._wait()
        return self

    def at(self, done: int, in_all: int) -> None:
        """So many pages of so many are copied."""
        with self._lock:
            self._done, self._in_all = done, in_all
            self._moved()

    def _columns(self) -> "Sequence[ProgressColumn]":
        from rich.progress import TaskProgressColumn

        return [TaskProgressColumn()]

    def _state(self) -> dict[str, Any]:
        return {"total": self._in_all, "completed": self._done}
