"""The ledger as a state machine: anything in any order, beside a dict of what it must hold."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import event, text

from infrastructure.database.engine import open_database
from infrastructure.errors import StorageError
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from infrastructure.strategy_management.trial_ledger import TrialLedger
from tests.database.sweep_samples import sweep_record, trial_columns
from tests.faults.ledger_model import Model, Shape, Sweep, held, named
from tests.faults.sound_files import address_of, bring_to_head
from tests.faults.stored import faults

T = TypeVar("T")

NAMES = ("ant", "bee", "cat", "dog")
REVISIONS = ("0001", "0002", "0003")  # released ones: a file of each is brought to the head
PLANS, N_TRIALS = ("a" * 64, "b" * 64), 40

shapes = st.builds(
    Shape,
    trades=st.integers(0, 4),
    refused=st.integers(0, 3),
    marks=st.integers(0, 3),
    names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True).map(tuple),
)


class CutError(Exception):
    """A process ends here."""


class Ledger(RuleBasedStateMachine):
    """Create, run, sweep, delete, upgrade, crash. old_files: a folder, files by revision."""

    old_files: ClassVar[Path]
    counts: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="kairos-"))
        self.file = self.folder / "0.db"
        self.counts["lives"] += 1
        self.model = Model()

    @initialize(revision=st.sampled_from([None, *REVISIONS]))
    def begin(self, revision: str | None) -> None:
        """A new file, or one of an older Kairos, which is brought to the head."""
        if revision is not None:
            shutil.copy(self.old_files / revision, self.file)
            bring_to_head(address_of(self.file))
            self.counts["upgrades"] += 1
            runs = [Shape(4, 2, 3, ("tight",), False), Shape(0, 0, 3, ("tight",), False)]
            self.model.runs, self.model.strategies = dict(enumerate(runs, 1)), {"tight": 1}
            self.model.last |= {"strategy": 1, "run": 2}
        self.database = open_database(self.file)

    @rule(name=st.sampled_from(NAMES))
    def create_strategy(self, name: str) -> None:
        """The same content has the same number."""
        number = StrategyCreation(self.database).create_strategy(named(name))
        if name not in self.model.strategies:
            self.model.strategies[name] = self.model.given("strategy", number)
        assert self.model.strategies[name] == number

    @rule(shape=shapes)
    def save_run(self, shape: Shape) -> None:
        """With the strategies that are not known yet."""
        self._note_run(StrategyCreation(self.database).save_run(shape.record()), shape)

    @precondition(lambda self: self.model.runs)
    @rule(data=st.data())
    def delete_run(self, data: st.DataObject) -> None:
        """All that belongs to it goes with it; its number is not given again."""
        number = data.draw(st.sampled_from(sorted(self.model.runs)))
        with self.database.write() as connection:
            connection.execute(text(f"DELETE FROM backtest_runs WHERE run_id = {number}"))
        del self.model.runs[number]

    @rule(plan=st.sampled_from(PLANS))
    def begin_sweep(self, plan: str) -> None:
        """An unfinished one of the same plan is gone on with."""
        handle = TrialLedger(self.database).begin(sweep_record(plan_hash=plan, n_trials=N_TRIALS))
        known = self.model.running(plan)
        assert handle.resumed == (known is not None)
        if known is None:
            self.model.sweeps[self.model.given("sweep", handle.sweep_id)] = Sweep(plan)
        else:
            assert handle.sweep_id == known
            assert handle.trials_done == len(self.model.sweeps[known].trials)

    @precondition(lambda self: self.model.sweeps)
    @rule(data=st.data(), first=st.integers(0, N_TRIALS - 1), count=st.integers(1, 8))
    def save_trials(self, data: st.DataObject, first: int, count: int) -> None:
        """A chunk is stored, or refused whole: where one of it is there, or the sweep is done."""
        number = data.draw(st.sampled_from(sorted(self.model.sweeps)))
        sweep, chunk = self.model.sweeps[number], set(range(first, first + count))
        try:
            TrialLedger(self.database).save(number, trial_columns(sorted(chunk)))
        except StorageError:
            too_many = len(sweep.trials) + count > N_TRIALS
            assert sweep.completed or sweep.trials & chunk or too_many
        else:
            assert not sweep.completed
            assert not sweep.trials & chunk
            sweep.trials |= chunk

    @precondition(lambda self: self.model.sweeps)
    @rule(data=st.data())
    def finish_sweep(self, data: st.DataObject) -> None:
        """Once and for all."""
        number = data.draw(st.sampled_from(sorted(self.model.sweeps)))
        TrialLedger(self.database).finish(number)
        self.model.sweeps[number].completed = True

    @rule(shape=shapes, statement=st.integers(1, 12), killed=st.booleans())
    def crash_in_a_run(self, shape: Shape, statement: int, killed: bool) -> None:
        """Ended before the n-th statement of a save: by an exception, or with the whole process."""
        ledger, record = StrategyCreation(self.database), shape.record()
        number = self._crash(lambda: ledger.save_run(record), statement, killed)
        if number is not None:
            self._note_run(number, shape)

    @precondition(lambda self: self.model.sweeps)
    @rule(data=st.data(), statement=st.integers(1, 5), killed=st.booleans())
    def crash_in_trials(self, data: st.DataObject, statement: int, killed: bool) -> None:
        """The same of a chunk of trials."""
        self._crash(lambda: self.save_trials(data, 0, 4), statement, killed)

    @rule()
    def reopen(self) -> None:
        """Closed and opened again."""
        self.database.close()
        self.database = open_database(self.file)

    @invariant()
    def holds_what_it_must(self) -> None:
        """Everything of the model, and nothing else."""
        if hasattr(self, "database"):
            self.counts["states compared"] += 1
            assert held(self.database) == self.model.expected()
            assert faults(self.database) == []

    def teardown(self) -> None:
        """Leave nothing behind."""
        if hasattr(self, "database"):
            self.database.close()
        shutil.rmtree(self.folder)

    def _note_run(self, number: int, shape: Shape) -> None:
        self.model.runs[self.model.given("run", number)] = shape
        stored = held(self.database)["strategies"]
        new = {stored[name]: name for name in shape.names if name not in self.model.strategies}
        for each in sorted(new):
            self.model.strategies[new[each]] = self.model.given("strategy", each)

    def _crash(self, work: Callable[[], T], statement: int, killed: bool) -> T | None:
        """What the work gives that has fewer statements than that; None where it was ended."""
        left = self.folder / f"{int(self.file.stem) + 1}.db"
        try:
            with self._cut_before(statement, left):
                return work()
        except CutError:
            self.counts["crashes inside a transaction"] += 1
            if killed:  # what the process left on the disk is all there is
                self.database.close()
                self.file = left
                self.database = open_database(left)
        return None

    @contextmanager
    def _cut_before(self, statement: int, left: Path) -> Iterator[None]:
        seen = 0

        def cut(*_: Any) -> None:
            nonlocal seen
            seen += 1
            if seen == statement:
                for end in ("", "-wal"):
                    found = self.file.with_name(self.file.name + end)
                    if found.exists():
                        shutil.copy(found, left.with_name(left.name + end))
                raise CutError

        event.listen(self.database.engine, "before_cursor_execute", cut)
        try:
            yield
        finally:
            event.remove(self.database.engine, "before_cursor_execute", cut)
