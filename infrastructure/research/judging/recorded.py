"""The sweeps of the ledger that tried anything on a run's bars, as columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.database.engine import Database
from infrastructure.database.research_tables import TRIAL_VALUES
from infrastructure.research.judging.neighbourhood import Neighbourhood, SweptAxis
from infrastructure.research.sweeps.constraints import parse_constraint, parse_objective
from infrastructure.strategy_management.stored_run import StoredRun
from infrastructure.strategy_management.sweep_record import StoredSweep
from infrastructure.strategy_management.trial_ledger import TrialLedger

_FIRST, _LAST = (datetime(year, 1, 1, tzinfo=UTC) for year in (1970, 9999))
"""The bars of a run of which the ledger does not know when they were."""


@dataclass(frozen=True, eq=False)
class Recorded:
    """A sweep and its trials, without those that a strategy refused; columns of shape (n_trials,).

    numbers: of the trials. identities: of their configurations. sharpes: annualised, NaN where
    undefined. objective: its value, and scores: the same where more is better, NaN where the
    constraints are not met.
    """

    sweep: StoredSweep
    numbers: NDArray[np.int64]
    identities: NDArray[np.int64]
    sharpes: NDArray[np.float64]
    objective: NDArray[np.float64]
    scores: NDArray[np.float64]

    @property
    def period(self) -> tuple[Any, Any]:
        """Opening times of the first and of the last bar."""
        series = self.sweep.series
        return min(each.bars_start for each in series), max(each.bars_end for each in series)

    @property
    def best(self) -> int | None:
        """Row of the trial that the sweep chose; None where none meets its constraints."""
        known = ~np.isnan(self.scores)
        return int(np.nanargmax(self.scores)) if known.any() else None

    def row_of(self, identity: int) -> int | None:
        """Row of that configuration; None where it is none of these."""
        rows = np.flatnonzero(self.identities == identity)
        return int(rows[0]) if len(rows) else None


def period_of(stored: StoredRun) -> tuple[datetime, datetime]:
    """Opening times of a run's first and last bar; of a run that does not know them, all time."""
    return stored.bars_start or _FIRST, stored.bars_end or _LAST


def recorded_on(database: Database, stored: StoredRun) -> list[Recorded]:
    """Every sweep, finished or not, with a trial on any series and session of the run."""
    ledger = TrialLedger(database)
    sweeps = ledger.sweeps_on(series_of(stored), *period_of(stored))
    found = [_recorded(ledger, ledger.sweep(each)) for each in sweeps]
    return [each for each in found if len(each.numbers)]


def series_of(stored: StoredRun) -> set[tuple[str, str]]:
    """Symbols and intervals that the run traded."""
    return {(symbol, each.interval) for each in stored.strategies for symbol in each.symbols}


def shared(recorded: Recorded, stored: StoredRun) -> float:
    """The share of the run's time that the sweep traded too, 0 to 1."""
    first, last = period_of(stored)
    begins, ends = recorded.period
    both = min(last, ends) - max(first, begins)
    return max(both / max(last - first, timedelta(seconds=1)), 0.0)


def neighbourhood(
    database: Database, sweeps: Sequence[Recorded], stored: StoredRun, identity: int
) -> Neighbourhood | None:
    """The sweep around the run's configuration; None where it is no trial of any.

    Of several the one over most of the run's time, then the one with most trials.
    """
    holding = [each for each in sweeps if each.row_of(identity) is not None]
    if not holding:
        return None
    chosen = max(holding, key=lambda each: (shared(each, stored), len(each.numbers)))
    row, sweep = chosen.row_of(identity), chosen.sweep
    assert row is not None
    axes = tuple(SweptAxis.of(each) for each in sweep.axes)
    names = TRIAL_VALUES[: len(axes)]
    kept = TrialLedger(database).trials(sweep.sweep_id, columns=("invalid", *names))
    valid = kept["invalid"] == 0
    return Neighbourhood(
        sweep_id=sweep.sweep_id,
        trial=int(chosen.numbers[row]),
        axes=axes,
        numbers=chosen.numbers,
        kept=np.column_stack([kept[name][valid] for name in names]),
        values=chosen.objective,
        row=row,
        objective=sweep.objective,
        lower_is_better=parse_objective(sweep.objective).lower_is_better,
        on_grid=sweep.sampler == "grid",
    )


def _recorded(ledger: TrialLedger, sweep: StoredSweep) -> Recorded:
    objective = parse_objective(sweep.objective)
    constraints = [parse_constraint(each) for each in sweep.constraints]
    asked = dict.fromkeys(["sharpe", objective.figure, *(each.figure for each in constraints)])
    found = ledger.trials(sweep.sweep_id, columns=("trial", "config_hash", "invalid", *asked))
    valid = found.pop("invalid") == 0
    found = {name: column[valid] for name, column in found.items()}
    return Recorded(
        sweep,
        found["trial"],
        found["config_hash"],
        found["sharpe"],
        found[objective.figure],
        objective.score(found, constraints),
    )
