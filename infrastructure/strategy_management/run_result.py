"""RunResult: a stored run, for reports."""

from dataclasses import dataclass
from datetime import datetime

from infrastructure.core.backtest import Backtest
from infrastructure.core.config import PortfolioConfig, StrategyConfig
from infrastructure.strategy_management.audited_code import AuditedCode


@dataclass(frozen=True, eq=False)
class RunResult:
    """A run as the ledger has it; strategies are in the portfolio's order.

    execution_date: when it ran, UTC. stored_in: the database's name.
    strategies: with every parameter spelt out, defaults included. code: of each, and its audit;
    empty where nobody asked.
    """

    run_id: int
    execution_date: datetime
    stored_in: str
    portfolio: PortfolioConfig
    strategies: tuple[StrategyConfig, ...]
    strategy_ids: tuple[int, ...]
    backtest: Backtest
    code: tuple[AuditedCode, ...] = ()
