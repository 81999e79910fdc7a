"""Signs of life on standard error, for work that takes long."""

import sys
from collections.abc import Callable
from pathlib import Path
from threading import Lock, Timer
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from infrastructure.core.execution.machine import run_nb
from infrastructure.strategy_management.simulating import SIMULATING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

_PATIENCE = 1.0
"""Seconds of work that need no sign of life."""

_COMPILING = "compiling the account machine for this computer: once, some 15 seconds"


class Progress:
    """A bar that appears on a terminal once the work has taken a second, and leaves no trace.

    Where the account machine was never compiled, a line says that it is now.
    """

    def __init__(self, title: str, steps: int) -> None:
        self._title, self._steps = title, steps
        self._done, self._doing = -1, ""  # the first step has only begun
        self._bar: Bar | None = None
        self._task: Any = None
        self._lock = Lock()
        self._timer = Timer(_PATIENCE, self._show)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            if self._bar is not None:
                self._bar.stop()
            self._steps = 0

    def step(self, doing: str) -> None:
        """The next step begins."""
        if doing == SIMULATING and not compiled_before(run_nb):
            print(_COMPILING, file=sys.stderr, flush=True)
        with self._lock:
            self._done += 1
            self._doing = doing
            if self._bar is not None:
                self._bar.update(self._task, completed=self._done, doing=doing)

    def say(self, doing: str) -> None:
        """What is being done in this step."""
        with self._lock:
            self._doing = doing
            if self._bar is not None:
                self._bar.update(self._task, doing=doing)

    def _show(self) -> None:
        """In the timer's own thread."""
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        with self._lock:
            if not self._steps:  # it has just ended
                return
            self._bar = Bar(
                TextColumn("{task.description}", markup=False),
                BarColumn(24),
                TimeElapsedColumn(),
                TextColumn("{task.fields[doing]}", markup=False),
                console=Console(stderr=True),
                transient=True,
                redirect_stdout=False,  # what a strategy prints stays where it was printed
                redirect_stderr=False,
            )
            self._task = self._bar.add_task(
                self._title, total=self._steps, completed=max(self._done, 0), doing=self._doing
            )
            self._bar.start()


def compiled_before(compiled: Callable[..., None]) -> bool:
    """Whether this kernel, as it is written now, was compiled on this computer before."""
    dispatcher: Any = compiled  # numba's
    folder = Path(dispatcher.stats.cache_path)
    module = dispatcher.py_func.__module__.rpartition(".")[2]
    return any(folder.glob(f"{module}.{dispatcher.py_func.__name__}-*.nbi"))
