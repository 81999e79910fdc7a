"""Counts that the end of the session shows."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

Told = Callable[[str, Mapping[str, int]], None]


@pytest.fixture
def counted(record_property: Callable[[str, object], None]) -> Told:
    """Let the end of the session show a line of counts under a name."""

    def tell(name: str, counts: Mapping[str, int]) -> None:
        listed = ", ".join(f"{number:,} {what}" for what, number in counts.items())
        record_property("counted", f"{name}: {listed}")

    return tell


@pytest.fixture
def folder_in_memory(tmp_path: Path) -> Iterator[Path]:
    """A folder on tmpfs where there is one: what is tested there are locks, not the disk."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="kairos-") as name:
        yield Path(name)
