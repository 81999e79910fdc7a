"""A run as the ledger keeps it, and the same run simulated again; nothing is written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select

from infrastructure.core.backtest import Backtest
from infrastructure.core.bars_reader import Spans
from infrastructure.core.config import PortfolioConfig, StrategyConfig, parse
from infrastructure.database.engine import Database
from infrastructure.database.models import (
    algo_strategies,
    backtest_runs,
    backtest_strategy_allocations,
)
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.sessions.session_calendar import date_of_day
from infrastructure.strategy_management.evidence_rows import stored_spans
from infrastructure.strategy_management.run_differences import (
    other_bars,
    other_figures,
    other_version,
)
from infrastructure.strategy_management.run_numbers import check_run_number, unknown_run
from infrastructure.strategy_management.run_strategies import run_strategies
from infrastructure.strategy_management.simulating import (
    Progress,
    Share,
    configured_strategy,
    simulated,
)

_READ_BARS = ("start", "end", "fill_policy")
"""Settings of a portfolio on which depends what bars are read."""


@dataclass(frozen=True)
class StoredRun:
    """A run of the ledger; strategies and ids in the portfolio's order.

    strategies: their full configs as they ran. figures: every figure of the account by its name in
    TradeMetrics. execution_date: UTC. bars_start, bars_end: opening times of the first and the last
    bar, UTC; None where the ledger does not know.
    """

    run_id: int
    portfolio: PortfolioConfig
    strategies: tuple[StrategyConfig, ...]
    strategy_ids: tuple[int, ...]
    bars_fingerprint: str
    bars_start: datetime | None
    bars_end: datetime | None
    execution_date: datetime
    kairos_version: str
    synthetic: bool
    figures: Mapping[str, Any]

    @property
    def where(self) -> str:
        """What error lines about it start with."""
        return f"run {self.run_id}"


@dataclass(frozen=True, eq=False)
class Rerun:
    """A stored run simulated again.

    portfolio: what was simulated, changes included. differences: what is no longer as it was when
    the run was stored, a sentence each; empty where it is the same run.
    """

    portfolio: PortfolioConfig
    backtest: Backtest
    differences: tuple[str, ...]


def load_run(database: Database, run_id: int) -> StoredRun:
    """The run of that number.

    Raises ConfigError of one line where the ledger has none, telling which there are, or where a
    stored config is none for this Kairos.
    """
    check_run_number(database, run_id)
    with database.read() as connection:
        run = connection.execute(
            select(backtest_runs).where(backtest_runs.c.run_id == run_id)
        ).first()
        shares = connection.execute(
            run_strategies(algo_strategies.c.strategy_id, algo_strategies.c.config).where(
                backtest_strategy_allocations.c.run_id == run_id
            )
        ).all()
    if run is None:
        raise unknown_run(database, run_id)
    return _stored_run(run, shares)


def rerun(
    database: Database, stored: StoredRun, progress: Progress | None = None, **changes: Any
) -> Rerun:
    """Simulate a stored run again, on the sessions it ran on, from what the store has now.

    changes: keys of the portfolio's config that are replaced, such as
        `costs={"slippage_bps": 2.0}`; figures are then not compared with the stored ones.
    Raises ConfigError, DataError, StrategyError or AccountingError; lines start with the run.
    """
    settings = {**stored.portfolio.model_dump(mode="json"), **_plain(changes)}
    portfolio = parse(PortfolioConfig, settings, stored.where)
    shares = [
        Share(
            configured_strategy(config, stored.where),
            share.allocation_percentage,
            config.strategy_name,
        )
        for config, share in zip(stored.strategies, portfolio.strategies, strict=True)
    ]
    period = _period(database, stored, portfolio)
    spans = None if set(changes) & set(_READ_BARS) else spans_of(database, stored.run_id)
    backtest = simulated(period, shares, database, stored.where, progress, spans)
    return Rerun(portfolio, backtest, tuple(_differences(stored, backtest, changes)))


def spans_of(database: Database, run_id: int) -> Spans:
    """What a stored run has read of each series; empty where the ledger does not know."""
    with database.read() as connection:
        return stored_spans(connection, run_id)


def _stored_run(run: Any, shares: Sequence[Any]) -> StoredRun:
    where = f"run {run.run_id}"
    return StoredRun(
        run_id=run.run_id,
        portfolio=parse(PortfolioConfig, run.portfolio_json, f"{where}: portfolio_json"),
        strategies=tuple(
            parse(StrategyConfig, share.config, f"{where}: strategy {share.strategy_id}")
            for share in shares
        ),
        strategy_ids=tuple(share.strategy_id for share in shares),
        bars_fingerprint=run.bars_fingerprint,
        bars_start=run.bars_start,
        bars_end=run.bars_end,
        execution_date=run.execution_date,
        kairos_version=run.kairos_version,
        synthetic=run.synthetic,
        figures=run.figures,
    )


def _plain(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes as JSON would say them: models as objects, dates as text."""

    def plain(value: Any) -> Any:
        if isinstance(value, BaseModel):
            return value.model_dump(mode="json")
        return value.isoformat() if isinstance(value, date) else value

    return {name: plain(value) for name, value in changes.items()}


def _period(database: Database, stored: StoredRun, portfolio: PortfolioConfig) -> PortfolioConfig:
    """The portfolio from the first to the last session of the stored run, where it names none.

    Bars that have come before or after since are not the run's.
    """
    calendars = {config.calendar for config in stored.strategies}
    days = [get_calendar(name, database) for name in sorted(calendars)]

    def sessions(moment: datetime | None) -> list[date]:
        if moment is None:
            return []
        stamp = int(moment.timestamp())
        return [date_of_day(int(each.session_of([stamp])[0])) for each in days]

    first = portfolio.start or min(sessions(stored.bars_start), default=None)
    last = portfolio.end or max(sessions(stored.bars_end), default=None)
    return portfolio.model_copy(update={"start": first, "end": last})


def _differences(
    stored: StoredRun, backtest: Backtest, changes: Mapping[str, Any]
) -> Iterator[str]:
    if not set(changes) & set(_READ_BARS):
        yield from other_bars(stored.bars_fingerprint, backtest)
    yield from other_version(stored.kairos_version)
    if not changes:
        yield from other_figures(stored.figures, backtest)
