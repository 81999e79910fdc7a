"""Files that appear whole or not at all, and take the place of another one only when told to."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def whole_file(target: Path, replace: bool) -> Iterator[Path]:
    """A name beside `target` to write under: after the block that file is `target`, on the disk.

    It ends as `target` does. Raises FileExistsError where there is such a file by then, unless it
    may be replaced, and OSError where the folder does not take it; then nothing of it is left.
    """
    unfinished = target.with_name(f".unfinished.{os.getpid()}.{target.name}")
    try:
        yield unfinished
        _sync(unfinished, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
        if replace:
            unfinished.replace(target)
        else:
            _name_new(unfinished, target)
        if os.name == "posix":  # elsewhere a folder cannot be opened
            _sync(target.parent, os.O_RDONLY)
    finally:
        with suppress(OSError):  # where nothing could be written, nothing is left
            unfinished.unlink()


def _name_new(unfinished: Path, target: Path) -> None:
    """Rename without replacing, in one step wherever the file system can."""
    try:
        os.link(unfinished, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            raise FileExistsError(target) from None
        unfinished.rename(target)


def _sync(path: Path, how: int) -> None:
    descriptor = os.open(path, how)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
