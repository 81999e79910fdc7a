"""Code that Kairos did not write: whatever it does, it ends as one line of error.

It may raise anything, SystemExit and KeyboardInterrupt included, and it may take for ever.
"""

import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import walk_stack, walk_tb
from types import FrameType

from infrastructure.core.time_limit import ADVICE, TimeIsUp, seconds_allowed, within_time
from infrastructure.errors import ConfigError, DataError, KairosError, StrategyError
from infrastructure.wording import one_line, printable

_LONGEST = 200
"""Characters shown of what an exception says."""

_TOLD = (ConfigError, DataError, StrategyError)
"""Errors that a strategy may raise as its own."""


@contextmanager
def foreign_code(
    refused: Callable[[BaseException], KairosError], late: Callable[[FrameType | None], str]
) -> Iterator[None]:
    """Run a block under the time limit; what it raises becomes what `refused` makes of it.

    late: the line where the process must be ended. Ctrl-C stays KeyboardInterrupt; one that the
    code raises itself does not.
    """
    with _interrupts() as heard:
        try:
            with within_time(late):
                yield
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt) and heard:
                raise
            raise refused(error) from error


@contextmanager
def strategy_code(name: str, strategy: type, base: type, method: str) -> Iterator[None]:
    """Run a method of a strategy, a class below `base`; `name` begins every line.

    Raises StrategyError with the place in the strategy's code; a ConfigError or DataError that the
    code raises keeps its kind.
    """

    def refused(error: BaseException) -> KairosError:
        place = place_of(walk_tb(error.__traceback__), own_files()) or written_at(strategy, method)
        if isinstance(error, KairosError):
            return _named(name, error, place)
        return StrategyError(f"{name}: {method} {what_happened(error, place)}")

    def late(frame: FrameType | None) -> str:
        what = what_happened(TimeIsUp(seconds_allowed() or 0.0), standing_at(frame, own_files()))
        return f"{name}: {method} {what}"

    def own_files() -> set[str]:
        own = [each for each in strategy.__mro__ if each not in base.__mro__]
        return {file for each in own for file in _files(each)}

    with foreign_code(refused, late):
        yield


def _files(strategy: type) -> Iterator[str]:
    """Where the functions of a class were written."""
    for each in vars(strategy).values():
        code = getattr(each, "__code__", None)
        if code is not None:
            yield code.co_filename


def what_happened(error: BaseException, place: str) -> str:
    """`raised ValueError: too few (file.py, line 3); ...`, or that it took too long."""
    if isinstance(error, TimeIsUp):
        return f"{error}{place}; {ADVICE}"
    return f"raised {said(error)}{place}; mend it there"


def said(error: BaseException) -> str:
    """An exception's public name and its words, on one printable line."""
    names = (each.__name__ for each in type(error).__mro__)
    name = next(each for each in names if not each.startswith("_"))
    try:
        words = one_line(error, _LONGEST)
    except Exception:  # noqa: BLE001 - whatever its __str__ does
        words = ""
    return printable(f"{name}: {words}").removesuffix(": ")


def written_at(strategy: type, method: str) -> str:
    """` (file.py, line 3)`: where a class's method is defined; `` where that is not known."""
    code = getattr(getattr(strategy, method, None), "__code__", None)
    return _place(code.co_filename, code.co_firstlineno) if code else ""


def standing_at(frame: FrameType | None, files: set[str]) -> str:
    """The place in one of the files where code stands that still runs, as `place_of` tells it."""
    return next(places_of(walk_stack(frame), files), "") if frame else ""


def place_of(frames: Iterable[tuple[FrameType, int]], files: set[str]) -> str:
    """` (file.py, line 12)`: the last of these frames that lies in one of the files, or ``."""
    last = deque(places_of(frames, files), maxlen=1)
    return last[0] if last else ""


def places_of(frames: Iterable[tuple[FrameType, int]], files: set[str]) -> Iterator[str]:
    """The place of each of these frames that lies in one of the files.

    One after another: code that calls itself for ever has millions.
    """
    found = ((frame.f_code.co_filename, line) for frame, line in frames)
    return (_place(file, line) for file, line in found if file in files)


def _place(file: str, line: int) -> str:
    return f" ({printable(Path(file).name)}, line {line})"


def _named(name: str, error: KairosError, place: str) -> KairosError:
    kind = next((each for each in _TOLD if isinstance(error, each)), None)
    words = printable(" ".join(str(error).split()))
    if kind is StrategyError or kind is None:
        return StrategyError(f"{name}: {words}{place}")
    return kind(f"{name}: {words}")


@contextmanager
def _interrupts() -> Iterator[list[int]]:
    """Each Ctrl-C and request to end that came while the block ran; it does what it did before."""
    heard: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield heard
        return
    with _overheard(signal.SIGINT, heard), _overheard(signal.SIGTERM, heard):
        yield heard


@contextmanager
def _overheard(number: int, heard: list[int]) -> Iterator[None]:
    """Note that a signal came which somebody in Python listens to."""
    before = signal.getsignal(number)
    if not callable(before):
        yield
        return

    def hear(number: int, frame: FrameType | None) -> None:
        heard.append(number)
        before(number, frame)

    signal.signal(number, hear)
    try:
        yield
    finally:
        left = signal.signal(number, before)
        if left is not hear:  # the code has set its own
            signal.signal(number, left)
