"""Sweeps as rows of the ledger: begun, gone on with, finished, read."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection

from infrastructure.database.bulk import insert_new
from infrastructure.database.models import sweep_series, sweeps, trials
from infrastructure.database.numbers import Fields, fetch_numbers
from infrastructure.strategy_management.sweep_record import (
    StoredSweep,
    SweepHandle,
    SweepRecord,
    SweepSeries,
)


def begin_sweep(connection: Connection, record: SweepRecord) -> SweepHandle:
    """The unfinished sweep of this plan, or a new one with its series."""
    # Looked for first: a row that is refused would use up a number.
    new = not _unfinished(connection, record.plan_hash)
    new = new and insert_new(connection, sweeps, _row(record))
    (sweep_id,) = _unfinished(connection, record.plan_hash)
    if not new:
        return SweepHandle(sweep_id, True, stored_ranges(connection, sweep_id))
    rows = [{"sweep_id": sweep_id, **asdict(each)} for each in record.series]
    connection.execute(insert(sweep_series), rows)
    return SweepHandle(sweep_id, False, ())


def _unfinished(connection: Connection, plan_hash: str) -> Sequence[int]:
    """Of one plan there is one or none, which a unique index sees to."""
    wanted = (sweeps.c.plan_hash == plan_hash) & (sweeps.c.status == "running")
    return connection.execute(select(sweeps.c.sweep_id).where(wanted)).scalars().all()


def _row(record: SweepRecord) -> dict[str, Any]:
    row = {each.name: getattr(record, each.name) for each in fields(record)}
    series = row.pop("series")
    return {
        **row,
        "status": "running",
        "trials_done": 0,
        "bars_start": min(each.bars_start for each in series),
        "bars_end": max(each.bars_end for each in series),
    }


def stored_ranges(connection: Connection, sweep_id: int) -> tuple[tuple[int, int], ...]:
    """The stored trials of a sweep as ranges (first, last + 1), in order."""
    # The primary key's own index holds all that this reads: a tenth of a second for a million.
    wanted = select(trials.c.trial).where(trials.c.sweep_id == sweep_id).order_by(trials.c.trial)
    return _ranges(fetch_numbers(connection, wanted, Fields(("trial",)))["trial"])


def _ranges(numbers: NDArray[np.int64]) -> tuple[tuple[int, int], ...]:
    """Of increasing whole numbers, those without a hole between them."""
    if not len(numbers):
        return ()
    ends = np.flatnonzero(np.diff(numbers) > 1)
    firsts = numbers[[0, *(ends + 1)]]
    lasts = numbers[[*ends, -1]]
    return tuple(zip(firsts.tolist(), (lasts + 1).tolist(), strict=True))


def count_up(connection: Connection, sweep_id: int, n_trials: int) -> bool:
    """Count trials that are about to be stored; whether there is such an unfinished sweep."""
    change = (
        update(sweeps)
        .where(sweeps.c.sweep_id == sweep_id, sweeps.c.status == "running")
        .values(trials_done=sweeps.c.trials_done + n_trials)
    )
    return connection.execute(change).rowcount == 1


def finish_sweep(connection: Connection, sweep_id: int) -> None:
    """Mark it as completed; one that is stays as it is.

    A clock that was set back meanwhile does not let it end before it began.
    """
    started = connection.execute(
        select(sweeps.c.started_at).where(sweeps.c.sweep_id == sweep_id)
    ).scalar()
    now = datetime.now(UTC)
    change = update(sweeps).where(sweeps.c.sweep_id == sweep_id, sweeps.c.status == "running")
    finished = max(now, started) if started else now
    connection.execute(change.values(status="completed", finished_at=finished))


def read_sweep(connection: Connection, sweep_id: int) -> StoredSweep | None:
    """The sweep of this number, if there is one."""
    wanted = select(sweeps).where(sweeps.c.sweep_id == sweep_id)
    row = connection.execute(wanted).mappings().first()
    if row is None:
        return None
    of_sweep = sweep_series.c.sweep_id == sweep_id
    names = [sweep_series.c[each.name] for each in fields(SweepSeries)]
    ordered = select(*names).where(of_sweep).order_by(*names)
    series = tuple(SweepSeries(*each) for each in connection.execute(ordered))
    known = {each.name for each in fields(StoredSweep)}
    return StoredSweep(**{name: row[name] for name in row if name in known}, series=series)


def highest_sweep(connection: Connection) -> int | None:
    """The number of the last sweep."""
    return connection.execute(select(func.max(sweeps.c.sweep_id))).scalar()
