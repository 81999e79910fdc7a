"""Every refused signal of a run, simulated alone as if it had been taken at the size asked."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.backtest import Backtest
from infrastructure.core.execution.alone_signals import TakenAlone, taken_alone
from infrastructure.core.execution.plan import AccountTerms, Book
from infrastructure.core.execution.records import REFUSAL_REASONS
from infrastructure.core.execution.simulate import Simulation
from infrastructure.market_data.bars import Bars

_SESSION_END = REFUSAL_REASONS.index("session_end")
_RISK_BUDGET = REFUSAL_REASONS.index("risk_budget")
_OF_A_LOT = 1e-6
"""Lots in which a size below one lot is taken."""


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What signals brought, or would have; every column has shape (n_signals,).

    book: from 0, in the portfolio's order. reason: index of REFUSAL_REASONS, why each was refused.
    taken: whether it became a trade. why_not: index of REFUSAL_REASONS where it did not, else -1.
    net_pnl: money after costs; r: realised R, NaN without a stop. Both 0 where there was no trade.
    session: row of `sessions` of the session in which the trade was closed; 0 where there is none.
    """

    book: NDArray[np.int64]
    reason: NDArray[np.int64]
    taken: NDArray[np.bool_]
    why_not: NDArray[np.int64]
    net_pnl: NDArray[np.float64]
    r: NDArray[np.float64]
    session: NDArray[np.int64]

    def where(self, rows: NDArray[np.bool_]) -> "Outcomes":
        """Some of them."""
        return Outcomes(**{name: column[rows] for name, column in vars(self).items()})


def sessions_of(simulation: Simulation) -> NDArray[np.int64]:
    """The account's sessions, days since 1970, in order."""
    return np.unique(simulation.row_session)


def taken_in_the_run(backtest: Backtest) -> Outcomes:
    """The run's own trades, beside which refused signals are judged."""
    simulation, trades = backtest.simulation, backtest.simulation.trades
    n_trades = len(trades)
    return Outcomes(
        book=trades["book"].copy(),
        reason=np.full(n_trades, -1),
        taken=np.ones(n_trades, np.bool_),
        why_not=np.full(n_trades, -1),
        net_pnl=trades["net_pnl"].copy(),
        r=_realised(trades),
        session=_session_rows(simulation, trades["exit_row"]),
    )


def refused_alone(backtest: Backtest) -> Outcomes:
    """Every refusal of the run, in the order of events.

    The size is what the strategy asks for with its book's equity at the signal's bar in the run.
    Refused `session_end`: the order goes to the next session, and the trade ends with that one.
    Refused `risk_budget`: less than a lot was asked for; that is taken, in millionths of a lot.
    """
    simulation = backtest.simulation
    refusals = simulation.refusals
    n_signals = len(refusals)
    found = Outcomes(
        book=refusals["book"].copy(),
        reason=refusals["reason"].copy(),
        taken=np.zeros(n_signals, np.bool_),
        why_not=np.full(n_signals, -1),
        net_pnl=np.zeros(n_signals),
        r=np.zeros(n_signals),
        session=np.zeros(n_signals, np.int64),
    )
    for lane, (number, place) in enumerate(_lanes(backtest.books)):
        bars = backtest.books[number].lanes[place].bars
        of_lane = refusals["lane"] == lane
        small = refusals["reason"] == _RISK_BUDGET
        for rows, terms in (
            (of_lane & ~small, backtest.terms),
            (of_lane & small, _in_small_lots(backtest.terms)),
        ):
            if rows.any():
                alone = _alone(backtest, number, place, refusals[rows], terms)
                found.taken[rows], found.why_not[rows] = alone.taken, alone.refused
                found.net_pnl[rows] = alone.trades["net_pnl"]
                found.r[rows] = np.where(alone.taken, _realised(alone.trades), 0.0)
                closed = _row_of(simulation, bars, alone.trades["exit_bar"])
                found.session[rows] = np.where(alone.taken, _session_rows(simulation, closed), 0)
    return found


def _lanes(books: tuple[Book, ...]) -> Iterator[tuple[int, int]]:
    """(book, lane of the book) of every lane of the run."""
    for number, book in enumerate(books):
        for place in range(len(book.lanes)):
            yield number, place


def _alone(
    backtest: Backtest, number: int, place: int, refusals: NDArray[Any], terms: AccountTerms
) -> TakenAlone:
    book, simulation = backtest.books[number], backtest.simulation
    row = _row_of(simulation, book.lanes[place].bars, refusals["signal_bar"])
    equity = simulation.book_equity[row, number]
    later = refusals["reason"] == _SESSION_END
    return taken_alone(
        book, place, refusals["signal_bar"], refusals["direction"], terms, equity, later
    )


def _in_small_lots(terms: AccountTerms) -> AccountTerms:
    return replace(terms, lot_size=terms.lot_size * _OF_A_LOT)


def _row_of(simulation: Simulation, bars: Bars, bar: NDArray[np.int64]) -> NDArray[np.int64]:
    """The timeline's row at which each bar was complete."""
    return np.searchsorted(simulation.timeline, bars.closes_at[bar])


def _session_rows(simulation: Simulation, row: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.searchsorted(sessions_of(simulation), simulation.row_session[row])


def _realised(trades: NDArray[Any]) -> NDArray[np.float64]:
    """R of each trade: net P&L over |entry - initial stop| x quantity; NaN without either."""
    risk = np.abs(trades["entry_price"] - trades["stop_price"]) * trades["quantity"]
    return np.divide(trades["net_pnl"], risk, out=np.full(len(trades), np.nan), where=risk > 0)
