"""A progress bar for whoever waits: it appears late, and leaves no trace."""

import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from threading import Lock, Timer
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from infrastructure.cli.log_output import spoken

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn

_PATIENCE = 1.0
"""Seconds of work that need no sign of life."""


class LateBar(ABC):
    """On a terminal's standard error, once the work has taken a second.

    A child tells its columns, and what it stands at. `_lock` guards whatever that reads.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._bar: Progress | None = None
        self._task: Any = None
        self._over, self._lock = False, Lock()
        self._timer = Timer(_PATIENCE, self._show)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._over = True
            if self._bar is not None:
                self._bar.stop()

    @abstractmethod
    def _columns(self) -> "Sequence[ProgressColumn]":
        """What stands after the title and the bar."""

    @abstractmethod
    def _state(self) -> dict[str, Any]:
        """`completed`, `total` and the columns' fields."""

    def _wait(self) -> None:
        """The work begins."""
        if sys.stderr.isatty() and not spoken():
            self._timer.start()

    def _moved(self) -> None:
        """What `_state` tells has changed; the lock is held."""
        if self._bar is not None:
            self._bar.update(self._task, **self._state())

    def _show(self) -> None:
        """In the timer's own thread."""
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        with self._lock:
            if self._over:
                return
            self._bar = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(24),
                *self._columns(),
                console=Console(stderr=True),
                transient=True,
                redirect_stdout=False,  # what a strategy prints stays where it was printed
                redirect_stderr=False,
            )
            self._task = self._bar.add_task(self._title, **self._state())
            self._bar.start()
