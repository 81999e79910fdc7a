"""Recorded trials simulated again: their session returns, which the ledger does not keep."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.config import PortfolioConfig, StrategyConfig, parse
from infrastructure.database.engine import Database
from infrastructure.errors import DataError, StorageError
from infrastructure.research.sweeps.evaluated import all_sessions, on_sessions
from infrastructure.research.sweeps.plan import SweepPlan, SweepTerms, read_bars_of, sweep_record
from infrastructure.research.sweeps.series import Period
from infrastructure.research.sweeps.space import Cells, Space, make_space
from infrastructure.research.sweeps.values import Span
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio
from infrastructure.strategy_management.sweep_record import StoredSweep, SweepRecord
from infrastructure.strategy_management.trial_ledger import TrialLedger

_AT_ONCE = 256
"""Trials replayed together: their returns are a matrix."""


def replay(
    database: Database, sweep_id: int, trials: Sequence[int]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(sessions, returns) of trials of a sweep, simulated again from the ledger.

    sessions: (n_sessions,) days since 1970, those of every trial. returns: (n_sessions, n_trials)
    fractions of the equity that each session began with; 0 where a trial's bars have no such
    session, and of a trial that its strategy refused. Raises DataError where the bars are no longer
    those that the sweep traded, StorageError for an unknown sweep or trial.
    """
    ledger = TrialLedger(database)
    record = ledger.sweep(sweep_id)
    plan = stored_plan(database, record, f"sweep {sweep_id}")
    return returns_of(plan, stored_cells(ledger, record, plan.space, trials))


def stored_cells(
    ledger: TrialLedger, record: StoredSweep, space: Space, trials: Sequence[int]
) -> Cells:
    """(n_trials, n_axes) cells of trials of a sweep, as asked for. Raises StorageError."""
    columns = ("trial", *space.value_columns)
    found = ledger.trials(record.sweep_id, trials=trials, columns=columns)
    by_number = {int(number): row for row, number in enumerate(found["trial"])}
    for number in trials:
        if int(number) not in by_number:
            raise StorageError(
                f"sweep {record.sweep_id}: has no trial {number}; expected 0 to "
                f"{record.trials_done - 1}, as `kairos sweep` names them"
            )
    return space.cells_in(found)[[by_number[int(number)] for number in trials]]


def returns_of(
    plan: SweepPlan, cells: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The same of any configurations of a plan, cells of shape (n_trials, n_axes)."""
    evaluator = plan.evaluator
    parts = [
        evaluator.run(cells[first : first + _AT_ONCE], keep_returns=True)
        for first in range(0, len(cells), _AT_ONCE)
    ]
    if not parts:
        return np.empty(0, np.int64), np.empty((0, 0))
    sessions = all_sessions(parts)
    return sessions, np.vstack([on_sessions(part, sessions) for part in parts]).T


def stored_plan(database: Database, record: SweepRecord, name: str) -> SweepPlan:
    """A recorded sweep as a plan again. Raises DataError where its bars have changed."""
    path = Path(name)
    portfolio = LoadedPortfolio(
        parse(PortfolioConfig, record.portfolio_json, name),
        tuple(parse(StrategyConfig, each, name) for each in record.strategies_json),
        path,
    )
    axes = {
        tuple(axis["keys"]): Span(axis["low"], axis["high"])
        if "low" in axis
        else [row[0] if len(axis["keys"]) == 1 else tuple(row) for row in axis["values"]]
        for axis in record.axes
    }
    space = make_space(portfolio, axes)
    terms = SweepTerms.of(
        record.constraints, record.objective, sampler=record.sampler, purpose=record.purpose
    )
    config = portfolio.config
    period = Period(config.start, config.end, record.warm_up)
    series = read_bars_of(database, portfolio, space, period)
    plan = SweepPlan(portfolio, space, terms, series, record.warm_up)
    if sweep_record(plan, record.n_trials).bars_fingerprint != record.bars_fingerprint:
        raise DataError(
            f"{name}: its bars are no longer the ones it was tried on; sweep again to judge it"
        )
    return plan
