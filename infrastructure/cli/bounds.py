"""What a command may take of the machine: its memory, and the time that strategies' code has."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

CGROUPS = Path("/sys/fs/cgroup")
"""Where Linux tells what a container may take."""


def bound_memory() -> None:
    """Hold this process to most of the machine's memory, where the system can.

    Whoever asks for more then gets a MemoryError; else the system would end some process, of its
    own choice and without a word. A lower limit that is set already stays. macOS and Windows hold
    no process to such a limit.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    most = memory_of_machine() // 8 * 7  # the rest is the system's own
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    lower = [limit for limit in (most, soft, hard) if limit not in (0, resource.RLIM_INFINITY)]
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (min(lower, default=soft), hard))


def memory_of_machine() -> int:
    """Bytes that this machine, or the container that the process runs in, has; 0: unknown."""
    known = [*_of_containers()]
    with suppress(ValueError, OSError, AttributeError):
        known.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return min((each for each in known if each > 0), default=0)


def _of_containers() -> list[int]:
    """The limits of the groups that this process is in, outermost included."""
    found = []
    with suppress(OSError, ValueError):
        lines = Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines()
        own = next((line[3:] for line in lines if line.startswith("0::")), "/")
        folders = [CGROUPS / own.strip("/"), *(CGROUPS / own.strip("/")).parents]
        for folder in folders:
            if folder.is_relative_to(CGROUPS):
                found += _limit(folder / "memory.max")
    return found + _limit(CGROUPS / "memory" / "memory.limit_in_bytes")


def _limit(path: Path) -> list[int]:
    with suppress(OSError, ValueError):
        return [int(path.read_text(encoding="ascii"))]  # "max": there is none
    return []


def bound_time(context: Any, seconds: float) -> None:
    """Give strategies' code so many seconds a call, until this command is over; 0: all it takes."""
    from infrastructure.core.time_limit import time_limit

    context.with_resource(time_limit(seconds or None, end=_end))


def _end(line: str) -> None:
    """The way out when strategies' code neither ends nor hears: nothing of it was stored."""
    from infrastructure.cli.outcome import USER_ERROR, print_error
    from infrastructure.errors import StrategyError

    with suppress(OSError, ValueError):
        print_error(StrategyError(line))
        sys.stderr.flush()
    os._exit(USER_ERROR)
