"""Where a process begins and ends: Ctrl-C and SIGTERM are one line, even while modules load.

Only this module is loaded outside its own care, so it imports next to nothing.
"""

import signal
from collections.abc import Callable
from pathlib import Path

from infrastructure.cli.bounds import bound_memory
from infrastructure.cli.interrupting import end_on_sigterm, interrupted_code, tell_interrupted


def main() -> int:
    """The console script `kairos`; its exit code."""

    def kairos() -> int:
        from infrastructure.cli.app import main

        return main()

    return _from_first_to_last(kairos)


def run_everything(config_dir: Path) -> int:
    """`python main.py`; its exit code."""

    def everything() -> int:
        from infrastructure.cli.app import run_everything

        return run_everything(config_dir)

    return _from_first_to_last(everything)


def _from_first_to_last(command: Callable[[], int]) -> int:
    """The command's exit code. Once it is known, no signal changes it."""
    bound_memory()
    try:
        end_on_sigterm()
        code = command()
        _hear_nothing()
    except KeyboardInterrupt:
        _hear_nothing()
        tell_interrupted()
        return interrupted_code()
    return code


def _hear_nothing() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
