"""What a command line says and returns after Ctrl-C, and after a request to end (SIGTERM)."""

import signal
import sys
from types import FrameType

INTERRUPTED = 130
"""What shells call a process that Ctrl-C ended: 128 and the signal's number."""

TERMINATED = 143
"""The same of SIGTERM: what `kill`, a service manager or a shutdown sends."""

_asked_to_end: list[int] = []


def end_on_sigterm() -> None:
    """From now on SIGTERM ends the command as Ctrl-C does, everywhere where that is heard.

    Where somebody else has taken the signal, it stays theirs.
    """
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _end)


def interrupted_code() -> int:
    """INTERRUPTED or TERMINATED: what it was that ended the command."""
    return TERMINATED if _asked_to_end else INTERRUPTED


def tell_interrupted() -> None:
    """The one line after it."""
    word = "terminated" if _asked_to_end else "interrupted"
    print(f"{word}: nothing of what was unfinished was stored", file=sys.stderr)


def _end(number: int, frame: FrameType | None) -> None:
    _asked_to_end.append(number)
    raise KeyboardInterrupt
