"""The tests of a walk forward: each fold's book, and one account through all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.backtest import Backtest, run_in_parts
from infrastructure.core.bars_reader import BarsReader, Spans
from infrastructure.core.dated_books import book_between
from infrastructure.core.execution.plan import AccountTerms, Book
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.database.engine import Database
from infrastructure.errors import DataError
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.sessions.session_calendar import SessionCalendar, day_number
from infrastructure.strategy_management.stop_table import check_stop_table
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio

Strategies = Sequence[VectorBTStrategy]


@dataclass(frozen=True, eq=False)
class Unseen:
    """One test: its first and last session, and what trades them; no strategies: nothing does."""

    start: date
    end: date
    strategies: Strategies


class Account:
    """The account of a walk forward: the portfolio's, on stored bars.

    portfolio: with every parameter spelt out. base: its strategies. warm_up: how many bars before
    a test strategies see; None: all that are stored. spans: of a stored run, see BarsReader.
    """

    def __init__(
        self,
        database: Database,
        portfolio: LoadedPortfolio,
        base: Strategies,
        warm_up: int | None = None,
        spans: Spans | None = None,
    ) -> None:
        self.portfolio, self.base, self.warm_up = portfolio, base, warm_up
        self.calendar: SessionCalendar = get_calendar(portfolio.calendar, database)
        self._reader = BarsReader(database, None, portfolio.config.end, spans)
        self._series = self._read()

    def sessions(self) -> NDArray[np.int64]:
        """The account's sessions that have bars and lie in the portfolio's dates, (n,)."""
        days = np.unique(np.concatenate([self._days(bars) for bars in self._series]))
        start = self.portfolio.config.start
        return days if start is None else days[days >= day_number(start)]

    def bars_before(self, day: date) -> int:
        """How many bars lie before a date, of the symbol that has most, within the warm-up."""
        before = max(
            int(np.searchsorted(self._days(bars), day_number(day))) for bars in self._series
        )
        return before if self.warm_up is None else min(before, self.warm_up)

    def trade(self, tests: Sequence[Unseen]) -> Backtest:
        """One account through all tests; its books have the configs of the base.

        A test without strategies enters nothing, and what is open is left by the exit signals of
        the last ones that traded. Raises KairosError.
        """
        parts: list[list[Book]] = []
        held = self.base
        for test in tests:
            held = test.strategies or held
            books = [self._book(number, held[number], test) for number in range(len(self.base))]
            parts.append(books if test.strategies else [_resting(book) for book in books])
        config = self.portfolio.config
        terms = AccountTerms.of(config, self.calendar)
        found = run_in_parts(parts, terms, self.calendar.sessions_per_year)
        books_of_base = tuple(
            replace(book, config=strategy.config)
            for book, strategy in zip(found.books, self.base, strict=True)
        )
        return replace(found, books=books_of_base)

    def _book(self, number: int, strategy: VectorBTStrategy, test: Unseen) -> Book:
        config = self.portfolio.config
        book = book_between(
            strategy,
            config.strategies[number].allocation_percentage,
            self._reader,
            test.start,
            test.end,
            self.warm_up,
            self.calendar,
            detail=config.fill_policy == "detail",
        )
        check_stop_table(book)
        return book

    def _read(self) -> list[Bars]:
        """Every series that the strategies trade."""
        found = []
        for strategy, share in zip(self.base, self.portfolio.config.strategies, strict=True):
            for symbol in strategy.config.symbols:
                try:
                    found.append(self._reader.bars(strategy.config, symbol))
                except DataError as error:
                    where = f"{self.portfolio.path.name}: {share.strategy}"
                    raise DataError(f"{where}: {error}") from error
        return found

    def _days(self, bars: Bars) -> NDArray[np.int64]:
        if bars.calendar == self.calendar.name:
            return bars.session
        return self.calendar.session_of(bars.timestamp)


def _resting(book: Book) -> Book:
    """The book without entries."""
    lanes = tuple(replace(lane, signals=lane.signals.exits_only()) for lane in book.lanes)
    return replace(book, lanes=lanes)
