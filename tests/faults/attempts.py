"""Attempts at one piece of work where something fails, and what they must leave."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from infrastructure.errors import StorageError
from tests.faults.sound_files import contents_of

UNTOUCHED = "nothing was written"
UNOPENED = "cannot be opened"
UNKNOWN = "may be stored or not"
"""What the line says where a commit itself has failed."""

LEFT = "left.db"

Work = Callable[[Path], object]
"""Opens the file, writes, closes. Raises StorageError."""


def leave_as_killed(file: Path) -> None:
    """Keep what a process would leave that is killed at this moment, beside the file."""
    for end in ("", "-wal"):
        found = file.with_name(file.name + end)
        if found.exists():
            shutil.copy(found, file.with_name(LEFT + end))


def message_of(work: Work, file: Path) -> str | None:
    """The line that it ended with; None where it went well. What is no StorageError passes."""
    try:
        work(file)
    except StorageError as error:
        return str(error)
    return None


class Attempts:
    """Attempts on copies of one file, in a folder. `counts`: by outcome; `problems`: what is wrong.

    work: on a disk that works; two of it store the same.
    """

    def __init__(self, start: Path, folder: Path, work: Work) -> None:
        self.start, self.folder, self.work = start, folder, work
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []
        self.before = contents_of(self.copy())
        self.after = self._again(self.copy())

    def copy(self) -> Path:
        """The file of a new attempt."""
        file = self.folder / "kairos.db"
        for old in (*self.folder.glob("kairos.db*"), *self.folder.glob(f"{LEFT}*")):
            old.unlink()
        return Path(shutil.copy(self.start, file))

    def look_at(self, what: str, file: Path, message: str | None) -> None:
        """Count an attempt that ended with this message, or well; note what is wrong after it."""
        self.counts["refused" if message else "absorbed"] += 1
        self.problems += [f"{what}: {each}" for each in self._wrong(file, message)]

    def _wrong(self, file: Path, message: str | None) -> Iterator[str]:
        allowed = [self.after]
        if message is not None:
            unknown = UNKNOWN in message
            allowed = [self.before, self.after] if unknown else [self.before]
            self.counts["of unknown outcome"] += unknown
            if "\n" in message or str(file) not in message:
                yield f"no line that names the file: {message!r}"
            if not (unknown or UNTOUCHED in message or UNOPENED in message):
                yield f"does not say that nothing was written: {message!r}"
        found = contents_of(file)
        if found not in allowed:
            yield f"another state than {message or 'that it went well'!r} says"
        left = self.folder / LEFT
        if left.exists():
            found_left = contents_of(left)
            if found_left not in allowed:
                yield f"killed then, it leaves another state than {message!r} says"
            self.counts["stored all the same"] += message is not None and found_left == self.after
        if found == self.before and self._again(file) != self.after:
            yield "the next attempt came to something else"

    def _again(self, file: Path) -> dict[str, str]:
        self.work(file)
        return contents_of(file)
