"""Run by the tests as a program of its own: START FOLDER. A disk that is full at every page.

Forks a child for each size, from nothing up, that no file of it may grow beyond, until a run fits:
the operating system refuses what a full disk would. Writes FOLDER/outcome.json.
"""

import json
import os
import resource
import sys
from pathlib import Path

from tests.faults.attempts import Attempts, message_of
from tests.faults.small_run import save_small_run

PAGE = 4096


def child_with_limit(file: Path, most_bytes: int) -> str | None:
    """What a child's attempt ends with that may write no file beyond this size."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))
            os.write(writing, (message_of(save_small_run, file) or "").encode())
        except BaseException as error:  # noqa: BLE001 - a child must never go on as its parent
            os.write(writing, f"a bug:\n{error!r}".encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        message = pipe.read().decode()
    os.waitpid(child, 0)
    return message or None


def fill(start: str, folder: str) -> None:
    """One page more for each attempt."""
    attempts = Attempts(Path(start), Path(folder), save_small_run)
    pages, refused = 0, True
    while refused:
        file = attempts.copy()
        message = child_with_limit(file, pages * PAGE)
        attempts.look_at(f"{pages} pages", file, message)
        pages, refused = pages + 1, message is not None
    outcome = {"counts": attempts.counts, "problems": attempts.problems}
    (Path(folder) / "outcome.json").write_text(json.dumps(outcome), encoding="utf-8")


if __name__ == "__main__":
    fill(*sys.argv[1:])
