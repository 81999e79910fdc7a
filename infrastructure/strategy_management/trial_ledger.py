"""TrialLedger: what research was tried, and what came of it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from infrastructure.database.engine import Database
from infrastructure.database.models import trials as trial_rows
from infrastructure.errors import StorageError
from infrastructure.strategy_management.research_rows import (
    AuditRecord,
    Row,
    StoredAudit,
    insert_audit,
    insert_folds,
    insert_run_code,
    last_audit,
    read_folds,
    read_run_code,
)
from infrastructure.strategy_management.sweep_record import (
    Moment,
    StoredSweep,
    SweepHandle,
    SweepRecord,
)
from infrastructure.strategy_management.sweep_rows import (
    begin_sweep,
    count_up,
    finish_sweep,
    highest_sweep,
    read_sweep,
    stored_ranges,
)
from infrastructure.strategy_management.trial_columns import (
    REAL_COLUMNS,
    WHOLE_COLUMNS,
    insert_trials,
    read_trials,
)
from infrastructure.strategy_management.tried_configs import (
    Series,
    configurations_tried,
    sweeps_that_traded,
)


class TrialLedger:
    """Sweeps, trials, folds and audits of one database. Every method raises StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, record: SweepRecord) -> SweepHandle:
        """A new sweep, or the unfinished one of the same plan with what it has stored."""
        with self._database.write() as connection:
            return begin_sweep(connection, record)

    def save(self, sweep_id: int, columns: Mapping[str, Any]) -> None:
        """Store a chunk of trials, all or nothing.

        columns: by the names of `trials`, each of shape (n_trials,): `trial` (from 0, once in a
        sweep) and `config_hash`; `invalid` where the strategy refused a configuration; `value_1`
        and so on, and figures. NaN, and a column that is not given, is "no figure".
        """
        try:
            with self._database.write() as connection:
                if not count_up(connection, sweep_id, len(columns["trial"])):
                    raise StorageError(self._not_running(connection, sweep_id))
                insert_trials(connection, sweep_id, columns)
        except StorageError as error:
            if error.__cause__ and self._are_stored(sweep_id, columns["trial"]):
                raise StorageError(
                    f"{self._database.name}: trials of sweep {sweep_id} are stored already: the "
                    "same sweep is running twice; wait for the other one, or end it and run again"
                ) from error
            raise

    def finish(self, sweep_id: int) -> None:
        """Say that the sweep has all its trials."""
        with self._database.write() as connection:
            finish_sweep(connection, sweep_id)

    def sweep(self, sweep_id: int) -> StoredSweep:
        """The sweep of this number."""
        with self._database.read() as connection:
            stored = read_sweep(connection, sweep_id)
            if stored is None:
                raise StorageError(self._unknown(connection, sweep_id))
        return stored

    def count(self, sweep_id: int) -> int:
        """How many trials of it are stored."""
        of_sweep = trial_rows.c.sweep_id == sweep_id
        wanted = select(func.count()).select_from(trial_rows).where(of_sweep)
        with self._database.read() as connection:
            return int(connection.execute(wanted).scalar_one())

    def trials(
        self,
        sweep_id: int,
        order_by: str = "trial",
        descending: bool = False,
        limit: int | None = None,
        trials: Sequence[int] | None = None,
        columns: Sequence[str] = (*WHOLE_COLUMNS, *REAL_COLUMNS),
    ) -> dict[str, NDArray[Any]]:
        """Trials of a sweep as columns of shape (n_trials,); what is no figure is NaN.

        order_by: a column; trials without that figure come last, equal ones by their numbers.
        limit: at most so many. trials: only these. columns: only these, in this order; int64
        `trial`, `config_hash` and `invalid`, the others float64.
        """
        with self._database.read() as connection:
            return read_trials(connection, sweep_id, columns, order_by, descending, limit, trials)

    def sweeps_on(self, series: Series, start: Moment, end: Moment) -> list[int]:
        """Sweeps, finished or not, that traded any of these series in an overlapping period.

        series: symbols with intervals, such as [("QQQ", "30m")]. start, end: opening times of the
        first and the last bar.
        """
        with self._database.read() as connection:
            return sweeps_that_traded(connection, series, start, end)

    def tried_on(self, series: Series, start: Moment, end: Moment) -> int:
        """How many distinct configurations were ever tried on any of them: trials and runs.

        One that was tried twice, in a sweep and as a run or under another name, counts once.
        """
        with self._database.read() as connection:
            return configurations_tried(connection, series, start, end)

    def save_folds(self, run_id: int, rows: Sequence[Row]) -> None:
        """Store the folds of a walk forward: rows of walk_forward_folds but for `run_id`."""
        with self._database.write() as connection:
            insert_folds(connection, run_id, rows)

    def folds(self, run_id: int) -> list[dict[str, Any]]:
        """The folds of a run, in order; none where it was no walk forward."""
        with self._database.read() as connection:
            return read_folds(connection, run_id)

    def save_audit(self, record: AuditRecord) -> int:
        """Store an audit; its audit_id."""
        with self._database.write() as connection:
            return insert_audit(connection, record)

    def latest_audit(self, class_name: str, code_digest: str) -> StoredAudit | None:
        """The last audit of exactly this code, if it ever had one."""
        with self._database.read() as connection:
            return last_audit(connection, class_name, code_digest)

    def save_run_code(self, run_id: int, rows: Sequence[Row]) -> None:
        """Store what code a run's strategies had: rows of run_strategy_code but for `run_id`."""
        with self._database.write() as connection:
            insert_run_code(connection, run_id, rows)

    def run_code(self, run_id: int) -> list[dict[str, Any]]:
        """What code a run's strategies had, by position; none for runs that did not record it."""
        with self._database.read() as connection:
            return read_run_code(connection, run_id)

    def _are_stored(self, sweep_id: int, numbers: NDArray[Any]) -> bool:
        """Whether any of these trials is there, once they have been refused."""
        with self._database.read() as connection:
            stored = stored_ranges(connection, sweep_id)
        asked = np.asarray(numbers)
        return any(((asked >= first) & (asked < end)).any() for first, end in stored)

    def _not_running(self, connection: Connection, sweep_id: int) -> str:
        if read_sweep(connection, sweep_id) is None:
            return self._unknown(connection, sweep_id)
        return f"{self._database.name}: sweep {sweep_id} is completed; begin another one"

    def _unknown(self, connection: Connection, sweep_id: int) -> str:
        last = highest_sweep(connection)
        known = "there is none" if last is None else f"the last one is {last}"
        return f"{self._database.name}: no sweep has the number {sweep_id}; {known}"
