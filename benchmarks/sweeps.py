"""Sweeps: configurations a second, beside vectorbt's chunked grid and backtesting.py."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import engines
from benchmarks.market import random_bars
from infrastructure.core.config import PortfolioConfig, StrategyConfig, parse
from infrastructure.core.sweeping.choices import Seen
from infrastructure.core.sweeping.figures import FIGURES
from infrastructure.database.engine import open_database
from infrastructure.indicators.tight_candle import TightCandle
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.research.sweeping import run_plan
from infrastructure.research.sweeps.configs import spelt_out
from infrastructure.research.sweeps.engines import LocalEngine
from infrastructure.research.sweeps.finishing import backtest_of
from infrastructure.research.sweeps.keeping import Keeper, LedgerKeeper, MemoryKeeper
from infrastructure.research.sweeps.plan import SweepPlan, SweepTerms, sweep_record
from infrastructure.research.sweeps.samplers import make_points
from infrastructure.research.sweeps.series import SweepSeries
from infrastructure.research.sweeps.space import make_space
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio

ROOT = Path(__file__).resolve().parents[1]
N_BARS, CHECKED = 33_000, 40
CAPITAL = engines.CAPITAL
TIGHT = {
    "tightness_threshold": "0.02:0.2:0.02",
    "wick_ratio_threshold": "1.5:6:0.5",
    "stop_loss.value": "0:0.45:0.05",
    "risk_reward": "1:5.5:0.5",
}
"""10 x 10 x 10 x 10 configurations."""

NARROW = {**TIGHT, "tightness_threshold": "0.02:0.11:0.01"}
"""As many, of tighter candles: about half as many trades each."""

RSI = {
    "period": "5:24:1",
    "oversold": "20:38:2",
    "exit_level": "45:60:5",
    "sizing.value": "10:55:5",
}
"""20 x 10 x 4 x 10 of another strategy, by its own generate_signals."""

Row = tuple[str, str, float, str]


def plan_of(bars: Bars, parameters: Mapping[str, Any], **strategy: Any) -> SweepPlan:
    """A sweep of one strategy alone on an account with costs, session exits and the daily limit."""
    base = {"strategy_name": "bench", "symbols": [bars.symbol], "interval": bars.interval}
    config = parse(StrategyConfig, {**base, **strategy}, "bench")
    portfolio = parse(
        PortfolioConfig,
        {
            "portfolio_name": "bench",
            "total_capital": CAPITAL,
            "strategies": [{"strategy": "bench", "allocation_percentage": 100}],
            "risk": {"risk_per_trade": 0.5, "max_daily_risk": -2.0, "max_leverage": 4},
            "costs": {"commission_per_share": 0.005, "commission_minimum": 1, "slippage_bps": 1},
        },
        "bench",
    )
    whole = spelt_out(LoadedPortfolio(portfolio, (config,), Path("bench.json")))
    market = (config.interval, config.calendar, config.session, config.adjust)
    key = (bars.symbol, *market)
    series = SweepSeries({key: Seen(bars)}, {}, {"XNYS": get_calendar("XNYS")})
    return SweepPlan(whole, make_space(whole, parameters), SweepTerms.of(), series)


def tight_candle_plan(bars: Bars, parameters: Mapping[str, Any] = TIGHT) -> SweepPlan:
    """The reference strategy."""
    return plan_of(bars, parameters, class_name="TightCandleStrategy", risk_reward=2.0)


def rsi_plan(bars: Bars) -> SweepPlan:
    """A strategy without a short way for its signals, without a stop, left by a signal."""
    sizing = {"type": "percent_of_equity", "value": 50}
    return plan_of(bars, RSI, class_name="RsiMeanReversion", stop_loss=None, sizing=sizing)


def tried(plan: SweepPlan, keeper: Keeper | None = None) -> Any:
    """The whole grid on every core."""
    points = make_points(plan.space, "grid", None, 0)
    return run_plan(plan, points, keeper or MemoryKeeper(), LocalEngine(), lambda done, of: None)


def check_equality() -> None:
    """Random trials of both sweeps must be what the account machine makes of them alone."""
    bars = random_bars(N_BARS)
    for plan in (tight_candle_plan(bars), rsi_plan(bars)):
        result = tried(plan)
        chosen = np.random.default_rng(1).choice(result.n_trials, CHECKED, replace=False)
        found = result.keeper.read(FIGURES)
        for trial in chosen.tolist():
            expected = backtest_of(result, trial).metrics.as_dict()
            for name in ("trades", "net_profit", "sharpe", "max_drawdown_pct", "sqn"):
                value = expected[name]
                if value is not None and not np.isclose(found[name][trial], value, rtol=1e-9):
                    raise SystemExit(f"trial {trial} differs in {name}: nothing timed")
        trades = np.nanmean(found["trades"])
        equal = f"{CHECKED} of {result.n_trials:,} trials equal to single runs"
        print(f"{equal}; {trades:.0f} trades each")


def sweep_rows(measured: Callable[..., list[float]]) -> Iterator[Row]:
    """Seconds for each job, and configurations a second beside the peers."""
    bars = random_bars(N_BARS)
    tight, rsi = tight_candle_plan(bars), rsi_plan(bars)
    narrow = tight_candle_plan(bars, NARROW)
    vectorbt, backtesting = vectorbt_grid(bars), engines.backtesting_tight_candle(bars)
    times = measured(
        [
            lambda: tried(tight),
            lambda: tried(narrow),
            lambda: stored(tight),
            lambda: tried(rsi),
            vectorbt,
            backtesting,
        ],
        repeats=(9, 9, 5, 5, 3, 3),
    )
    ours, tighter, kept, general, grid, single = times
    rate = 10_000 / ours
    job = "10,000 configurations of the reference strategy, 33,000 bars"
    for name, plan, seconds in (("", tight, ours), (", tighter candles", narrow, tighter)):
        trades = np.nanmean(tried(plan).keeper.read(["trades"])["trades"])
        text = f"{10_000 / seconds:,.0f} a second; goal 50,000"
        yield f"{job}, {trades:.0f} trades each", f"Kairos, every rule on{name}", seconds, text
    yield job, "Kairos, every trial in the ledger", kept, f"{10_000 / kept:,.0f} a second"
    peers = (("vectorbt, 100 at a time, no limits", _VBT / grid), ("backtesting.py", 1 / single))
    for name, peer in peers:
        text = f"{peer:,.0f} a second; Kairos {rate / peer:,.0f} x"
        yield job, f"{name}, extrapolated", 10_000 / peer, text
    text = f"{8_000 / general:,.0f} a second; goal 5,000"
    yield "8,000 configurations of another strategy", "Kairos, general path", general, text
    yield from growth(measured)
    yield from million()


def growth(measured: Callable[..., list[float]]) -> Iterator[Row]:
    """Cost by bars and by configurations: straight lines."""
    few = {**TIGHT, "stop_loss.value": "0,0.1", "risk_reward": "1:5.5:0.5"}
    plans = [tight_candle_plan(random_bars(n), few) for n in (1_000_000, 4_000_000)]
    one, four = measured([lambda plan=plan: tried(plan) for plan in plans], repeats=(3, 3))
    yield "2,000 configurations, 1,000,000 bars", "Kairos", one, ""
    yield "2,000 configurations, 4,000,000 bars", "Kairos", four, f"{four / one:.1f} x for 4 x bars"


def stored(plan: SweepPlan) -> Any:
    """The grid with its trials in a ledger of its own."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(Path(folder) / "sweep.db")
        try:
            n_trials = plan.space.size or 0
            return tried(plan, LedgerKeeper(database, sweep_record(plan, n_trials)))
        finally:
            database.close()


