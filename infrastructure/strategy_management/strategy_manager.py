"""StrategyManager: runs every strategy of a portfolio on one account and stores the run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infrastructure.core.backtest import run_backtest
from infrastructure.core.bars_reader import BarsReader
from infrastructure.core.config import (
    CostsConfig,
    PortfolioConfig,
    RiskConfig,
    StrategyConfig,
    parse,
)
from infrastructure.core.execution.plan import AccountTerms, Book
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.database.engine import Database, open_database
from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.risk_management.risk_manager import RiskManager
from infrastructure.strategy_management.audited_code import audited_code
from infrastructure.strategy_management.ledger_rows import run_record
from infrastructure.strategy_management.run_result import RunResult
from infrastructure.strategy_management.stop_table import check_stop_table
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from infrastructure.strategy_management.strategy_loader import (
    LoadedPortfolio,
    StrategyLoader,
    strategy_named,
)
from infrastructure.strategy_management.strategy_registry import strategy_class

Progress = Callable[[str], None]

SIMULATING, STORING = "simulating", "storing"
"""The last two steps that a run tells its progress; before them, one for each strategy."""


@dataclass(frozen=True)
class _Share:
    strategy: VectorBTStrategy
    allocation_percentage: float
    reference: str  # how the portfolio's config names it
    file: str = ""  # its config's, as a command takes it


class StrategyManager:
    """One portfolio: from its JSON, or code first.

        StrategyManager("backtest_config/portfolios/single_qqq.json").run_all()

        manager = StrategyManager(total_capital=100_000, risk_manager=RiskManager(0.5, -2.0))
        manager.add_strategy(TightCandleStrategy(symbols=["QQQ"], interval="30m"), 40)
        manager.run_all()

    portfolio: a config file's path, or what StrategyLoader made of one; None: code first, with
    the keys of a portfolio config (`account_id=`, `lot_size=`, `start=` ...) as keywords.
    From JSON such keywords replace the file's values.
    db_path: path or URL of the database; None: the risk manager's, KAIROS_DB, else kairos.db.
    """

    def __init__(
        self,
        portfolio: str | Path | LoadedPortfolio | None = None,
        *,
        db_path: str | Path | None = None,
        risk_manager: RiskManager | None = None,
        **settings: Any,
    ) -> None:
        if isinstance(portfolio, str | Path):
            portfolio = StrategyLoader().load_portfolio(portfolio)
        self._where = portfolio.path.name if portfolio else "portfolio"
        self._db_path = db_path or (risk_manager.db_path if risk_manager else None)
        self._settings = {**_risk_settings(risk_manager), **settings}
        self._shares: list[_Share] = []
        if portfolio:
            given = portfolio.config.model_dump(mode="json")
            self._settings = {**given, **self._settings}
            for config, share, path in zip(
                portfolio.strategies,
                portfolio.config.strategies,
                portfolio.strategy_paths,
                strict=True,
            ):
                self._add(config, share.allocation_percentage, share.strategy, strategy_named(path))

    def add_strategy(
        self, strategy: VectorBTStrategy | StrategyConfig, allocation_percentage: float
    ) -> None:
        """Give a strategy its book: `allocation_percentage` percent of the capital.

        Its own risk manager, capital and dates do not apply here: the account's do.
        """
        if not isinstance(strategy, VectorBTStrategy | StrategyConfig):
            raise ConfigError(
                "add_strategy: expected a strategy such as MyStrategy(symbols=[...], ...), or a "
                f"StrategyConfig; found {strategy!r}"
            )
        config = strategy if isinstance(strategy, StrategyConfig) else strategy.config
        self._add(strategy, allocation_percentage, config.strategy_name)

    @property
    def portfolio(self) -> PortfolioConfig:
        """The portfolio as it will run. Raises ConfigError."""
        settings = {"portfolio_name": "portfolio", **self._settings}
        settings["strategies"] = [
            {"strategy": share.reference, "allocation_percentage": share.allocation_percentage}
            for share in self._shares
        ]
        return parse(PortfolioConfig, settings, self._where)

    def run_all(self, progress: Progress | None = None) -> RunResult:
        """Run every strategy on the one account and store the run, whole or not at all.

        progress: told each step in a few words.
        Raises ConfigError, DataError, StrategyError, StorageError or AccountingError.
        """
        portfolio = self.portfolio
        database = open_database(self._db_path)
        try:
            return self._run(portfolio, database, progress or _silent)
        finally:
            database.close()

    def _run(self, portfolio: PortfolioConfig, database: Database, progress: Progress) -> RunResult:
        executed = datetime.now(UTC)
        configs = tuple(share.strategy.config for share in self._shares)
        calendar = get_calendar(portfolio.calendar or configs[0].calendar, database)
        terms = AccountTerms(
            portfolio.total_capital,
            portfolio.risk,
            portfolio.costs,
            portfolio.lot_size,
            portfolio.fill_policy,
            calendar,
        )
        books = self._books(portfolio, database, progress)
        progress(SIMULATING)
        backtest = run_backtest(books, terms, calendar.sessions_per_year)
        progress(STORING)
        classes = [(type(share.strategy), share.file) for share in self._shares]
        code = audited_code(database, classes)
        record = run_record(portfolio, backtest, executed, code)
        creation = StrategyCreation(database)
        run_id = creation.save_run(record)
        ids = tuple(creation.create_strategy(config) for config in configs)
        return RunResult(run_id, executed, database.name, portfolio, configs, ids, backtest, code)

    def _books(
        self, portfolio: PortfolioConfig, database: Database, progress: Progress
    ) -> list[Book]:
        reader = BarsReader(database, portfolio.start, portfolio.end)
        books = []
        for share in self._shares:
            progress(f"{share.strategy.config.strategy_name}: bars and signals")
            detail = portfolio.fill_policy == "detail"
            try:
                book = share.strategy.book(share.allocation_percentage, reader, detail)
            except DataError as error:
                raise DataError(f"{self._where}: {share.reference}: {error}") from error
            check_stop_table(book)
            books.append(book)
        return books

    def _add(
        self,
        strategy: VectorBTStrategy | StrategyConfig,
        allocation_percentage: float,
        reference: str,
        file: str = "",
    ) -> None:
        if isinstance(strategy, StrategyConfig):
            where = self._where
            strategy = strategy_class(strategy.class_name, where=where)(strategy, where=where)
        self._shares.append(_Share(strategy, allocation_percentage, reference, file))


def _risk_settings(manager: RiskManager | None) -> dict[str, Any]:
    """A RiskManager's policy as the keys of a portfolio config."""
    if manager is None:
        return {}
    return {
        "risk": {name: getattr(manager, name) for name in RiskConfig.model_fields},
        "costs": {name: getattr(manager.costs, name) for name in CostsConfig.model_fields},
        "lot_size": manager.lot_size,
    }


def _silent(step: str) -> None:
    pass
