"""What each gate of a run cost: the signals that each rule stopped, and what they were worth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import nan

import numpy as np

from infrastructure.core.backtest import Backtest
from infrastructure.core.execution.records import REFUSAL_REASONS
from infrastructure.database.engine import Database
from infrastructure.errors import ConfigError
from infrastructure.research.refused_alone import (
    Outcomes,
    refused_alone,
    sessions_of,
    taken_in_the_run,
)
from infrastructure.research.sharing import SharedBook, shared_books
from infrastructure.strategy_management.stored_run import StoredRun, load_run, rerun
from infrastructure.strategy_management.trial_ledger import TrialLedger
from infrastructure.trade_metrics.bootstrap import bootstrap_intervals

CONFIDENCE = 0.95
RESAMPLES = 2_000
_FEWEST = 2
"""Trades and sessions below which there is no interval."""


@dataclass(frozen=True)
class Gate:
    """What one rule stopped.

    rule: a refusal's reason, or "taken" for the trades of the run themselves.
    stopped: signals; of "taken", none.
    taken: how many of them are trades when taken alone at the size asked; measured: those of them
    that have an R, for they had a stop.
    why_not: for the others, how many there are by the reason that refused them then, too.
    won: trades with a net P&L above zero. money: their net P&L together.
    mean_r, sum_r: of the realised R; low, high: the interval of mean_r at CONFIDENCE, BCa over
    resampled sessions. NaN: not defined, as without a stop, or with too few.
    """

    rule: str
    stopped: int
    taken: int
    measured: int
    why_not: Mapping[str, int]
    won: int
    money: float
    mean_r: float
    low: float
    high: float
    sum_r: float

    @property
    def effect(self) -> str:
        """`cost` or `saved` where the interval leaves out zero, else `unclear`."""
        if self.low > 0.0:
            return "cost"
        return "saved" if self.high < 0.0 else "unclear"


@dataclass(frozen=True)
class BookGates:
    """The gates of one strategy: its trades, the rules that stopped it, and what sharing cost."""

    taken: Gate
    rules: tuple[Gate, ...]
    sharing: SharedBook


@dataclass(frozen=True)
class Gates:
    """What each gate of a run cost; rules that stopped most signals first.

    taken: the run's own trades. books: in the portfolio's order. first_session, last_session: days
    since 1970. differences: in what the run is no longer the one that was stored, in words.
    """

    run_id: int
    title: str
    execution_date: datetime
    synthetic: bool
    first_session: int
    last_session: int
    taken: Gate
    rules: tuple[Gate, ...]
    books: tuple[BookGates, ...]
    differences: tuple[str, ...]


def gates_of_run(
    database: Database, run: StoredRun | int, progress: Callable[[str], None] | None = None
) -> Gates:
    """The gates of a run of the ledger, which is simulated again; nothing is written.

    run: or its number. progress: told each step in a few words.
    Raises ConfigError where there is no such run, it is a walk forward, which is no run of one
    configuration, or it refused no signal; and what `rerun` raises.
    """
    stored = run if isinstance(run, StoredRun) else load_run(database, run)
    if TrialLedger(database).folds(stored.run_id):
        raise ConfigError(
            f"{stored.where}: is a walk forward, whose tests had other parameters each; expected a "
            "run of one configuration: `kairos run` one of its tests"
        )
    again = rerun(database, stored, progress)
    if progress:
        progress("refused signals, each alone")
    return gates_of(stored, again.backtest, again.differences)


def gates_of(stored: StoredRun, backtest: Backtest, differences: tuple[str, ...] = ()) -> Gates:
    """The gates of a backtest of that run. Raises ConfigError where no signal was refused."""
    if not len(backtest.simulation.refusals):
        n_trades = len(backtest.simulation.trades)
        raise ConfigError(
            f"{stored.where}: no signal was refused: each of its {n_trades:,} became a trade, and "
            "no gate cost anything"
        )
    refused, taken = refused_alone(backtest), taken_in_the_run(backtest)
    sessions = sessions_of(backtest.simulation)
    own, rules = _gate("taken", taken, len(sessions)), _rules(refused, len(sessions))
    books = []
    for number, sharing in enumerate(shared_books(backtest)):
        parts = own, rules
        if len(backtest.books) > 1:
            of_book = taken.where(taken.book == number), refused.where(refused.book == number)
            parts = _gate("taken", of_book[0], len(sessions)), _rules(of_book[1], len(sessions))
        books.append(BookGates(*parts, sharing))
    return Gates(
        run_id=stored.run_id,
        title=stored.portfolio.portfolio_name,
        execution_date=stored.execution_date,
        synthetic=backtest.synthetic,
        first_session=int(sessions[0]),
        last_session=int(sessions[-1]),
        taken=own,
        rules=rules,
        books=tuple(books),
        differences=differences,
    )


def _rules(refused: Outcomes, n_sessions: int) -> tuple[Gate, ...]:
    """A gate for each reason, the commonest first."""
    counts = np.bincount(refused.reason, minlength=len(REFUSAL_REASONS))
    return tuple(
        _gate(REFUSAL_REASONS[code], refused.where(refused.reason == code), n_sessions)
        for code in np.argsort(-counts, kind="stable")
        if counts[code]
    )


def _gate(rule: str, signals: Outcomes, n_sessions: int) -> Gate:
    trades = signals.where(signals.taken)
    known = trades.r[~np.isnan(trades.r)]
    reasons, counts = np.unique(signals.why_not[~signals.taken], return_counts=True)
    low, high = _interval(trades, n_sessions)
    return Gate(
        rule=rule,
        stopped=int(np.count_nonzero(signals.reason >= 0)),
        taken=len(trades.taken),
        measured=len(known),
        why_not={REFUSAL_REASONS[code]: int(n) for code, n in zip(reasons, counts, strict=True)},
        won=int(np.count_nonzero(trades.net_pnl > 0)),
        money=float(trades.net_pnl.sum()),
        mean_r=float(known.mean()) if len(known) else nan,
        low=low,
        high=high,
        sum_r=float(known.sum()) if len(known) else nan,
    )


def _interval(trades: Outcomes, n_sessions: int) -> tuple[float, float]:
    """The interval of the mean R: sessions are resampled, with every trade that ended in them."""
    if np.count_nonzero(~np.isnan(trades.r)) < _FEWEST or n_sessions < _FEWEST:
        return nan, nan
    found = bootstrap_intervals(
        np.zeros(n_sessions), trades.r, trades.session, 1.0,
        confidence=CONFIDENCE, n_resamples=RESAMPLES,
    )["mean_r"]  # fmt: skip
    return found.low, found.high
