"""A limit to the time that a strategy's code may take; there is none until one is set.

In the main thread the code is stopped by an alarm, at its next step in Python. Compiled loops and
other threads hear no alarm: a watchdog thread sees them, and can only end the whole process. Only
whoever owns the process may ask for that: the command line does, a notebook does not.
"""

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

GRACE = 2.0
"""Seconds after the alarm until the watchdog takes the code for one that hears none."""

_LOOK = 0.2
"""Seconds between two looks of the watchdog."""

ADVICE = "mend it there, or allow more: --time-limit SECONDS or KAIROS_TIME_LIMIT"

Late = Callable[[FrameType | None], str]
"""The line that tells of code which stands at this frame when its time is up."""


class TimeIsUp(BaseException):
    """Raised inside code that took too long; no Exception, which the code may well catch."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"took longer than {seconds:g} s")


@dataclass(frozen=True, eq=False)
class _Limit:
    """seconds: of one call. end: ends the process, told a line; None: nobody may."""

    seconds: float
    end: Callable[[str], object] | None


@dataclass(eq=False)
class _Call:
    """Code that is running. due: on the monotonic clock, when the watchdog ends the process."""

    due: float
    late: Late
    over: bool = False


_limit: _Limit | None = None
_calls: dict[int, _Call] = {}
"""What runs under a limit, by the number of its thread."""


@contextmanager
def time_limit(seconds: float | None, end: Callable[[str], object] | None = None) -> Iterator[None]:
    """Give strategies' code so many seconds a call, within this block; None: all it takes.

    end: told one line, it ends the process, where the code cannot be stopped otherwise.
    """
    global _limit
    before = _limit
    _limit = _Limit(seconds, end) if seconds else None
    if _limit and end:
        threading.Thread(target=_watch, args=(_limit, end), name="time limit", daemon=True).start()
    try:
        yield
    finally:
        _limit = before


def seconds_allowed() -> float | None:
    """What a call may take now; None: there is no limit."""
    return _limit.seconds if _limit else None


@contextmanager
def within_time(late: Late) -> Iterator[None]:
    """Run a block under the limit that is set. Raises TimeIsUp inside it, in the main thread.

    A block inside such a block has the outer one's time.
    """
    thread, limit = threading.get_ident(), _limit
    if limit is None or thread in _calls:
        yield
        return
    heard = threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")
    grace = GRACE if heard else 0.0
    call = _calls[thread] = _Call(time.monotonic() + limit.seconds + grace, late)
    try:
        if heard:
            with _alarm(limit.seconds, call):
                yield
        else:
            yield
    finally:
        del _calls[thread]


@contextmanager
def _alarm(seconds: float, call: _Call) -> Iterator[None]:
    """TimeIsUp after so many seconds. Another alarm that was set waits until the block ends."""

    def ring(number: int, frame: FrameType | None) -> None:
        if not call.over:
            raise TimeIsUp(seconds)

    before = signal.signal(signal.SIGALRM, ring)
    other, _ = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        call.over = True
        signal.setitimer(signal.ITIMER_REAL, other)
        signal.signal(signal.SIGALRM, before if before is not None else signal.SIG_DFL)


def _watch(limit: _Limit, end: Callable[[str], object]) -> None:
    """The watchdog's life: as long as this limit is set."""
    while _limit is limit:
        time.sleep(_LOOK)
        now = time.monotonic()
        for thread, call in list(_calls.items()):
            if now > call.due and not call.over:
                end(call.late(sys._current_frames().get(thread)))
