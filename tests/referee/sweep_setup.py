"""A random portfolio of the referee as a group of one configuration, for the laws of sweeps."""

from collections.abc import Sequence

import numpy as np

from infrastructure.core.execution.plan import AccountTerms, Book
from infrastructure.core.execution.simulate import account_terms
from infrastructure.core.signals import Signals
from infrastructure.core.sweeping.choices import Choices, Seen
from infrastructure.core.sweeping.configurations import Configurations
from infrastructure.core.sweeping.group import Group, GroupBook, GroupResult
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.market_data.bars import Bars

MOST_TRADES = 3_000


class Recorded(VectorBTStrategy):
    """Decides what the book's lanes decided; found again by the bars' symbol."""

    _given: dict[str, Signals]

    @classmethod
    def of(cls, book: Book) -> "Recorded":
        """A strategy that decides what this book's lanes did."""
        made = cls(book.config)
        made._given = {lane.bars.symbol: lane.signals for lane in book.lanes}
        assert len(made._given) == len(book.lanes)
        return made

    def generate_signals(self, bars: Bars) -> Signals:
        return self._given[bars.symbol]


def as_group(books: Sequence[Book], terms: AccountTerms) -> Group:
    """The books as a group whose strategies decide what the books' signals say."""
    group_books = [
        GroupBook(
            Recorded.of(book),
            book.allocation_percentage,
            tuple(Seen(lane.bars) for lane in book.lanes),
            tuple(lane.detail for lane in book.lanes),
        )
        for book in books
    ]
    return Group(group_books, terms, 252.0)


def run_one(group: Group) -> GroupResult:
    """The one configuration that the books' configs describe."""
    n_books = len(group.books)
    given = Configurations(
        rules=group.rules.reshape(1, -1),
        terms=account_terms(group.terms),
        term=np.zeros(1, np.int64),
        choices=[Choices((), [()])] * n_books,
        choice=np.zeros((1, n_books), np.int64),
    )
    return group.run(given, keep_returns=True, keep_trades=MOST_TRADES)
