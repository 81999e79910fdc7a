"""Trials as columns of numbers: as they are stored, and as they are read."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import cast, select
from sqlalchemy.engine import Connection

from infrastructure.database.columns import Whole
from infrastructure.database.models import trials
from infrastructure.database.numbers import (
    Fields,
    checks_have_been_made,
    fetch_numbers,
    insert_numbers,
)
from infrastructure.database.research_tables import TRIAL_FIGURES, TRIAL_VALUES

WHOLE_COLUMNS = ("trial", "config_hash", "invalid")
REAL_COLUMNS = (*TRIAL_VALUES, *TRIAL_FIGURES)
LARGEST = 1e300


def insert_trials(connection: Connection, sweep_id: int, columns: Mapping[str, Any]) -> int:
    """Insert one trial per element of the columns; how many. See `TrialLedger.save`."""
    unknown = [name for name in columns if name not in (*WHOLE_COLUMNS, *REAL_COLUMNS)]
    if unknown:
        raise ValueError(f"no column of trials is called {unknown[0]}")
    n_rows = len(columns["trial"])
    given = {"invalid": np.zeros(n_rows, np.int64), **columns}
    if any(len(column) != n_rows for column in given.values()):
        lengths = {name: len(column) for name, column in given.items()}
        raise ValueError(f"columns of trials must be equally long; found {lengths}")
    rows = {"sweep_id": np.full(n_rows, sweep_id, np.int64)}
    rows |= {name: np.asarray(given[name], np.int64) for name in WHOLE_COLUMNS}
    rows |= {name: np.asarray(given[name], float) for name in REAL_COLUMNS if name in given}
    with checks_have_been_made(connection, _obey_the_checks(rows)):
        return insert_numbers(connection, trials, {}, rows)


def _obey_the_checks(rows: Mapping[str, NDArray[Any]]) -> bool:
    """Whether every row is what the CHECKs of the table ask; if not, they say which is not."""
    if not len(rows["trial"]):
        return False
    flags, numbers = rows["invalid"], rows["trial"]
    whole = flags.min() >= 0 and flags.max() <= 1 and numbers.min() >= 0
    return bool(whole) and all(_in_range(rows[name]) for name in REAL_COLUMNS if name in rows)


def _in_range(column: NDArray[Any]) -> bool:
    """NaN, which is stored as NULL, is in every range."""
    return not (np.fmin.reduce(column) < -LARGEST or np.fmax.reduce(column) > LARGEST)


def read_trials(
    connection: Connection,
    sweep_id: int,
    columns: Sequence[str],
    order_by: str,
    descending: bool,
    limit: int | None,
    numbers: Sequence[int] | None,
) -> dict[str, NDArray[Any]]:
    """Columns of a sweep's trials. See `TrialLedger.trials`."""
    whole = tuple(name for name in columns if name in WHOLE_COLUMNS)
    real = tuple(name for name in columns if name not in WHOLE_COLUMNS)
    # A flag is a smaller number elsewhere.
    chosen: list[Any] = [cast(trials.c[name], Whole).label(name) for name in whole]
    chosen += [trials.c[name] for name in real]
    wanted: Any = select(*chosen)
    wanted = wanted.where(trials.c.sweep_id == sweep_id)
    if numbers is not None:
        wanted = wanted.where(trials.c.trial.in_([int(each) for each in numbers]))
    place = trials.c[order_by].desc() if descending else trials.c[order_by].asc()
    wanted = wanted.order_by(place.nulls_last(), trials.c.trial).limit(limit)
    found = fetch_numbers(connection, wanted, Fields(whole, real, nullable=bool(real)))
    return {name: found[name] for name in columns}
