"""The progress bar of trials: how many, how fast, how long still."""

import sys
import time
from collections.abc import Callable, Sequence
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
        self._bar: Progress | None = None
        self._task: Any = None
        self._began = self._resumed = self._done = self._in_all = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def update(self, done: int, in_all: int) -> None:
        """So many trials are stored of so many; the first call tells what was stored before."""
        if not self._began:
            self._began, self._resumed = time.monotonic(), done
            if not all(map(compiled_before, self._kernels)):
                print(_COMPILING, file=sys.stderr, flush=True)
        self._done, self._in_all = done, in_all
        passed = time.monotonic() - self._began
        if self._bar is None:
            if passed < _PATIENCE or not sys.stderr.isatty():
                return
            self._bar = self._made(in_all)
        rate = (done - self._resumed) / passed
        left = (in_all - done) / rate if rate > 0 else float("nan")
        self._bar.update(self._task, completed=done, rate=f"{rate:,.0f}/s", left=_time(left))

    def say_what_is_stored(self) -> None:
        """After an interrupt: what need not be tried again."""
        if self._done:
            print(
                f"at least {self._done:,.0f} of {self._in_all:,.0f} trials are stored; the same "
                "command goes on from there",
                file=sys.stderr,
            )

    def _made(self, in_all: int) -> "Progress":
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}  {task.fields[left]} left", markup=False),
            console=Console(stderr=True),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = bar.add_task(self._title, total=in_all, rate="?", left="?")
        bar.start()
        return bar


def _time(seconds: float) -> str:
    if seconds != seconds:  # not known yet
        return "?"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
