"""A portfolio of many strategies on one account."""

from collections.abc import Callable

from benchmarks.engines import CAPITAL
from benchmarks.market import SEED, random_bars
from infrastructure.core.backtest import Backtest, run_backtest
from infrastructure.core.execution.plan import AccountTerms, Book, Lane
from infrastructure.risk_management.costs import Costs
from infrastructure.risk_management.risk_manager import RiskManager
from strategies.tight_candle_strategy import TightCandleStrategy


def portfolio_job(n_strategies: int, n_bars: int) -> Callable[[], Backtest]:
    """Signals, simulation, double accounting and the account's figures; a symbol a strategy."""
    series = [random_bars(n_bars, SEED + i, f"S{i}") for i in range(n_strategies)]
    strategies = [
        TightCandleStrategy(symbols=[bars.symbol], interval="30m", risk_reward=2.0)
        for bars in series
    ]
    costs = Costs(commission_per_share=0.005, commission_minimum=1.0, slippage_bps=1.0)
    policy = RiskManager(risk_per_trade=0.5, max_daily_risk=-2.0, max_leverage=4.0, costs=costs)
    terms = AccountTerms(CAPITAL, policy, costs)

    def job() -> Backtest:
        books = [
            Book(strategy.config, 100.0 / n_strategies, (Lane(bars, strategy.signals(bars)),))
            for strategy, bars in zip(strategies, series, strict=True)
        ]
        backtest = run_backtest(books, terms)
        assert backtest.metrics.trades > 0
        return backtest

    return job
