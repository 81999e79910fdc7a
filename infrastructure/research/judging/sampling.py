"""A sample of the recorded trials, simulated again for their returns."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from infrastructure.database.engine import Database
from infrastructure.errors import KairosError
from infrastructure.research.judging.evidence import Trials
from infrastructure.research.judging.recorded import Recorded, period_of, series_of, shared
from infrastructure.research.judging.thresholds import MOST_SAMPLED
from infrastructure.research.replay import replay
from infrastructure.strategy_management.stored_run import StoredRun
from infrastructure.strategy_management.trial_ledger import TrialLedger


def trials_on(
    database: Database, stored: StoredRun, sweeps: Sequence[Recorded], identity: int, seed: int = 0
) -> tuple[Trials, tuple[str, ...]]:
    """What was tried on the run's bars, and sentences on what could not be simulated again.

    Returns can be laid beside each other where they are of the same sessions. So the sample is
    drawn from the sweeps of one period: the one with the run's own configuration in it, that shares
    most of the run's time, with most trials. The run's own trial and each sweep's best one are in
    it, the others are drawn with the seed.
    """
    tried = TrialLedger(database).tried_on(series_of(stored), *period_of(stored))
    counted = Trials(tried=max(tried, 1), sweeps=len(sweeps))
    if not sweeps:
        return counted, ()
    together = _together(sweeps, stored, identity)
    where, row, identities = _different(together)
    chosen = _sample(together, where, row, identities, identity, seed)
    sharpes = np.concatenate([each.sharpes for each in together])
    first = np.concatenate(([0], np.cumsum([len(each.numbers) for each in together])[:-1]))
    known = Trials(counted.tried, counted.sweeps, sharpes[first[where] + row])
    try:
        sessions, returns = _replayed(database, together, where[chosen], row[chosen])
    except KairosError as error:
        return known, (f"The recorded trials cannot be simulated again: {error}.",)
    usable = np.isfinite(returns).all(axis=0)
    own = np.flatnonzero(identities[chosen][usable] == identity)
    return Trials(
        known.tried, known.sweeps, known.sharpes, sessions, returns[:, usable],
        recorded=len(identities), own=int(own[0]) if len(own) else None,
    ), ()  # fmt: skip


def _together(sweeps: Sequence[Recorded], stored: StoredRun, identity: int) -> list[Recorded]:
    """Those sweeps of one period that tell most about the run."""
    periods: dict[object, list[Recorded]] = {}
    for each in sweeps:
        periods.setdefault(each.period, []).append(each)

    def worth(group: list[Recorded]) -> tuple[bool, float, int]:
        holds = any(each.row_of(identity) is not None for each in group)
        return holds, shared(group[0], stored), sum(len(each.numbers) for each in group)

    return max(periods.values(), key=worth)


def _different(
    sweeps: Sequence[Recorded],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Sweep, row in it and identity of each different configuration, in order."""
    lengths = [len(each.numbers) for each in sweeps]
    where = np.repeat(np.arange(len(sweeps)), lengths)
    row = np.concatenate([np.arange(length) for length in lengths])
    identities = np.concatenate([each.identities for each in sweeps])
    first = np.sort(np.unique(identities, return_index=True)[1])
    return where[first], row[first], identities[first]


def _sample(
    sweeps: Sequence[Recorded],
    where: NDArray[np.int64],
    row: NDArray[np.int64],
    identities: NDArray[np.int64],
    identity: int,
    seed: int,
) -> NDArray[np.int64]:
    """Places of MOST_SAMPLED of them, or of all, in order."""
    if len(identities) <= MOST_SAMPLED:
        return np.arange(len(identities))
    best = [each.identities[each.best] for each in sweeps if each.best is not None]
    wanted = np.isin(identities, [*best, identity])
    others = np.flatnonzero(~wanted)
    room = max(MOST_SAMPLED - int(wanted.sum()), 0)
    drawn = np.random.default_rng(seed).choice(others, min(room, len(others)), replace=False)
    return np.sort(np.concatenate([np.flatnonzero(wanted), drawn]))


def _replayed(
    database: Database,
    sweeps: Sequence[Recorded],
    where: NDArray[np.int64],
    row: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Sessions that all share, and returns, in the order given, which is sweep by sweep."""
    parts = []
    for number, each in enumerate(sweeps):
        asked = each.numbers[row[where == number]]
        if len(asked):
            parts.append(replay(database, each.sweep.sweep_id, asked.tolist()))
    sessions = parts[0][0]
    for other, _ in parts[1:]:
        sessions = np.intersect1d(sessions, other, assume_unique=True)
    tables = [returns[np.isin(days, sessions)] for days, returns in parts]
    return sessions, np.concatenate(tables, axis=1)
