"""Run by the tests as a program of its own: one process that forks others which use a ledger.

write FILE PROCESSES RUNS: fork children that write runs at the same time.
create FOLDER PROCESSES ROUNDS: fork children that open the same new file at the same time.
full FILE BYTES: write a run that needs more bytes than any file may have.
full_backup FILE COPY BYTES: back up where no file may have more than so many bytes.
locked_out FILE: write a run as a user who may only read.
kairos BYTES|locked_out LINE ...: command lines on a full disk, or as such a user.

Forking spares each child the half second of imports. Prints one line a run or error.
"""

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from infrastructure.database.engine import open_database
from infrastructure.database.upkeep.backup import back_up
from infrastructure.errors import StorageError
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from tests.database.ledger_samples import run_record, strategy

NOBODY = 65534


def say(line: object) -> None:
    """Print a line in one piece, so that lines of several processes do not mix."""
    os.write(1, f"{line}\n".encode())


def fork(work: Callable[[], None]) -> int:
    """Do `work` in a child; its process id."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException as error:  # noqa: BLE001 - a child must never go on as its parent
        say(f"error {error!r}")
        os._exit(1)
    os._exit(0)


def wait_for(children: list[int]) -> None:
    """Until all of them have ended."""
    for child in children:
        os.waitpid(child, 0)


def write(file: str, processes: str, runs: str) -> None:
    """Each child has a strategy of its own and one that all share."""

    def write_runs(number: int) -> None:
        ledger = StrategyCreation(open_database(file))
        for _ in range(int(runs)):
            own = run_record(100, strategies=[strategy(f"of {number}")])
            say(ledger.save_run(own))
            say(ledger.create_strategy(strategy("shared")) * 0)

    wait_for([fork(partial(write_runs, each)) for each in range(int(processes))])


def create(folder: str, processes: str, rounds: str) -> None:
    """Children wait for the same moment."""
    for each in range(int(rounds)):
        open_new = partial(open_at, Path(folder) / f"{each}.db", time.time() + 0.05)
        wait_for([fork(open_new) for _ in range(int(processes))])


def open_at(file: Path, start: float) -> None:
    """Wait for the moment, then open."""
    time.sleep(max(0.0, start - time.time()))
    open_database(file).close()
    say("opened")


def full(file: str, most_bytes: str) -> None:
    """The operating system refuses to let a file grow: what a full disk does."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (int(most_bytes), resource.RLIM_INFINITY))
    attempt(file)


def full_backup(file: str, copy: str, most_bytes: str) -> None:
    """The same of a backup's disk; say what came of it."""
    import resource

    database = open_database(file)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(most_bytes), resource.RLIM_INFINITY))
    try:
        say(back_up(database, Path(copy)).path)
    except StorageError as error:
        say(f"StorageError {error}")


def locked_out(file: str) -> None:
    """Root may write everything, so root becomes nobody first."""
    if os.getuid() == 0:
        os.setuid(NOBODY)
    attempt(file)


def kairos(how: str, *lines: str) -> None:
    """What each command prints, then its exit code."""
    import resource

    # All that it will need: the other user may not be allowed to read this Python's own files.
    import alembic.command  # noqa: F401

    import infrastructure.cli.db_looking
    import infrastructure.database.upkeep.checking
    import infrastructure.database.upkeep.upgrading
    import infrastructure.database.upkeep.vacuuming  # noqa: F401
    from infrastructure.cli.app import main

    if how == "locked_out" and os.getuid() == 0:
        os.setuid(NOBODY)
    elif how != "locked_out":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(how), resource.RLIM_INFINITY))
    sys.stderr = sys.stdout
    for line in lines:
        code = main(line.split())
        print(f"exit {code}", flush=True)


def attempt(file: str) -> None:
    """Write a large run; say what came of it."""
    try:
        database = open_database(file)
        say("opened")
        say(StrategyCreation(database).save_run(run_record(20_000)))
    except StorageError as error:
        say(f"StorageError {error}")


if __name__ == "__main__":
    writing: tuple[Callable[..., None], ...] = (write, create, full, locked_out)
    jobs: tuple[Callable[..., None], ...] = (*writing, full_backup, kairos)
    {job.__name__: job for job in jobs}[sys.argv[1]](*sys.argv[2:])
