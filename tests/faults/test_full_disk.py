"""A disk that is full at every page of a run: one line, the data as before, the next run clean."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database.ledger_programs import needs_fork, program
from tests.faults.attempts import Attempts, message_of
from tests.faults.conftest import Told
from tests.faults.small_run import make_start, save_small_run

FULL_DISK_PROCESSES = Path(__file__).with_name("full_disk_processes.py")
PAGE = 4096


@needs_fork
def test_files_that_may_not_grow_beyond_any_page(tmp_path: Path, counted: Told) -> None:
    """RLIMIT_FSIZE: the database, its WAL and its shared memory, each page of them."""
    start = make_start(tmp_path / "start.db")
    folder = tmp_path / "attempts"
    folder.mkdir()
    program(start, folder, script=FULL_DISK_PROCESSES)
    outcome = json.loads((folder / "outcome.json").read_text(encoding="utf-8"))
    counted("files that may not grow", outcome["counts"])
    assert outcome["problems"] == []
    assert outcome["counts"]["refused"] >= 15


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB of its own; only root may mount one, and not everywhere."""
    mount = shutil.which("mount")
    folder = tmp_path / "disk"
    folder.mkdir()
    command = [mount or "", "-t", "tmpfs", "-o", "size=4m", "none", str(folder)]
    if mount is None or os.getuid() != 0 or subprocess.run(command, check=False).returncode:
        pytest.skip("this user cannot mount a tmpfs")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_with_any_number_of_free_pages(
    tmp_path: Path, small_disk: Path, counted: Told
) -> None:
    """A real file system without room: from no free page to as many as a run needs."""
    attempts = Attempts(make_start(tmp_path / "start.db"), small_disk, save_small_run)
    message: str | None = ""
    pages = 0
    while message is not None:
        file = attempts.copy()
        ballast = leave_free(small_disk, pages)
        message = message_of(save_small_run, file)
        ballast.unlink()
        attempts.look_at(f"{pages} free pages", file, message)
        pages += 1
    counted("a full disk", attempts.counts)
    assert attempts.problems == []
    assert attempts.counts["refused"] >= 15


def leave_free(disk: Path, pages: int) -> Path:
    """A file that takes all of a disk but so many pages."""
    ballast = disk / "ballast"
    free = os.statvfs(disk)
    ballast.write_bytes(bytes(free.f_bavail * free.f_frsize - pages * PAGE))
    return ballast
