"""StrategyManager: runs every strategy of a portfolio on one account and stores the run."""

from pathlib import Path
from typing import Any

from infrastructure import log
from infrastructure.core.config import (
    CostsConfig,
    PortfolioConfig,
    RiskConfig,
    StrategyConfig,
    parse,
)
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.database.engine import Database, open_database
from infrastructure.errors import ConfigError
from infrastructure.risk_management.risk_manager import RiskManager
from infrastructure.strategy_management.audited_code import audited_code
from infrastructure.strategy_management.evidence import RunStart
from infrastructure.strategy_management.ledger_rows import run_record
from infrastructure.strategy_management.run_result import RunResult
from infrastructure.strategy_management.simulating import (
    Progress,
    Share,
    configured_strategy,
    simulated,
)
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from infrastructure.strategy_management.strategy_loader import (
    LoadedPortfolio,
    StrategyLoader,
    strategy_named,
)

STORING = "storing"
"""The last step that a run tells its progress, after those of the simulation."""


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
        self._shares: list[Share] = []
        if portfolio:
            given = portfolio.config.model_dump(mode="json")
            self._settings = {**given, **self._settings}
            files = [strategy_named(path) for path in portfolio.strategy_paths]
            for place, (config, share) in enumerate(
                zip(portfolio.strategies, portfolio.config.strategies, strict=True)
            ):
                file = files[place] if files else ""
                where = portfolio.strategy_paths[place].name if files else self._where
                strategy = configured_strategy(config, where)
                self._add(strategy, share.allocation_percentage, share.strategy, file)

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
            return self._run(portfolio, database, progress)
        finally:
            database.close()

    def _run(
        self, portfolio: PortfolioConfig, database: Database, progress: Progress | None
    ) -> RunResult:
        began = RunStart()
        with log.bound(run=began.key):
            log.event("run begun", portfolio=portfolio.portfolio_name)
            configs = tuple(share.strategy.config for share in self._shares)
            backtest = simulated(portfolio, self._shares, database, self._where, progress)
            if progress:
                progress(STORING)
            classes = [(type(share.strategy), share.file) for share in self._shares]
            code = audited_code(database, classes)
            record = run_record(portfolio, backtest, began, code)
            creation = StrategyCreation(database)
            run_id = creation.save_run(record)
            ids = tuple(creation.create_strategy(config) for config in configs)
        return RunResult(
            run_id, began.executed, database.name, portfolio, configs, ids, backtest, code
        )

    def _add(
        self,
        strategy: VectorBTStrategy | StrategyConfig,
        allocation_percentage: float,
        reference: str,
        file: str = "",
    ) -> None:
        if isinstance(strategy, StrategyConfig):
            strategy = configured_strategy(strategy, self._where)
        self._shares.append(Share(strategy, allocation_percentage, reference, file))


def _risk_settings(manager: RiskManager | None) -> dict[str, Any]:
    """A RiskManager's policy as the keys of a portfolio config."""
    if manager is None:
        return {}
    return {
        "risk": {name: getattr(manager, name) for name in RiskConfig.model_fields},
        "costs": {name: getattr(manager.costs, name) for name in CostsConfig.model_fields},
        "lot_size": manager.lot_size,
    }
