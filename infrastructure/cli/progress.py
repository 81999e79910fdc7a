"""Signs of life on standard error, for work that takes long."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from infrastructure.cli.late_bar import LateBar
from infrastructure.core.execution.machine import run_nb
from infrastructure.strategy_management.simulating import SIMULATING

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

_COMPILING = "compiling the account machine for this computer: once, some 15 seconds"


class Progress(LateBar):
    """Step after step.

    Where the account machine was never compiled, a line says that it is now.
    """

    def __init__(self, title: str, steps: int) -> None:
        super().__init__(title)
        self._steps = steps
        self._done, self._doing = -1, ""  # the first step has only begun

    def __enter__(self) -> Self:
        self._wait()
        return self

    def step(self, doing: str) -> None:
        """The next step begins."""
        if doing == SIMULATING and not compiled_before(run_nb):
            print(_COMPILING, file=sys.stderr, flush=True)
        with self._lock:
            self._done += 1
            self._doing = doing
            self._moved()

    def say(self, doing: str) -> None:
        """What is being done in this step."""
        with self._lock:
            self._doing = doing
            self._moved()

    def _columns(self) -> "Sequence[ProgressColumn]":
        from rich.progress import TextColumn, TimeElapsedColumn

        return [TimeElapsedColumn(), TextColumn("{task.fields[doing]}", markup=False)]

    def _state(self) -> dict[str, Any]:
        return {"total": self._steps, "completed": max(self._done, 0), "doing": self._doing}


def compiled_before(compiled: Callable[..., None]) -> bool:
    """Whether this kernel, as it is written now, was compiled on this computer before."""
    dispatcher: Any = compiled  # numba's
    folder = Path(dispatcher.stats.cache_path)
    module = dispatcher.py_func.__module__.rpartition(".")[2]
    return any(folder.glob(f"{module}.{dispatcher.py_func.__name__}-*.nbi"))
