"""One piece of work on a disk that fails at its n-th call, for every n and every kind of fault."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from infrastructure.errors import StorageError
from tests.faults.faulty_vfs import DISK, FAULTS
from tests.faults.sound_files import contents_of

UNTOUCHED = "nothing was written"
UNOPENED = "cannot be opened"
UNKNOWN = "may be stored or not"
"""What the line says where a commit itself has failed."""

LEFT = "left.db"

Work = Callable[[Path, bool], object]
"""Opens the file, writes, closes; True: on the faulty disk. Raises StorageError."""


def leave_as_killed(file: Path) -> None:
    """Keep what a process would leave that is killed at this moment, beside the file."""
    for end in ("", "-wal"):
        found = file.with_name(file.name + end)
        if found.exists():
            shutil.copy(found, file.with_name(LEFT + end))


class Attempts:
    """Attempts on copies of one file. `counts`: faults by kind; `problems`: what went wrong."""

    def __init__(self, start: Path, folder: Path, work: Work) -> None:
        self.start, self.folder, self.work = start, folder, work
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []
        self.before = contents_of(self._copy())
        self.after = self._again(self._copy())

    def all_faults(self, every: int = 1) -> None:
        """Each kind at each of its calls (or at every so-manyth), once and from there on."""
        for kind in FAULTS:
            for lasting in (False, True):
                at = 1
                while self._fails(kind, at, lasting):
                    at += every

    def _fails(self, kind: str, at: int, lasting: bool) -> bool:
        """One attempt, looked at; whether there was such a call."""
        file = self._copy()
        where = f"{kind} {at}{' and on' if lasting else ''}"
        message = None
        with DISK.failing(kind, at, lasting):
            try:
                self.work(file, True)
            except StorageError as error:
                message = str(error)
            if not DISK.failed:
                return False
        self.counts[kind] += 1
        self.counts["refused" if message else "absorbed"] += 1
        self.problems += [f"{where}: {each}" for each in self._wrong(file, message)]
        return True

    def _wrong(self, file: Path, message: str | None) -> Iterator[str]:
        """What is wrong after an attempt that ended with this message, or well."""
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
        elif found == self.before and self._again(file) != self.after:
            yield "the next attempt came to something else"

    def _again(self, file: Path) -> dict[str, str]:
        """On a disk that works."""
        self.work(file, False)
        return contents_of(file)

    def _copy(self) -> Path:
        file = self.folder / "kairos.db"
        for old in (*self.folder.glob("kairos.db*"), *self.folder.glob(f"{LEFT}*")):
            old.unlink()
        return Path(shutil.copy(self.start, file))
