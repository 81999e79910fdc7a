"""What only a simulation can tell of a run: buy and hold on its bars, and twice the slippage."""

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.backtest import Backtest, run_backtest
from infrastructure.core.execution.plan import Book
from infrastructure.research.judging.evidence import Column, Outcome, SlippageTest
from infrastructure.research.judging.thresholds import ASSUMED_SLIPPAGE_BPS
from infrastructure.risk_management.costs import Costs


def buy_and_hold(books: Sequence[Book], sessions: NDArray[np.int64]) -> Column:
    """Session returns of holding what the books trade, fractions of the account, (n_sessions,).

    Each book's share is spread evenly over its symbols, bought at their first open, and held
    through every close; capital that no book has stays idle. sessions: the account's, days since
    1970, increasing. Costs are left out: one purchase.
    """
    value = np.full(len(sessions), 1.0)
    for book in books:
        share = book.allocation_percentage / 100.0 / len(book.lanes)
        for lane in book.lanes:
            bars = lane.bars
            last = np.searchsorted(bars.session, sessions, side="right") - 1
            grown = bars.close[np.maximum(last, 0)] / bars.open[0] - 1.0
            value += share * np.where(last >= 0, grown, 0.0)
    return value / np.concatenate(([1.0], value[:-1])) - 1.0


def doubled_bps(paid: float) -> float:
    """Twice the slippage, or ASSUMED_SLIPPAGE_BPS where there was none; basis points."""
    return 2.0 * paid or ASSUMED_SLIPPAGE_BPS


def with_doubled_slippage(backtest: Backtest) -> SlippageTest:
    """The same signals with `doubled_bps` of slippage."""
    costs = {each.name: getattr(backtest.terms.costs, each.name) for each in fields(Costs)}
    paid = float(costs["slippage_bps"])
    tested = doubled_bps(paid)
    terms = replace(backtest.terms, costs=Costs(**{**costs, "slippage_bps": tested}))
    again = run_backtest(backtest.books, terms, backtest.sessions_per_year)
    return SlippageTest(paid, tested, Outcome.of(again.metrics))
