"""Where a sweep's trials are kept: in the ledger, or in memory."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from infrastructure.database.engine import Database
from infrastructure.strategy_management.sweep_record import SweepRecord
from infrastructure.strategy_management.trial_ledger import TrialLedger

_AT_ONCE = 10_000
"""Trials that one statement names: SQLite takes some ten thousand parameters."""

Columns = Mapping[str, NDArray[Any]]


class Keeper(Protocol):
    """Keeps trials as columns by the names of the ledger's `trials`."""

    sweep_id: int | None
    stored: Sequence[tuple[int, int]]

    def save(self, columns: Columns) -> None:
        """Keep a chunk, all or nothing."""
        ...

    def finish(self) -> None:
        """All trials are there."""
        ...

    def read(self, names: Sequence[str], trials: Sequence[int] | None = None) -> Columns:
        """These columns of all trials, or of these numbers in the order given."""
        ...


class LedgerKeeper:
    """Trials in the ledger: an unfinished sweep of the same plan is gone on with."""

    def __init__(self, database: Database, record: SweepRecord) -> None:
        self._database, self._ledger = database, TrialLedger(database)
        handle = self._ledger.begin(record)
        self.sweep_id: int | None = handle.sweep_id
        self._id = handle.sweep_id
        self.stored: Sequence[tuple[int, int]] = handle.stored

    def save(self, columns: Columns) -> None:
        """See Keeper."""
        self._ledger.save(self._id, columns)

    def finish(self) -> None:
        """See Keeper."""
        self._ledger.finish(self._id)

    def read(self, names: Sequence[str], trials: Sequence[int] | None = None) -> Columns:
        """See Keeper. A result may be looked at long after its sweep: it holds no connection."""
        try:
            return self._read(names, trials)
        finally:
            self._database.close()

    def _read(self, names: Sequence[str], trials: Sequence[int] | None) -> Columns:
        if trials is None:
            return self._ledger.trials(self._id, columns=names)
        numbers = sorted({int(trial) for trial in trials})
        columns = list(dict.fromkeys(["trial", *names]))
        parts = [
            self._ledger.trials(self._id, columns=columns, trials=numbers[first : first + _AT_ONCE])
            for first in range(0, max(len(numbers), 1), _AT_ONCE)
        ]
        found = {name: np.concatenate([part[name] for part in parts]) for name in columns}
        rows = np.searchsorted(found["trial"], np.asarray(trials, np.int64))
        return {name: found[name][rows] for name in names}


class MemoryKeeper:
    """Trials in memory, for sweeps that are not stored."""

    def __init__(self) -> None:
        self.sweep_id: int | None = None
        self.stored: Sequence[tuple[int, int]] = ()
        self._chunks: list[Columns] = []

    def save(self, columns: Columns) -> None:
        """See Keeper."""
        self._chunks.append(columns)

    def finish(self) -> None:
        """See Keeper."""

    def read(self, names: Sequence[str], trials: Sequence[int] | None = None) -> Columns:
        """See Keeper."""
        found = {name: np.concatenate([each[name] for each in self._chunks]) for name in names}
        if trials is None:
            return found
        return {name: each[np.asarray(trials, np.int64)] for name, each in found.items()}
