"""Columns of a file too long for memory, on disk while they are checked and written."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from infrastructure.market_data.columns import BarColumns

_NAMES = tuple(field.name for field in fields(BarColumns))


class Spool:
    """Parts of a series, each sorted, appended to files; `joined` maps them as one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: list[tuple[int, int, int]] = []  # first stamp, last stamp, rows

    @property
    def empty(self) -> bool:
        """Whether nothing was added."""
        return not self._parts

    def add(self, columns: BarColumns) -> None:
        """One more part, in the file's order; not empty."""
        number = len(self._parts)
        for name in _NAMES:
            np.save(self._folder / f"{number}-{name}.npy", getattr(columns, name))
        first, last = int(columns.timestamp[0]), int(columns.timestamp[-1])
        self._parts.append((first, last, len(columns)))

    def joined(self) -> BarColumns | None:
        """The parts in time order, memory-mapped; None where they overlap."""
        _give_back_memory()
        order = sorted(range(len(self._parts)), key=lambda number: self._parts[number])
        for one, other in pairwise(order):
            if self._parts[one][1] >= self._parts[other][0]:
                return None
        rows = sum(count for *_, count in self._parts)
        columns: dict[str, Any] = {}
        for name in _NAMES:
            kind = np.int64 if name == "timestamp" else np.float64
            whole = np.memmap(self._folder / name, kind, "w+", shape=(rows,))
            done = 0
            for number in order:
                file = self._folder / f"{number}-{name}.npy"
                part = np.load(file, allow_pickle=False)
                whole[done : done + len(part)] = part
                done += len(part)
                file.unlink()
            columns[name] = whole
        return BarColumns(**columns)


def _give_back_memory() -> None:
    """Arrow keeps what it read a file with; the mapped columns are in its stead from here on."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()


@contextmanager
def spooling() -> Iterator[Spool]:
    """A spool in a folder that is gone afterwards."""
    with TemporaryDirectory(prefix="kairos-import-", ignore_cleanup_errors=True) as folder:
        yield Spool(Path(folder))
