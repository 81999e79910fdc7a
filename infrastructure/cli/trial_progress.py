"""The progress bar of trials: how many, how fast, how long still."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from rich.progress import Progress

_PATIENCE = 1.0
"""Seconds of work that need no sign of life."""


class TrialProgress:
    """A bar on a terminal that tells the rate and the time left, and leaves no trace."""

    def __init__(self, title: str) -> None:
        self._title, self._began = title, time.monotonic()
        self._bar: Progress | None = None
        self._task: Any = None
        self._resumed: int | None = None

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
        if self._resumed is None:
            self._resumed = done
        passed = time.monotonic() - self._began
        if self._bar is None:
            if passed < _PATIENCE or not sys.stderr.isatty():
                return
            self._bar = self._made(in_all)
        rate = (done - self._resumed) / passed
        left = (in_all - done) / rate if rate > 0 else float("nan")
        self._bar.update(self._task, completed=done, rate=f"{rate:,.0f}/s", left=_time(left))

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
        self._task = bar.add_task(self._title, total=in_all, rate="", left="")
        bar.start()
        return bar


def _time(seconds: float) -> str:
    if seconds != seconds:  # not known yet
        return "?"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
