"""Whole processes: `kairos run` on stored bars beside scripts for the other engines."""

import json
import sys
from datetime import date
from pathlib import Path

from benchmarks.market import random_bars
from infrastructure.database.engine import open_database
from infrastructure.market_data.synthetic import make_demo_bars

N_BARS = 33_000
FIRST_DAY, LAST_DAY = date(2015, 1, 2), date(2025, 2, 14)  # about as many 30-minute bars
_KAIROS = [sys.executable, "-m", "infrastructure.cli"]
_BACKTESTING = """
import sys, warnings; warnings.filterwarnings("ignore")
import numpy as np, pandas as pd
from backtesting import Backtest, Strategy
d = pd.read_csv(sys.argv[1], index_col=0, parse_dates=True)
o, h, l, c = (d[n].to_numpy() for n in ("Open", "High", "Low", "Close"))
up, lo = h - np.maximum(o, c), np.minimum(o, c) - l
tight = np.abs(c - o) < 0.1 * (h - l)
longs, shorts = tight & (lo >= 2 * up), tight & (up >= 2 * lo)
class Candle(Strategy):
    def init(self): pass
    def next(self):
        t = len(self.data) - 1
        if self.position: return
        p = c[t]
        if longs[t] and l[t] < p: self.buy(size=10, sl=l[t], tp=p + 2 * (p - l[t]) + .01)
        elif shorts[t] and h[t] > p: self.sell(size=10, sl=h[t], tp=p - 2 * (h[t] - p) - .01)
print(Backtest(d, Candle, cash=1_000_000).run())
"""
_VECTORBT = """
import sys
import numpy as np, pandas as pd, vectorbt as vbt
d = pd.read_csv(sys.argv[1], index_col=0, parse_dates=True)
o, h, l, c = (d[n].to_numpy() for n in ("Open", "High", "Low", "Close"))
up, lo = h - np.maximum(o, c), np.minimum(o, c) - l
tight = np.abs(c - o) < 0.1 * (h - l)
longs, shorts = np.roll(tight & (lo >= 2 * up), 1), np.roll(tight & (up >= 2 * lo), 1)
r = np.roll(h - l, 1) / o
p = vbt.Portfolio.from_signals(d["Close"], longs, short_entries=shorts, price=o, open=o, high=h,
    low=l, sl_stop=r, tp_stop=2 * r, size=10, init_cash=1e6, freq="30min", engine="rust")
print(p.total_return(), p.sharpe_ratio(), p.max_drawdown(), p.trades.count())
"""


def process_jobs(folder: Path) -> list[tuple[str, list[str]]]:
    """(engine, command) of each job, its data laid out in `folder`."""
    from benchmarks.engines import frame

    bars = random_bars(N_BARS)
    frame(bars).to_csv(folder / "bars.csv")
    portfolio = _stored_portfolio(folder)
    for name, script in (("backtesting", _BACKTESTING), ("vectorbt_", _VECTORBT)):
        (folder / f"{name}_job.py").write_text(script)
    csv = str(folder / "bars.csv")
    database = str(folder / "bench.db")
    return [
        ("kairos --help", [*_KAIROS, "--help"]),
        ("Kairos", [*_KAIROS, "run", str(portfolio), "--db", database]),
        ("backtesting.py", [sys.executable, str(folder / "backtesting_job.py"), csv]),
        ("vectorbt", [sys.executable, str(folder / "vectorbt__job.py"), csv]),
    ]


def _stored_portfolio(folder: Path) -> Path:
    """A database with ten years of demo bars, and a portfolio of the reference strategy."""
    database = open_database(folder / "bench.db")
    make_demo_bars("QQQ", "30m", start=FIRST_DAY, end=LAST_DAY, database=database)
    database.close()
    strategies, portfolios = folder / "strategies", folder / "portfolios"
    strategies.mkdir()
    portfolios.mkdir()
    strategy = {
        "strategy_name": "tight_candle",
        "class_name": "TightCandleStrategy",
        "symbols": ["QQQ"],
        "interval": "30m",
        "risk_reward": 2.0,
    }
    portfolio = {
        "portfolio_name": "bench",
        "total_capital": 1_000_000,
        "strategies": [{"strategy": "tight_candle", "allocation_percentage": 100}],
        "risk": {"risk_per_trade": 0.5, "max_daily_risk": -2.0, "max_leverage": 4},
        "costs": {"commission_per_share": 0.005, "commission_minimum": 1, "slippage_bps": 1},
    }
    (strategies / "tight_candle.json").write_text(json.dumps(strategy))
    path = portfolios / "bench.json"
    path.write_text(json.dumps(portfolio))
    return path
