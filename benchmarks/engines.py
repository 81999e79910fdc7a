"""The same jobs for Kairos, vectorbt and backtesting.py."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from infrastructure.core.backtest import Backtest
from infrastructure.indicators.tight_candle import TightCandle
from infrastructure.market_data.bars import Bars
from infrastructure.risk_management.costs import Costs
from infrastructure.risk_management.risk_manager import RiskManager
from strategies.moving_average_cross import MovingAverageCross
from strategies.tight_candle_strategy import TightCandleStrategy

CAPITAL = 1_000_000.0
QUANTITY = 10


@dataclass(frozen=True)
class Outcome:
    """What three engines must agree on before anything is timed."""

    closed_trades: int
    final_equity: float


def frame(bars: Bars) -> pd.DataFrame:
    """Bars as the other engines take them."""
    columns = {name.title(): getattr(bars, name) for name in ("open", "high", "low", "close")}
    index = pd.to_datetime(bars.timestamp, unit="s")
    return pd.DataFrame({**columns, "Volume": bars.volume}, index=index)


def kairos_cross(bars: Bars) -> Outcome:
    """Ten shares long above the cross of two averages, out below it; at the next opens."""
    policy = RiskManager(risk_per_trade=1, max_daily_risk=-100)
    strategy = MovingAverageCross(
        symbols=[bars.symbol],
        interval=bars.interval,
        stop_loss=None,
        sizing={"type": "fixed_quantity", "value": QUANTITY},
        exit_at_session_end=False,
        on_opposite_signal="reverse",
        risk_manager=policy,
        total_capital=CAPITAL,
    )
    backtest = strategy.run(bars)
    closed = np.sum(backtest.trades["exit_reason"] != "end_of_data")
    return Outcome(int(closed), float(backtest.simulation.account_equity[-1]))


def _crosses(bars: Bars) -> tuple[pd.Series, pd.Series]:
    close = pd.Series(bars.close)
    fast, slow = close.rolling(10).mean(), close.rolling(20).mean()
    up = (fast > slow) & (fast.shift() < slow.shift())
    down = (fast < slow) & (fast.shift() > slow.shift())
    return up, down


def vectorbt_cross(bars: Bars) -> Outcome:
    """The same in vectorbt: signals moved to the next bar and filled at its open."""
    import vectorbt as vbt

    up, down = (signal.shift(fill_value=False).to_numpy() for signal in _crosses(bars))
    portfolio = vbt.Portfolio.from_signals(
        bars.close,
        entries=up,
        short_entries=down,
        price=bars.open,
        size=QUANTITY,
        upon_opposite_entry="Reverse",
        init_cash=CAPITAL,
    )
    closed = portfolio.exit_trades.records["status"] == 1
    return Outcome(int(closed.sum()), float(portfolio.value().iloc[-1]))


def backtesting_cross(bars: Bars) -> Outcome:
    """The same in backtesting.py."""
    from backtesting import Backtest as Engine
    from backtesting import Strategy

    up, down = (signal.to_numpy() for signal in _crosses(bars))

    class Cross(Strategy):
        def init(self) -> None: ...

        def next(self) -> None:
            row = len(self.data) - 1
            if up[row] or down[row]:
                self.position.close()
                (self.buy if up[row] else self.sell)(size=QUANTITY)

    stats = Engine(frame(bars), Cross, cash=CAPITAL).run()
    return Outcome(int(stats["# Trades"]), float(stats["Equity Final [$]"]))


def reference_strategy() -> TightCandleStrategy:
    """The reference strategy with every rule on: costs, stop, target, session ends, limits."""
    policy = RiskManager(
        risk_per_trade=0.5,
        max_daily_risk=-2.0,
        max_leverage=4.0,
        costs=Costs(commission_per_share=0.005, commission_minimum=1.0, slippage_bps=1.0),
    )
    return TightCandleStrategy(
        symbols=["QQQ"],
        interval="30m",
        risk_reward=2.0,
        risk_manager=policy,
        total_capital=CAPITAL,
    )


def kairos_tight_candle(bars: Bars) -> Callable[[], Backtest]:
    """Signals to trades and figures, through the public API."""
    strategy = reference_strategy()

    def job() -> Backtest:
        backtest = strategy.run(bars)
        assert backtest.metrics.trades == len(backtest.trades["net_pnl"])
        return backtest

    return job


def vectorbt_tight_candle(bars: Bars) -> Callable[[], Any]:
    """vectorbt's nearest: percent stop and target of the signal bar; no limits, no session ends."""
    import vectorbt as vbt

    def job() -> Any:
        found = TightCandle().generate(bars)
        entries, shorts = np.roll(found.long, 1), np.roll(found.short, 1)
        distance = np.roll(bars.high - bars.low, 1) / bars.open
        portfolio = vbt.Portfolio.from_signals(
            bars.close,
            entries=entries,
            short_entries=shorts,
            price=bars.open,
            open=bars.open,
            high=bars.high,
            low=bars.low,
            sl_stop=distance,
            tp_stop=2 * distance,
            size=QUANTITY,
            slippage=1e-4,
            init_cash=CAPITAL,
            engine="rust",
        )
        return portfolio.order_records

    return job


def backtesting_tight_candle(bars: Bars) -> Callable[[], Any]:
    """backtesting.py with stop and target; no limits, no session ends."""
    from backtesting import Backtest as Engine
    from backtesting import Strategy

    data = frame(bars)

    def job() -> Any:
        found = TightCandle().generate(bars)

        class Candle(Strategy):
            def init(self) -> None: ...

            def next(self) -> None:
                row = len(self.data) - 1
                if self.position or not (found.long[row] or found.short[row]):
                    return
                price, high, low = bars.close[row], bars.high[row], bars.low[row]
                if found.long[row] and low < price:
                    self.buy(size=QUANTITY, sl=low, tp=price + 2 * (price - low) + 0.01)
                elif found.short[row] and high > price:
                    self.sell(size=QUANTITY, sl=high, tp=price - 2 * (high - price) - 0.01)

        return Engine(data, Candle, cash=CAPITAL, spread=1e-4).run()

    return job
