"""Figures of an equity path: growth, risk-adjusted ratios, drawdowns, the worst session."""

from dataclasses import dataclass
from datetime import date
from math import nan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from infrastructure.errors import DataError
from infrastructure.trade_metrics.arithmetic import quotient
from infrastructure.trade_metrics.checks import above_zero, finite, same_length
from infrastructure.trade_metrics.drawdown import drawdowns, ulcer_index
from infrastructure.trade_metrics.ratios import cagr, sharpe_ratio, sortino_ratio, volatility
from infrastructure.trade_metrics.sessions import session_date, session_ends, session_returns

_DAY = 86_400.0


@dataclass(frozen=True)
class EquityFigures:
    """Figures of one equity path; `_pct` is percent, money is the account's currency.

    starting_capital, final_equity, net_profit (their difference): money.
    net_profit_pct: percent of the starting capital.
    cagr_pct: growth a year by calendar time (365 days), from `started_at` to the last row.
    sharpe, sortino, volatility_pct: of session returns (close to close, the first session from the
        starting capital), annualised with the calendar's sessions a year.
    max_drawdown_pct: deepest fall of any row below the highest equity so far, percent of that peak,
        zero or more; the starting capital counts as a peak.
    max_drawdown_duration_days, max_drawdown_duration_sessions: the deepest drawdown from its peak
        to its recovery, or to the last row: calendar days, and session closes passed. The starting
        capital stands at the close before the first session.
    longest_drawdown_days: the longest drawdown, measured the same way.
    calmar: cagr_pct / max_drawdown_pct.
    ulcer_index: root mean square of the drawdowns at session closes, percent points.
    worst_day_pct, worst_day: the worst session's change in percent of the equity it began with,
        and its exchange date (the first one where two are equally bad).
    exposure_pct: rows with an open position, percent of all rows. sessions: how many were seen.

    NaN (never zero or infinite) where undefined: ratios without variance, without losing sessions
    or without drawdown; growth over no time. Equity at zero or below: the sessions that begin there
    have no return, so sharpe, sortino and volatility are NaN; they are no worst day; a negative end
    has no cagr. A drawdown beyond 100 % says that the account owed money.
    """

    starting_capital: float
    final_equity: float
    net_profit: float
    net_profit_pct: float
    cagr_pct: float
    sharpe: float
    sortino: float
    volatility_pct: float
    max_drawdown_pct: float
    max_drawdown_duration_days: float
    max_drawdown_duration_sessions: int
    longest_drawdown_days: float
    calmar: float
    ulcer_index: float
    worst_day_pct: float
    worst_day: date
    exposure_pct: float
    sessions: int


def equity_figures(
    *,
    timeline: ArrayLike,
    session: ArrayLike,
    equity: ArrayLike,
    starting_capital: float,
    sessions_per_year: float,
    bars_in_market: int,
    started_at: int | None = None,
    risk_free_pct: float = 0.0,
) -> EquityFigures:
    """The figures of an equity path; see `TradeMetrics.from_columns` for units and errors."""
    above_zero("starting_capital", starting_capital)
    stamps = np.asarray(timeline, dtype=np.int64)
    days = np.asarray(session, dtype=np.int64)
    path = finite("equity", equity)
    same_length(timeline=stamps, session=days, equity=path)
    ends = session_ends(days)
    since = _start(stamps, started_at)
    returns = session_returns(path[ends], starting_capital)
    final = float(path[-1])
    growth = 100.0 * cagr(starting_capital, final, (int(stamps[-1]) - since) / _DAY)
    deepest, lasted, sessions_passed, longest = _drawdown_figures(
        path, stamps, ends, starting_capital, since
    )
    worst = int(np.nanargmin(returns))  # the first session always has a return
    return EquityFigures(
        starting_capital=float(starting_capital),
        final_equity=final,
        net_profit=final - starting_capital,
        net_profit_pct=100.0 * (final / starting_capital - 1.0),
        cagr_pct=growth,
        sharpe=sharpe_ratio(returns, sessions_per_year, risk_free_pct),
        sortino=sortino_ratio(returns, sessions_per_year, risk_free_pct),
        volatility_pct=100.0 * volatility(returns, sessions_per_year),
        max_drawdown_pct=deepest,
        max_drawdown_duration_days=lasted,
        max_drawdown_duration_sessions=sessions_passed,
        longest_drawdown_days=longest,
        calmar=quotient(growth, deepest),
        ulcer_index=ulcer_index(path[ends], starting_capital),
        worst_day_pct=100.0 * float(returns[worst]),
        worst_day=session_date(int(days[ends[worst]])),
        exposure_pct=100.0 * _share(bars_in_market, len(path)),
        sessions=len(ends),
    )


def _start(stamps: NDArray[np.int64], started_at: int | None) -> int:
    """When the starting capital was there; never after the first row."""
    first = int(stamps[0])
    if started_at is None:
        return first
    if started_at > first:
        raise DataError(
            f"started_at must not be after the first row's stamp {first}; found {started_at}"
        )
    return int(started_at)


def _drawdown_figures(
    path: NDArray[np.float64],
    stamps: NDArray[np.int64],
    ends: NDArray[np.int64],
    starting_capital: float,
    since: int,
) -> tuple[float, float, int, float]:
    """Depth in percent, duration in days, duration in sessions; the longest one in days."""
    fell = drawdowns(path, stamps, starting_capital, since)
    longest = fell.longest_seconds / _DAY
    if fell.trough_row < 0:
        return 0.0, 0.0, 0, longest
    peak_stamp = int(stamps[fell.peak_row]) if fell.peak_row >= 0 else since
    peak_session = int(np.searchsorted(ends, fell.peak_row)) if fell.peak_row >= 0 else -1
    passed = int(np.searchsorted(ends, fell.recovery_row)) - peak_session
    lasted = (int(stamps[fell.recovery_row]) - peak_stamp) / _DAY
    return 100.0 * fell.depth, lasted, passed, longest


def _share(part: int, whole: int) -> float:
    if not 0 <= part <= whole:
        raise DataError(f"bars_in_market must be from 0 to {whole}; found {part}")
    return part / whole if whole else nan
