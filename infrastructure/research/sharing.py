"""What sharing one account cost each book, against running alone with the same money."""

from dataclasses import dataclass, replace

from infrastructure.core.backtest import Backtest, run_backtest
from infrastructure.trade_metrics.trade_metrics import TradeMetrics


@dataclass(frozen=True)
class BookFigures:
    """net_profit: money. mean_r: R a trade. max_drawdown_pct: percent. NaN: not defined."""

    net_profit: float
    trades: int
    mean_r: float
    max_drawdown_pct: float

    def minus(self, other: "BookFigures") -> "BookFigures":
        """The difference of each figure."""
        return BookFigures(
            self.net_profit - other.net_profit,
            self.trades - other.trades,
            self.mean_r - other.mean_r,
            self.max_drawdown_pct - other.max_drawdown_pct,
        )


@dataclass(frozen=True)
class SharedBook:
    """A book inside the account, and alone.

    alone: on an account of its own that begins with the book's share of the capital, under the same
    risk settings: the day's limit is then percent of that share, and a cap on positions its own.
    """

    strategy_name: str
    capital: float
    shared: BookFigures
    alone: BookFigures

    @property
    def difference(self) -> BookFigures:
        """Shared less alone: what sharing brought, below zero what it cost."""
        return self.shared.minus(self.alone)


def shared_books(backtest: Backtest) -> tuple[SharedBook, ...]:
    """Each book of a run, in the portfolio's order, simulated alone too."""
    return tuple(_shared_book(backtest, number) for number in range(len(backtest.books)))


def _shared_book(backtest: Backtest, number: int) -> SharedBook:
    book, capital = backtest.books[number], float(backtest.simulation.book_start[number])
    alone = run_backtest(
        [replace(book, allocation_percentage=100.0)],
        replace(backtest.terms, total_capital=capital),
        backtest.sessions_per_year,
    )
    return SharedBook(
        book.config.strategy_name,
        capital,
        _figures(backtest.book_metrics[number]),
        _figures(alone.metrics),
    )


def _figures(metrics: TradeMetrics) -> BookFigures:
    return BookFigures(
        metrics.net_profit, metrics.trades, metrics.expectancy_r, metrics.max_drawdown_pct
    )