_VBT = 100
"""Columns of one chunk of vectorbt's grid."""


def vectorbt_grid(bars: Bars) -> Callable[[], Any]:
    """vectorbt's own way to a grid: a chunk of columns at once, the Rust engine."""
    import vectorbt as vbt

    found = TightCandle().generate(bars)
    entries, shorts = np.roll(found.long, 1), np.roll(found.short, 1)
    distance = np.roll(bars.high - bars.low, 1) / bars.open
    rewards = np.linspace(1.0, 5.5, _VBT)

    def job() -> Any:
        shape = (len(bars), _VBT)
        stops = np.broadcast_to(distance[:, None], shape)
        portfolio = vbt.Portfolio.from_signals(
            np.broadcast_to(bars.close[:, None], shape),
            entries=np.broadcast_to(entries[:, None], shape),
            short_entries=np.broadcast_to(shorts[:, None], shape),
            price=bars.open[:, None],
            open=bars.open[:, None],
            high=bars.high[:, None],
            low=bars.low[:, None],
            sl_stop=stops,
            tp_stop=stops * rewards,
            size=engines.QUANTITY,
            slippage=1e-4,
            init_cash=CAPITAL,
            engine="rust",
        )
        return portfolio.total_return()

    return job


_MILLION = """
from benchmarks.sweeps import million_plan, peak, stored
before = peak()
result = stored(million_plan())
print(result.n_trials, result.seconds, before, peak() - before)
"""
"""Memory grows from what the imports have taken."""


def peak() -> float:
    """Most memory that this process has held, MB; not its parent's, as getrusage would tell."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def million_plan() -> SweepPlan:
    """1,000,000 configurations, with fewer signals each."""
    wide = {
        "tightness_threshold": "0.02:0.1:0.02",
        "wick_ratio_threshold": "2:11.5:0.5",
        "stop_loss.value": "0:0.99:0.01",
        "risk_reward": "1:10.9:0.1",
    }
    return tight_candle_plan(random_bars(N_BARS), wide)


def million() -> Iterator[Row]:
    """A process of its own, so that its memory is its own."""
    done = subprocess.run(
        [sys.executable, "-c", _MILLION], cwd=ROOT, check=True, capture_output=True, text=True
    )
    n_trials, seconds, before, grown = map(float, done.stdout.split())
    text = (
        f"{n_trials / seconds:,.0f} a second; {grown:,.0f} MB beside the {before:,.0f} MB of the "
        "libraries; goal 300 MB"
    )
    yield "1,000,000 configurations, every trial in the ledger", "Kairos", seconds, text
