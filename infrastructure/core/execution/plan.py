"""What a simulation is asked to do: books with their bars and signals, and the account's terms."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from infrastructure.core.config import PortfolioConfig, StrategyConfig
from infrastructure.core.signals import Signals
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.sessions.session_calendar import SessionCalendar
from infrastructure.risk_management.costs import Costs
from infrastructure.risk_management.terms import CostTerms, RiskLimits


@dataclass(frozen=True, eq=False)
class Lane:
    """One symbol of one book: the smallest thing that holds a position.

    detail: finer bars of the same symbol for `fill_policy: detail`, or None.
    warm_up: the bars right before, or None: nothing is traded on them, and ATR knows them.
    """

    bars: Bars
    signals: Signals
    detail: Bars | None = None
    warm_up: Bars | None = None


@dataclass(frozen=True, eq=False)
class Book:
    """One strategy's share of the account: its rules, and a lane for each symbol, in order."""

    config: StrategyConfig
    allocation_percentage: float
    lanes: tuple[Lane, ...]


Parts = Sequence[Sequence[Book]]
"""The same books in consecutive parts of time: each part has its own bars, signals and rules."""


@dataclass(frozen=True)
class AccountTerms:
    """The account that the books share.

    calendar: whose sessions are the account's days; None takes each bar's own session.
    exit_slippage_bps: slippage of exits where it differs from `costs.slippage_bps`; None: the same.
    """

    total_capital: float
    risk: RiskLimits
    costs: CostTerms = field(default_factory=Costs)
    lot_size: float = 1.0
    fill_policy: str = "stop_first"
    calendar: SessionCalendar | None = None
    exit_slippage_bps: float | None = None

    @classmethod
    def of(cls, portfolio: PortfolioConfig, calendar: SessionCalendar) -> "AccountTerms":
        """Those that a portfolio's config describes."""
        return cls(
            portfolio.total_capital,
            portfolio.risk,
            portfolio.costs,
            portfolio.lot_size,
            portfolio.fill_policy,
            calendar,
        )
