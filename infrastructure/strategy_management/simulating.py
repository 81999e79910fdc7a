"""A portfolio's strategies on one account: the one way from configs to a backtest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from infrastructure.core.backtest import Backtest, run_backtest
from infrastructure.core.bars_reader import BarsReader, Spans
from infrastructure.core.config import PortfolioConfig, StrategyConfig
from infrastructure.core.execution.plan import AccountTerms, Book
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.database.engine import Database
from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.strategy_management.stop_table import check_stop_table
from infrastructure.strategy_management.strategy_registry import strategy_class

Progress = Callable[[str], None]

SIMULATING = "simulating"
"""What a simulation tells its progress; before it, one step for each strategy."""


@dataclass(frozen=True)
class Share:
    """A strategy and its percent of the capital.

    reference: how the portfolio names it, for error lines. file: its config's, as a command takes
    it; "" where it has none.
    """

    strategy: VectorBTStrategy
    allocation_percentage: float
    reference: str
    file: str = ""


def configured_strategy(config: StrategyConfig, where: str) -> VectorBTStrategy:
    """The strategy that a config describes. Raises ConfigError, StrategyError."""
    return strategy_class(config.class_name, where=where).of_config(config, where)


def simulated(
    portfolio: PortfolioConfig,
    shares: Sequence[Share],
    database: Database,
    where: str,
    progress: Progress | None = None,
    spans: Spans | None = None,
) -> Backtest:
    """Every share's strategy on the portfolio's account; nothing is written.

    where: what error lines start with. progress: told each step in a few words. spans: see
    BarsReader.
    Raises ConfigError, DataError, StrategyError or AccountingError.
    """
    tell = progress or silent
    calendar = portfolio.calendar_of([share.strategy.config for share in shares])
    try:
        days = get_calendar(calendar, database)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from error
    reader = BarsReader(database, portfolio.start, portfolio.end, spans)
    books = _books(portfolio, shares, reader, where, tell)
    tell(SIMULATING)
    terms = AccountTerms.of(portfolio, days)
    return run_backtest(books, terms, days.sessions_per_year)


def _books(
    portfolio: PortfolioConfig,
    shares: Sequence[Share],
    reader: BarsReader,
    where: str,
    tell: Progress,
) -> list[Book]:
    detail = portfolio.fill_policy == "detail"
    books = []
    for share in shares:
        tell(f"{share.strategy.config.strategy_name}: bars and signals")
        try:
            book = share.strategy.book(share.allocation_percentage, reader, detail)
        except DataError as error:
            raise DataError(f"{where}: {share.reference}: {error}") from error
        check_stop_table(book)
        books.append(book)
    return books


def silent(step: str) -> None:
    """Nobody is told."""
