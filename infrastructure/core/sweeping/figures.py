"""Tallies as figures: the names, units and NaN rules of TradeMetrics, one column each."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.sweeping.lone_market import LoneMarket
from infrastructure.trade_metrics.arithmetic import ROUNDING
from infrastructure.trade_metrics.ratios import DAYS_PER_YEAR
from infrastructure.trade_metrics.trade_metrics import TradeMetrics

Column = NDArray[np.float64]

FIGURES = (*(field.name for field in fields(TradeMetrics)), "refused")
"""Every figure of a configuration, as `figures_of` names them."""

_DAY = 86_400.0


@dataclass(frozen=True, eq=False)
class Timeline:
    """What all configurations share: rows, their sessions, and the capital they begin with.

    closes_at: (n_rows,) seconds UTC. day: (n_rows,) number of each row's session, from 0.
    day_session: (n_days,) days since 1970. started_at: opening of the first bar, seconds UTC.
    """

    closes_at: NDArray[np.int64]
    day: NDArray[np.int64]
    day_session: NDArray[np.int64]
    started_at: int
    capital: float
    sessions_per_year: float

    @classmethod
    def of(cls, market: LoneMarket, capital: float, sessions_per_year: float) -> "Timeline":
        """Of a lone lane's bars."""
        started = int(market.bars["timestamp"][0])
        columns = (market.closes_at, market.bars["day"].copy(), market.day_session)
        return cls(*columns, started, capital, sessions_per_year)


def figures_of(tallies: NDArray[Any], timeline: Timeline) -> dict[str, Column]:
    """Every figure of TradeMetrics and `refused`, (n,) float64; `worst_day` in days since 1970.

    A figure that is not defined is NaN.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        found = {**_of_equity(tallies, timeline), **_of_trades(tallies)}
    return {name: np.asarray(column, np.float64) for name, column in found.items()}


def _of_equity(t: NDArray[Any], line: Timeline) -> dict[str, Any]:
    capital, final, n = line.capital, t["final_equity"], len(line.day_session)
    year = np.sqrt(line.sessions_per_year)
    whole = t["no_returns"] == 0
    mean = np.where(whole, t["return_sum"] / n, np.nan)
    deviation = _deviation(t["return_sum"], t["return_squares"], n, t["return_largest"])
    deviation = np.where(whole, deviation, np.nan)
    downside = _above_rounding(np.sqrt(t["down_squares"] / n), t["return_largest"])
    years = (int(line.closes_at[-1]) - line.started_at) / (_DAY * DAYS_PER_YEAR)
    growth = final / capital
    grown = np.where(growth >= 0.0, growth, np.nan) ** (1.0 / years) - 1.0 if years > 0 else np.nan
    grown = np.where(np.isfinite(grown), grown, np.nan)  # a few hours' gain raised to a year
    fell = t["trough_row"] >= 0
    depth = np.where(fell, (t["deepest_peak"] - t["deepest_low"]) / t["deepest_peak"], 0.0)
    lasted, passed = _durations(t, line, fell)
    cagr, deepest = 100.0 * grown * np.ones(len(t)), 100.0 * depth
    return {
        "starting_capital": np.full(len(t), capital),
        "final_equity": final,
        "net_profit": final - capital,
        "net_profit_pct": 100.0 * (growth - 1.0),
        "cagr_pct": cagr,
        "sharpe": _quotient(mean, deviation) * year,
        "sortino": _quotient(mean, downside) * year,
        "volatility_pct": 100.0 * deviation * year,
        "max_drawdown_pct": deepest,
        "max_drawdown_duration_days": lasted,
        "max_drawdown_duration_sessions": passed,
        "longest_drawdown_days": t["longest"] / _DAY,
        "calmar": _quotient(cagr, deepest),
        "ulcer_index": np.sqrt(t["fall_squares"] / n),
        "worst_day_pct": 100.0 * t["worst_return"],
        "worst_day": line.day_session[t["worst_session"]],
        "exposure_pct": 100.0 * t["rows_held"] / len(line.closes_at),
        "sessions": np.full(len(t), n),
    }


def _durations(
    t: NDArray[Any], line: Timeline, fell: NDArray[np.bool_]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The deepest drawdown from its peak to its recovery: days, and session closes passed."""
    peak, recovery = t["deepest_peak_row"], t["recovery_row"]
    since = np.where(peak >= 0, line.closes_at[peak], line.started_at)
    first = np.where(peak >= 0, line.day[peak], -1)
    days = (line.closes_at[recovery] - since) / _DAY
    return np.where(fell, days, 0.0), np.where(fell, line.day[recovery] - first, 0)


def _of_trades(t: NDArray[Any]) -> dict[str, Any]:
    n = t["trades"].astype(np.float64)
    net = t["won"] + t["lost"]
    win_rate = _quotient(t["wins"], n)
    average_win, average_loss = _quotient(t["won"], t["wins"]), _quotient(t["lost"], t["losses"])
    payoff = _quotient(average_win, -average_loss)
    count = t["r_count"].astype(np.float64)
    mean_r = t["r_first"] + _quotient(t["r_sum"], count)
    deviation_r = _deviation(t["r_sum"], t["r_squares"], count, t["r_largest"])
    return {
        "trades": n,
        "win_rate_pct": 100.0 * win_rate,
        "profit_factor": _quotient(t["won"], -t["lost"]),
        "expectancy": _quotient(net, n),
        "expectancy_r": mean_r,
        "expectancy_ratio": _quotient(_quotient(net, n), -average_loss),
        "sqn": np.sqrt(count) * _quotient(mean_r, deviation_r),
        "avg_win": average_win,
        "avg_loss": average_loss,
        "payoff_ratio": payoff,
        "best_trade": np.where(n > 0, t["best_trade"], np.nan),
        "worst_trade": np.where(n > 0, t["worst_trade"], np.nan),
        "kelly_pct": 100.0 * np.where(payoff > 0.0, win_rate - (1.0 - win_rate) / payoff, np.nan),
        "total_commission": t["commission"],
        "total_slippage": t["slippage"],
        "avg_trade_minutes": _quotient(t["seconds"] / 60.0, n),
        "longest_losing_streak": t["longest_streak"],
        "ambiguous_trades": t["ambiguous"],
        "refused": t["refused"],
    }


def _quotient(numerator: Any, denominator: Any) -> Column:
    return np.where(denominator != 0.0, numerator / denominator, np.nan)


def _deviation(total: Any, squares: Any, n: Any, largest: Any) -> Column:
    """Sample standard deviation (ddof 1) from sums; NaN below two values, 0 for rounding noise."""
    mean = total / n
    variance = np.maximum(squares - total * mean, 0.0) / (n - 1.0)
    spread = _above_rounding(np.sqrt(variance), largest)
    return np.where(np.asarray(n) >= 2, spread, np.nan)


def _above_rounding(spread: Any, largest: Any) -> Column:
    return np.where(spread <= ROUNDING * largest, 0.0, spread)
