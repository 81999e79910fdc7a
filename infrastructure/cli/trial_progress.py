"""The progress bar of trials: how many, how fast, how long still."""

import sys
import time
from collections.abc import Callable, Sequence
from threading import Lock, Timer
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from infrastructure.cli.progress import compiled_before

if TYPE_CHECKING:
    from rich.progress import Progress

_PATIENCE = 1.0
"""Seconds of work that need no sign of life."""

_COMPILING = "compiling what trades the trials for this computer: once, some 30 seconds"


class TrialProgress:
    """A bar on a terminal that tells the rate and the time left, and leaves no trace.

    kernels: what trades the trials. Where one was never compiled, a line says that it is now.
    """

    def __init__(self, title: str, kernels: Sequence[Callable[..., None]] = ()) -> None:
        self._title, self._kernels = title, kernels
        self._began: float | None = None
        self._resumed = self._done = self._in_all = 0
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

    def update(self, done: int, in_all: int) -> None:
        """So many trials are stored of so many; the first call tells what was stored before."""
        with self._lock:
            self._done, self._in_all = done, in_all
            if self._began is None:
                self._begin()
            elif self._bar is not None:
                self._bar.update(self._task, completed=done, **self._pace())

    def _begin(self) -> None:
        self._began, self._resumed = time.monotonic(), self._done
        if not all(map(compiled_before, self._kernels)):
            print(_COMPILING, file=sys.stderr, flush=True)
        if sys.stderr.isatty():
            self._timer.start()

    def _pace(self) -> dict[str, Any]:
        """Trials a second of those that were traded now, and the time for the others."""
        assert self._began is not None
        rate = (self._done - self._resumed) / max(time.monotonic() - self._began, 1e-9)
        if not rate:
            return {"rate": "?", "left": "?"}
        return {"rate": f"{rate:,.0f}", "left": _time((self._in_all - self._done) / rate)}

    def say_what_is_stored(self) -> None:
        """After an interrupt: what need not be tried again."""
        if self._done:
            print(
                f"at least {self._done:,} of {self._in_all:,} trials are stored; the same "
                "command goes on from there",
                file=sys.stderr,
            )

    def _show(self) -> None:
        """In the timer's own thread."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        with self._lock:
            if self._over:
                return
            self._bar = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(24),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}/s  {task.fields[left]} left", markup=False),
                console=Console(stderr=True),
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._task = self._bar.add_task(
                self._title, total=self._in_all, completed=self._done, **self._pace()
            )
            self._bar.start()


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
