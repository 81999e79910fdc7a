"""The progress bar of trials: how many, how fast, how long still."""

import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from infrastructure.cli.late_bar import LateBar
from infrastructure.cli.progress import compiled_before

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

_COMPILING = "compiling what trades the trials for this computer: once, some 30 seconds"


class TrialProgress(LateBar):
    """Trials with their rate and the time left.

    kernels: what trades the trials. Where one was never compiled, a line says that it is now.
    """

    def __init__(self, title: str, kernels: Sequence[Callable[..., None]] = ()) -> None:
        super().__init__(title)
        self._kernels = kernels
        self._began: float | None = None
        self._resumed = self._done = self._in_all = 0

    def update(self, done: int, in_all: int) -> None:
        """So many trials are stored of so many; the first call tells what was stored before."""
        with self._lock:
            self._done, self._in_all = done, in_all
            if self._began is None:
                self._begin()
            else:
                self._moved()

    def say_what_is_stored(self) -> None:
        """After an interrupt: what need not be tried again."""
        if self._done:
            print(
                f"at least {self._done:,} of {self._in_all:,} trials are stored; the same "
                "command goes on from there",
                file=sys.stderr,
            )

    def _begin(self) -> None:
        self._began, self._resumed = time.monotonic(), self._done
        if not all(map(compiled_before, self._kernels)):
            print(_COMPILING, file=sys.stderr, flush=True)
        self._wait()

    def _columns(self) -> "Sequence[ProgressColumn]":
        from rich.progress import MofNCompleteColumn, TextColumn

        words = "{task.fields[rate]}/s  {task.fields[left]} left"
        return [MofNCompleteColumn(), TextColumn(words, markup=False)]

    def _state(self) -> dict[str, Any]:
        return {"total": self._in_all, "completed": self._done, **self._pace()}

    def _pace(self) -> dict[str, str]:
        """Trials a second of those that were traded now, and the time for the others."""
        assert self._began is not None
        rate = (self._done - self._resumed) / max(time.monotonic() - self._began, 1e-9)
        if not rate:
            return {"rate": "?", "left": "?"}
        return {"rate": f"{rate:,.0f}", "left": _time((self._in_all - self._done) / rate)}


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
