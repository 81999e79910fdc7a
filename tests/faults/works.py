"""Real work of real commands that is killed: how it begins, what is done, what must be there then."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import ClassVar

from sqlalchemy.engine import URL, create_engine

from infrastructure.cli.app import main
from infrastructure.database.engine import Database, open_database
from infrastructure.database.migrations.runner import upgrade
from infrastructure.database.sqlite import take_over_transactions
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.synthetic import make_demo_bars
from infrastructure.research.sweeps.chunks import chunk_size
from tests.database.ledger_samples import rows
from tests.faults.old_files import make_old_file
from tests.faults.stored import (
    everything,
    faults,
    run_contents,
    schema,
    series_contents,
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
        for (run_id,) in rows(
            database, f"SELECT run_id FROM backtest_runs WHERE run_id > {self._seen}"
        ):
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


class Imports(Work):
    """`kairos data import`, each of another symbol."""

    name = "imports"

    def prepare(self) -> None:
        """See Work."""
        untouched = self._begin()
        self.csv = self.folder / "bars.csv"
        write_csv(self.csv, make_demo_bars("SPY", start=date(2025, 1, 2)))
        self.once_on(untouched, "S0")
        database = open_database(untouched)
        self._whole = series_contents(database, "S0")
        database.close()

    def once(self, turn: int) -> None:
        """See Work."""
        self.once_on(self.file, f"S{turn}")

    def once_on(self, file: Path, symbol: str) -> None:
        """Half a year of bars."""
        kairos("data", "import", self.csv, "--symbol", symbol, "--db", file)

    def half(self, database: Database, turns: int) -> Iterator[str]:
        """Series that have a part of the bars, or of what is known of them."""
        named = [
            row[0] for row in rows(database, "SELECT symbol FROM bar_series WHERE symbol <> 'QQQ'")
        ]
        bars = "SELECT DISTINCT symbol FROM market_bars WHERE symbol <> 'QQQ'"
        history = "SELECT DISTINCT symbol FROM bar_history WHERE symbol <> 'QQQ'"
        if (
            not sorted(named)
            == sorted(sum(rows(database, bars), ()))
            == sorted(sum(rows(database, history), ()))
        ):
            yield "bars, what is known of them and their history are of different symbols"
        self.whole = len(named)
        for symbol in named[-2:]:
            if series_contents(database, symbol) != self._whole:
                yield f"the import of {symbol} is half"


class Upgrades(Work):
    """Files of the first schema, each brought to the head."""

    name = "upgrades"

    def prepare(self) -> None:
        """See Work."""
        self.old = self.folder / "old"
        make_old_file(self.old, "0001")
        self._before = contents_of(self.old)
        untouched = Path(shutil.copy(self.old, self.folder / "untouched.db"))
        upgraded(untouched)
        self._after = contents_of(untouched)
        self._done: set[Path] = set()

    def once(self, turn: int) -> None:
        """See Work."""
        copied = Path(shutil.copy(self.old, self.folder / "copy"))
        upgraded(copied.replace(self.folder / f"{turn}.db"))

    def problems(self, turns: int) -> Iterator[str]:
        """Files with neither schema, or without a row; then each is brought to the head."""
        for file in sorted(self.folder.glob("[0-9]*.db")):
            found = contents_of(file)
            if found not in (self._before, self._after):
                yield f"{file.name} is neither of the old nor of the new schema"
            self.whole += found == self._after
            if found == self._before:
                upgraded(file)
                if contents_of(file) != self._after:
                    yield f"{file.name} could not be upgraded afterwards"
            file.unlink()


def upgraded(file: Path) -> None:
    """Bring a file of schema 0001 to the head."""
    url = URL.create("sqlite", database=str(file))
    engine = create_engine(url)
    take_over_transactions(engine)
    try:
        upgrade(engine, url, "0001")
    finally:
        engine.dispose()


def contents_of(file: Path) -> dict[str, str]:
    """Every row and the schema of a sound file of any revision."""
    url = URL.create("sqlite", database=str(file))
    engine = create_engine(url)
    take_over_transactions(engine)
    database = Database(engine, url)
    try:
        assert faults(database) == []
        return everything(database)
    finally:
        database.close()


def write_csv(path: Path, bars: Bars) -> None:
    """Bars as a vendor's file, stamps in UTC."""
    columns = (bars.timestamp, bars.open, bars.high, bars.low, bars.close, bars.volume)
    lines = [
        ",".join(map(str, row)) for row in zip(*(each.tolist() for each in columns), strict=True)
    ]
    path.write_text("\n".join(["timestamp,open,high,low,close,volume", *lines]) + "\n")


WORKS = {each.name: each for each in (Runs, Sweeps, Imports, Upgrades)}
