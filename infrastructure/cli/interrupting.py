"""What a command line says and returns after Ctrl-C."""

import sys

INTERRUPTED = 130
"""What shells call a process that Ctrl-C ended: 128 and the signal's number."""


def tell_interrupted() -> None:
    """The one line after Ctrl-C."""
    print("interrupted: nothing of what was unfinished was stored", file=sys.stderr)
