"""A run taken apart for its report: each strategy, and then the portfolio."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from infrastructure.core.config import StrategyConfig
from infrastructure.market_data.bars import Bars
from infrastructure.strategy_management.run_result import RunResult
from infrastructure.trade_metrics.trade_metrics import TradeMetrics
from infrastructure.wording import counted

_MOST_NAMES = 4


@dataclass(frozen=True)
class Part:
    """What one table tells: of a strategy's book, or of the whole account.

    kind: "strategy" or "portfolio". facts: a line on what it traded and with what.
    daily_limit_pct: of the account, percent, negative. refused: signals by reason, commonest first.
    undecided: ambiguous trades that no finer bar decided. both_ways: metrics by fill policy, empty
    where no trade of the run was ambiguous.
    """

    kind: str
    name: str
    facts: str
    synthetic: bool
    metrics: TradeMetrics
    daily_limit_pct: float
    refused: Mapping[str, int]
    undecided: int
    both_ways: Mapping[str, TradeMetrics]

    @property
    def is_interval(self) -> bool:
        """Whether the fill policy made a difference here, or could have."""
        ways = list(self.both_ways.values())
        return bool(ways) and (
            self.metrics.ambiguous_trades > 0 or len({m.net_profit for m in ways}) > 1
        )


def parts_of(result: RunResult) -> list[Part]:
    """The strategies in the portfolio's order, then the portfolio."""
    return [*(_strategy(result, book) for book in range(len(result.strategies))), _account(result)]


def series_of(result: RunResult) -> list[Bars]:
    """Every series of bars that the run traded, once, in the order of use.

    Two strategies may hold one series beside other coarser ones.
    """
    traded = [lane.bars for book in result.backtest.books for lane in book.lanes]
    names = [(bars.symbol, bars.interval, bars.calendar, len(bars)) for bars in traded]
    return list(dict(zip(names, traded, strict=True)).values())


def demo_series(result: RunResult) -> list[tuple[str, str]]:
    """(symbol, interval) of the bars that were made up."""
    found = ((bars.symbol, bars.interval) for bars in series_of(result) if bars.synthetic)
    return list(dict.fromkeys(found))


def period_of(result: RunResult) -> str:
    """First and last session: `2024-01-02 to 2025-05-30`."""
    first, last = result.backtest.simulation.row_session[[0, -1]].astype("datetime64[D]")
    return f"{first} to {last}"


def some(names: list[str]) -> str:
    """The names, or the first few and how many more there are."""
    if len(names) <= _MOST_NAMES:
        return ", ".join(names)
    return f"{', '.join(names[: _MOST_NAMES - 1])} and {len(names) - _MOST_NAMES + 1} more"


def _strategy(result: RunResult, book: int) -> Part:
    backtest, config = result.backtest, result.strategies[book]
    lanes = backtest.books[book].lanes
    share = backtest.books[book].allocation_percentage
    capital = backtest.book_metrics[book].starting_capital
    return Part(
        kind="strategy",
        name=_full_name(config),
        facts=f"{some(list(config.symbols))} {config.interval} · {share:g} % of the capital, "
        f"{capital:,.2f}",
        synthetic=any(lane.bars.synthetic for lane in lanes),
        metrics=backtest.book_metrics[book],
        daily_limit_pct=result.portfolio.risk.max_daily_risk,
        refused=backtest.refusal_counts(book),
        undecided=backtest.undecided(book),
        both_ways={name: run.book_metrics[book] for name, run in backtest.both_ways.items()},
    )


def _full_name(config: StrategyConfig) -> str:
    variant = f" · {config.variant}" if config.variant else ""
    return f"{config.strategy_name}{variant} · v{config.version}"


def _account(result: RunResult) -> Part:
    backtest, portfolio = result.backtest, result.portfolio
    idle = backtest.simulation.idle_cash
    resting = f" · {idle:,.2f} of it not allocated" if np.round(idle, 2) else ""
    return Part(
        kind="portfolio",
        name=portfolio.portfolio_name,
        facts=f"{counted(len(result.strategies), 'strategy', 'strategies')} · "
        f"capital {portfolio.total_capital:,.2f}{resting}",
        synthetic=backtest.synthetic,
        metrics=backtest.metrics,
        daily_limit_pct=portfolio.risk.max_daily_risk,
        refused=backtest.refusal_counts(),
        undecided=backtest.undecided(),
        both_ways={name: run.metrics for name, run in backtest.both_ways.items()},
    )
