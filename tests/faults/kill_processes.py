"""Run by the tests as a program of its own: WORK FOLDER KILLS SEED.

Forks a child that works without an end (a kind of work of works.py), kills it at a random moment,
looks at what it left, and again. Forking spares each child the second of imports and compiled code.
Writes FOLDER/outcome.json: what was counted, and what was wrong.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from tests.faults.file_works import Imports, Upgrades
from tests.faults.progress import (
    BEGUN,
    COMMITTING,
    DONE,
    ENDED,
    Pipe,
    spans_between,
    tell_of_transactions,
)
from tests.faults.works import Runs, Sweeps, Work

WORKS: dict[str, type[Work]] = {each.name: each for each in (Runs, Sweeps, Imports, Upgrades)}

AIMS = (None, BEGUN, None, BEGUN, COMMITTING)
"""In turns: a child is killed at any moment of its life, or soon after it told this."""

TRANSACTIONS = {"runs": 2, "sweeps": 6, "imports": 2, "upgrades": 1}
"""Of how many, at random, one is aimed at."""


def fork_worker(work: Work, first: int) -> tuple[int, int]:
    """A child that works from this turn on; its process id, and where it tells its progress."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    try:
        quiet = os.open(os.devnull, os.O_WRONLY)
        errors = os.open(work.folder / "errors", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(quiet, 1)
        os.dup2(errors, 2)
        tell_of_transactions(writing)
        turn = first
        while True:
            work.once(turn)
            os.write(writing, DONE)
            turn += 1
    except BaseException as error:  # noqa: BLE001 - a child must never go on as its parent
        os.write(2, repr(error).encode())
        os._exit(1)


class Killing:
    """Rounds of one kind of work."""

    def __init__(self, work: Work, seed: int) -> None:
        self.work, self.random = work, random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []
        self.turn = 1

    def measure(self) -> None:
        """How long a child takes for its first work, a transaction, and a commit."""
        began = time.monotonic()
        pipe = self._round(lambda pipe: pipe.wait_for(DONE, 3))
        at = [(letter, when - began) for letter, when in pipe.told]
        self.spans = {
            None: at[-1][1] / 3,
            BEGUN: median(spans_between(at, BEGUN, ENDED)),
            COMMITTING: median(spans_between(at, COMMITTING, ENDED)),
        }
        self.counts.clear()

    def kill(self, rounds: int) -> None:
        """At any moment of its life, inside a transaction, inside a commit: in turns."""
        for each in range(rounds):
            aim = AIMS[each % len(AIMS)]
            self._round(partial(self._wait, aim))
            if aim is not None:  # a busy machine kills late: aim earlier, until it hits
                hit = self.last in (aim, COMMITTING)
                self.spans[aim] *= 1.2 if hit else 0.7
            self.problems += self.work.problems(self.turn)

    def _wait(self, aim: bytes | None, pipe: Pipe) -> None:
        if aim is not None:
            often = TRANSACTIONS[self.work.name]
            pipe.wait_for(aim, self.random.randint(1, often))
        time.sleep(self.random.uniform(0.0, self.spans[aim]))

    def _round(self, until: Callable[[Pipe], object]) -> Pipe:
        child, reading = fork_worker(self.work, self.turn)
        pipe = Pipe(reading)
        until(pipe)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        pipe.rest()
        letters = [letter for letter, _ in pipe.told]
        done = letters.count(DONE)
        self.turn += done + 1
        self.last = letters[-1] if letters else b""
        self.counts["kills"] += os.WIFSIGNALED(status)
        self.counts["inside a transaction"] += self.last in (BEGUN, COMMITTING)
        self.counts["of them in its commit"] += self.last == COMMITTING
        self.counts["works told as done"] += done
        if os.WIFEXITED(status):
            self.problems.append(f"a child ended by itself: {os.WEXITSTATUS(status)}")
        return pipe


def run(name: str, folder: str, kills: str, seed: str) -> None:
    """One kind of work; in the end one that nobody kills."""
    work = WORKS[name](Path(folder))
    work.prepare()
    killing = Killing(work, int(seed))
    killing.measure()
    list(work.problems(killing.turn))
    before = work.whole
    killing.kill(int(kills))
    stored = work.whole - before
    work.once(killing.turn)
    killing.problems += work.problems(killing.turn + 1)
    if work.whole != before + stored + 1:
        killing.problems.append("the next one in peace is not whole")
    errors = work.folder / "errors"
    if errors.exists() and errors.stat().st_size:
        killing.problems.append(errors.read_text()[-2000:])
    lost = max(0, killing.counts["works told as done"] - stored)
    counts = {**killing.counts, "works stored": stored, "lost": lost}
    outcome = {"counts": counts, "problems": killing.problems}
    (work.folder / "outcome.json").write_text(json.dumps(outcome), encoding="utf-8")


if __name__ == "__main__":
    run(*sys.argv[1:])
