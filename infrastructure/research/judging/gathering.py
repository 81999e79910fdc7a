"""The evidence on a stored run, gathered from the ledger and from its bars."""

from collections.abc import Mapping
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.database.engine import Database
from infrastructure.errors import KairosError
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.research.judging.evidence import Column, Evidence, Outcome, SlippageTest
from infrastructure.research.judging.recorded import neighbourhood, recorded_on
from infrastructure.research.judging.rerunning import (
    buy_and_hold,
    doubled_bps,
    with_doubled_slippage,
)
from infrastructure.research.judging.sampling import trials_on
from infrastructure.research.walking.rerunning import is_walk_forward, rerun_walk
from infrastructure.strategy_management.config_identity import config_identity
from infrastructure.strategy_management.simulating import Progress, silent
from infrastructure.strategy_management.stored_results import StoredResults, load_results
from infrastructure.strategy_management.stored_run import StoredRun, rerun
from infrastructure.strategy_management.trial_ledger import TrialLedger
from infrastructure.trade_metrics.sessions import session_returns

STEPS = ("the run again", "recorded trials", "judging")
"""What a verdict tells its progress."""

_WALKED = (
    "It is a walk forward: every test traded what its training had chosen, so its own trades were "
    "not chosen from; the trials counted here are those of the trainings and of other sweeps."
)


def evidence_of(
    database: Database, stored: StoredRun, seed: int = 0, progress: Progress | None = None
) -> Evidence:
    """Everything that a verdict on the run is made from; nothing is written.

    seed: of the sample of trials. What can no longer be simulated (bars or code are gone) is left
    out, with a remark. Raises StorageError.
    """
    tell = progress or silent
    tell(STEPS[0])
    results = load_results(database, stored.run_id)
    capital = stored.portfolio.total_capital
    sessions, returns, ruined = _returns(results, capital)
    kept, row = _exit_rows(results.exit_session, sessions, ruined)
    walked = bool(TrialLedger(database).folds(stored.run_id))
    hold, slippage, remarks = _simulated(database, stored, sessions, walked)
    tell(STEPS[1])
    identity = config_identity(stored.portfolio, stored.strategies)
    sweeps = recorded_on(database, stored)
    trials, unusable = trials_on(database, stored, sweeps, identity, seed)
    calendar = stored.portfolio.calendar_of(stored.strategies)
    return Evidence(
        run_id=stored.run_id,
        title=stored.portfolio.portfolio_name,
        synthetic=stored.synthetic,
        sessions=sessions,
        returns=returns,
        hold=hold,
        sessions_per_year=get_calendar(calendar, database).sessions_per_year,
        starting_capital=capital,
        net_pnl=results.net_pnl[kept],
        r=results.r[kept],
        r_session=row,
        own=_outcome(stored.figures),
        both_ways={
            policy: _outcome(figures)
            for policy, figures in stored.figures.get("both_ways", {}).items()
        },
        slippage=slippage,
        trials=trials,
        neighbourhood=None if walked else neighbourhood(database, sweeps, stored, identity),
        ruined=ruined,
        remarks=(*remarks, *unusable),
    )


def _returns(results: StoredResults, capital: float) -> tuple[NDArray[np.int64], Column, bool]:
    """Sessions and their returns, up to the one that left nothing, and whether one did."""
    returns = session_returns(results.equity, capital)
    gone = np.flatnonzero(results.equity <= 0.0)
    last = int(gone[0]) + 1 if len(gone) else len(returns)
    return results.sessions[:last], returns[:last], bool(len(gone))


def _exit_rows(
    exit_session: NDArray[np.int64], sessions: NDArray[np.int64], ruined: bool
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Trades that count, and the row of the session in which each of them was closed.

    A trade of a symbol whose day is none of the account's counts in the account's next one.
    """
    if not len(sessions):
        return np.zeros(len(exit_session), np.bool_), np.empty(0, np.int64)
    kept = exit_session <= sessions[-1] if ruined else np.ones(len(exit_session), np.bool_)
    row = np.searchsorted(sessions, exit_session[kept])
    return kept, np.minimum(row, len(sessions) - 1)


def _simulated(
    database: Database, stored: StoredRun, sessions: NDArray[np.int64], walked: bool
) -> tuple[Column | None, SlippageTest | None, tuple[str, ...]]:
    """Buy and hold, twice the slippage, and remarks. A walk forward is no run of one config."""
    if walked and is_walk_forward(stored):
        return _walked_again(database, stored, sessions)
    try:
        again = rerun(database, stored)
    except KairosError as error:
        return None, None, (f"The run cannot be simulated again: {error}.",)
    hold = buy_and_hold(again.backtest.books, sessions)
    if walked:
        return hold, None, (_WALKED,)
    changed = tuple(f"No longer the run that was stored: {each}." for each in again.differences)
    return hold, with_doubled_slippage(again.backtest), changed


def _walked_again(
    database: Database, stored: StoredRun, sessions: NDArray[np.int64]
) -> tuple[Column | None, SlippageTest | None, tuple[str, ...]]:
    """The same of a walk forward: its tests are traded again by what they chose."""
    try:
        again = rerun_walk(database, stored)
        costs = stored.portfolio.costs
        tested = doubled_bps(costs.slippage_bps)
        dearer = {**costs.model_dump(mode="json"), "slippage_bps": tested}
        twice = rerun_walk(database, stored, costs=dearer)
    except KairosError as error:
        return None, None, (f"The walk forward cannot be traded again: {error}.",)
    slippage = SlippageTest(costs.slippage_bps, tested, Outcome.of(twice.backtest.metrics))
    return buy_and_hold(again.backtest.books, sessions), slippage, (_WALKED,)


def _outcome(figures: Mapping[str, Any]) -> Outcome:
    names = ("net_profit_pct", "expectancy_r", "sharpe")
    return Outcome(*(nan if figures.get(name) is None else figures[name] for name in names))
