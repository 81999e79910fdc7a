"""Work of real commands that is killed: how it begins, what is done, what must be there then."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import ClassVar

from infrastructure.cli.app import main
from infrastructure.database.engine import Database, open_database
from infrastructure.market_data.synthetic import make_demo_bars
from infrastructure.research.sweeps.chunks import chunk_size
from tests.database.ledger_samples import rows
from tests.faults.stored import (
    faults,
    run_contents,
    schema,
    sweep_contents,
)

PORTFOLIO = "single_qqq"
FIRST_DAY = date(2025, 5, 1)
"""Of two months of demo bars."""


def kairos(*arguments: object) -> None:
    """A command line, which must end well."""
    assert main([str(each) for each in arguments]) == 0, arguments


class Work:
    """What a child does again and again in a folder, and what is wrong there once it is killed.

    whole: how many of its works are stored, once `problems` has looked.
    """

    name: ClassVar[str]

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "kairos.db"
        self.whole = 0

    def prepare(self) -> None:
        """The file to begin with, and how one work looks in a copy that was left in peace."""
        raise NotImplementedError

    def once(self, turn: int) -> None:
        """One work; no two have the same turn."""
        raise NotImplementedError

    def problems(self, turns: int) -> Iterator[str]:
        """After a kill; turns: all that may have begun are below it."""
        database = open_database(self.file)
        try:
            yield from faults(database)
            if schema(database) != self.schema:
                yield "another schema"
            yield from self.half(database, turns)
        finally:
            database.close()

    def half(self, database: Database, turns: int) -> Iterator[str]:
        """Works that are neither whole nor absent."""
        raise NotImplementedError

    def _begin(self) -> Path:
        """A file with demo bars; a copy of it for the reference."""
        database = open_database(self.file)
        make_demo_bars(database=database, start=FIRST_DAY)
        self.schema = schema(database)
        database.close()
        return Path(shutil.copy(self.file, self.folder / "untouched.db"))


class Runs(Work):
    """`kairos run`."""

    name = "runs"

    def prepare(self) -> None:
        """See Work."""
        untouched = self._begin()
        self.once_on(untouched)
        database = open_database(untouched)
        self._whole, self._seen = run_contents(database, 1), 0
        database.close()

    def once(self, turn: int) -> None:
        """See Work."""
        self.once_on(self.file)

    def once_on(self, file: Path) -> None:
        """A run of all bars."""
        kairos("run", PORTFOLIO, "--db", file, "--json")

    def half(self, database: Database, turns: int) -> Iterator[str]:
        """Runs with other rows than the one in peace."""
        new = f"SELECT run_id FROM backtest_runs WHERE run_id > {self._seen}"
        for (run_id,) in rows(database, new):
            self.whole, self._seen = self.whole + 1, run_id
            if run_contents(database, run_id) != self._whole:
                yield f"run {run_id} is half"


class Sweeps(Work):
    """`kairos sweep`, which goes on where the one before was killed."""

    name = "sweeps"

    def prepare(self) -> None:
        """See Work."""
        untouched = self._begin()
        self.once_on(untouched)
        database = open_database(untouched)
        self._whole, self._seen = sweep_contents(database, 1), 0
        database.close()

    def once(self, turn: int) -> None:
        """See Work."""
        self.once_on(self.file)

    def once_on(self, file: Path) -> None:
        """1,250 configurations in four chunks."""
        space = ["--param", "stop_loss.value=0:0.49:0.01", "--param", "risk_reward=1:3.4:0.1"]
        kairos("sweep", PORTFOLIO, *space, "--workers", 1, "--db", file, "--json")

    def half(self, database: Database, turns: int) -> Iterator[str]:
        """Completed sweeps with other trials than the one in peace; chunks that are half."""
        found = rows(database, "SELECT sweep_id, status, trials_done, n_trials FROM sweeps")
        counted = dict(rows(database, "SELECT sweep_id, count(*) FROM trials GROUP BY sweep_id"))
        for sweep_id, status, done, planned in found:
            if counted.get(sweep_id, 0) != done:
                yield f"sweep {sweep_id} counts {done} trials and has {counted.get(sweep_id, 0)}"
            if done not in (*range(0, planned, chunk_size(planned, 1)), planned):
                yield f"sweep {sweep_id} has half a chunk: {done} trials"
            if status == "completed" and sweep_id > self._seen:
                self.whole, self._seen = self.whole + 1, sweep_id
                if sweep_contents(database, sweep_id) != self._whole:
                    yield f"sweep {sweep_id} has other trials"
        if sum(status == "running" for _, status, _, _ in found) > 1:
            yield "a sweep was not gone on with"
