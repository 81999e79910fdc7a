"""Where a process begins and ends: Ctrl-C is one line, even while the first modules load.

Only this module is loaded outside its own care, so it imports next to nothing.
"""

import signal
from collections.abc import Callable
from pathlib import Path

from infrastructure.cli.interrupting import INTERRUPTED, tell_interrupted


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
    """The command's exit code. Once it is known, Ctrl-C no longer changes it."""
    try:
        code = command()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        tell_interrupted()
        return INTERRUPTED
    return code
