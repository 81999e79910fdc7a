"""A backtest: a simulation that VectorBT has confirmed, and its figures both ways."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from infrastructure import log
from infrastructure.core.execution.accounting import check_accounting
from infrastructure.core.execution.parts import join_parts, part_of
from infrastructure.core.execution.plan import AccountTerms, Book, Parts
from infrastructure.core.execution.records import AMBIGUITY, EXIT_REASONS, REFUSAL_REASONS
from infrastructure.core.execution.simulate import Simulation, simulate, simulate_in_parts
from infrastructure.core.trade_table import (
    Columns,
    metric_columns,
    order_table,
    refusal_table,
    trade_table,
)
from infrastructure.trade_metrics.trade_metrics import TradeMetrics
from infrastructure.trade_metrics.trade_statistics import bars_in_market

if TYPE_CHECKING:
    import vectorbt as vbt

BOTH_WAYS = ("stop_first", "target_first")
"""The fill policies between which the truth of an ambiguous bar lies."""


@dataclass(frozen=True, eq=False)
class Backtest:
    """What a run found out. Books are numbered from 0, in the portfolio's order.

    sessions_per_year: of the account's calendar, for annualised figures.
    accounting_difference: the largest difference between Kairos's books and VectorBT's, money.
    parts: those of time that the books were joined of, each with rules and signals of its own, as
    in a walk forward; none: the books are the whole.
    """

    books: tuple[Book, ...]
    terms: AccountTerms
    simulation: Simulation
    sessions_per_year: float
    accounting_difference: float
    parts: Parts = ()

    @cached_property
    def both_ways(self) -> "dict[str, Backtest]":
        """The same run under each of BOTH_WAYS, where any trade was ambiguous; else empty."""
        if not self.simulation.trades["ambiguous"].any():
            return {}
        return {
            policy: self
            if policy == self.terms.fill_policy
            else run_in_parts(
                self._parts, replace(self.terms, fill_policy=policy), self.sessions_per_year
            )
            for policy in BOTH_WAYS
        }

    @cached_property
    def trades(self) -> Columns:
        """Every trade's figures; see trade_table."""
        return trade_table(self.books, self.simulation)

    @cached_property
    def orders(self) -> Columns:
        """Every filled order; see order_table."""
        return order_table(self.books, self.simulation)

    @cached_property
    def refusals(self) -> Columns:
        """Every refused signal; see refusal_table."""
        return refusal_table(self.books, self.simulation)

    @cached_property
    def metrics(self) -> TradeMetrics:
        """The account's figures."""
        return self._metrics(None)

    @cached_property
    def book_metrics(self) -> tuple[TradeMetrics, ...]:
        """Each book's figures."""
        return tuple(self._metrics(book) for book in range(len(self.books)))

    @cached_property
    def portfolio(self) -> "vbt.Portfolio":
        """VectorBT's own Portfolio of the same orders, with its plots and statistics."""
        from infrastructure.core.vbt_portfolio import vectorbt_portfolio

        return vectorbt_portfolio(self.books, self.simulation, self.sessions_per_year)

    @property
    def synthetic(self) -> bool:
        """Whether any bar was made up: then no figure says anything about a market."""
        return any(lane.bars.synthetic for book in self.books for lane in book.lanes)

    def undecided(self, book: int | None = None) -> int:
        """Ambiguous trades that no finer bar decided (None: of the account)."""
        trades = self.simulation.trades
        unsure = trades["ambiguous"] == AMBIGUITY.index("undecided")
        return int(np.count_nonzero(unsure if book is None else unsure & (trades["book"] == book)))

    def without_detail(self) -> list[str]:
        """Series such as `QQQ 30m` for which the policy `detail` found no finer bars."""
        if self.terms.fill_policy != "detail":
            return []
        lanes = [lane for book in self.books for lane in book.lanes if lane.detail is None]
        return list(dict.fromkeys(f"{lane.bars.symbol} {lane.bars.interval}" for lane in lanes))

    def doubtful_targets(self) -> int:
        """Targets met in the bar of their own limit entry, inside that bar.

        The price may have been there before the fill; the bar cannot tell.
        """
        bars = [lane.bars for book in self.books for lane in book.lanes]
        trades = self.simulation.trades
        target = EXIT_REASONS.index("target")
        suspects = trades[
            (trades["exit_reason"] == target) & (trades["entry_bar"] == trades["exit_bar"])
        ]
        parts = part_of(self._parts, suspects["lane"], suspects["signal_bar"])
        count = 0
        for trade, part in zip(suspects, parts, strict=True):
            entry = self._parts[part][trade["book"]].config.entry
            at_open = trade["entry_price"] == bars[trade["lane"]].open[trade["entry_bar"]]
            count += entry.type == "limit" and not at_open
        return count

    def refusal_counts(self, book: int | None = None) -> dict[str, int]:
        """How many signals each reason refused, the commonest first (None: of the account)."""
        refusals = self.simulation.refusals
        if book is not None:
            refusals = refusals[refusals["book"] == book]
        reasons = refusals["reason"]
        counts = np.bincount(reasons, minlength=len(REFUSAL_REASONS))
        order = np.argsort(-counts, kind="stable")
        return {REFUSAL_REASONS[code]: int(counts[code]) for code in order if counts[code]}

    @property
    def _parts(self) -> Parts:
        return self.parts or (self.books,)

    def _metrics(self, book: int | None) -> TradeMetrics:
        simulation, trades = self.simulation, self.simulation.trades
        if book is None:
            chosen: slice | np.ndarray = slice(None)
            equity, start = simulation.account_equity, simulation.total_capital
        else:
            chosen = trades["book"] == book
            equity = np.ascontiguousarray(simulation.book_equity[:, book])
            start = float(simulation.book_start[book])
        lanes = [lane for each in self.books for lane in each.lanes]
        return TradeMetrics.from_columns(
            **metric_columns(self.trades, chosen),
            timeline=simulation.timeline,
            session=simulation.row_session,
            equity=equity,
            starting_capital=start,
            sessions_per_year=self.sessions_per_year,
            bars_in_market=bars_in_market(trades["entry_row"][chosen], trades["exit_row"][chosen]),
            started_at=min(int(lane.bars.timestamp[0]) for lane in lanes),
        )


def run_backtest(
    books: Sequence[Book], terms: AccountTerms, sessions_per_year: float = 252.0
) -> Backtest:
    """Simulate, and let VectorBT's engine account for the orders again.

    Raises AccountingError where the two accounts differ by more than a cent at any row.
    """
    began = perf_counter()
    simulation = simulate(books, terms)
    difference = _confirmed(books, simulation, perf_counter() - began)
    return Backtest(tuple(books), terms, simulation, sessions_per_year, difference)


def run_in_parts(parts: Parts, terms: AccountTerms, sessions_per_year: float = 252.0) -> Backtest:
    """One account through all parts, by the rules of each; accounted twice, as one run."""
    began = perf_counter()
    simulation = simulate_in_parts(parts, terms)
    books = join_parts(parts)
    difference = _confirmed(books, simulation, perf_counter() - began)
    return Backtest(books, terms, simulation, sessions_per_year, difference, parts)


def _confirmed(books: Sequence[Book], simulation: Simulation, seconds: float) -> float:
    """The accounting's largest difference, money; what was simulated, and confirmed, is logged."""
    log.event(
        "simulated",
        trades=len(simulation.trades),
        refusals=len(simulation.refusals),
        seconds=round(seconds, 4),
    )
    difference = check_accounting(books, simulation)
    log.event("accounting confirmed", difference=float(difference))
    return difference
