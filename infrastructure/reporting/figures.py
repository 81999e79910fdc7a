"""Which figures a report shows, under which names, in which units."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from infrastructure.wording import counted

if TYPE_CHECKING:
    from infrastructure.trade_metrics.trade_metrics import TradeMetrics

UNDEFINED = "-"


class Cell(NamedTuple):
    """A figure as it is shown: the number, and its unit or a word on it."""

    number: str
    unit: str = ""


@dataclass(frozen=True)
class Figure:
    """One line of a table: what it is called, and how it is read from the metrics."""

    label: str
    cell: "Callable[[TradeMetrics], Cell]"


def number(value: float, unit: str = "", decimals: int = 2) -> Cell:
    """`value` with its unit; an undefined one is '-' and has none. There is no -0.00."""
    if not isfinite(value):
        return Cell(UNDEFINED)
    rounded = round(value, decimals) + 0.0
    return Cell(f"{rounded:,.{decimals}f}", unit)


def short_key(key: str) -> str:
    """A config key, without the folder that all of an indicator's parameters stand in."""
    return key.removeprefix("indicator.parameters.")


def count(value: int, unit: str = "") -> Cell:
    """A whole number."""
    return Cell(f"{value:,}", unit)


def _share_of_capital(metrics: "TradeMetrics") -> str:
    return f"({number(metrics.net_profit_pct).number} %)"


def _drawdown_length(metrics: "TradeMetrics") -> Cell:
    if not metrics.max_drawdown_pct > 0:
        return Cell(UNDEFINED)
    sessions = metrics.max_drawdown_duration_sessions
    unit = f"days, {counted(sessions, 'session')}"
    return number(metrics.max_drawdown_duration_days, unit, 1)


OF_EQUITY = (
    Figure("Net profit", lambda m: number(m.net_profit, _share_of_capital(m))),
    Figure("CAGR", lambda m: number(m.cagr_pct, "%")),
    Figure("Sharpe", lambda m: number(m.sharpe)),
    Figure("Sortino", lambda m: number(m.sortino)),
    Figure("Max drawdown", lambda m: number(m.max_drawdown_pct, "%")),
    Figure("  lasted", _drawdown_length),
    Figure("Worst day", lambda m: number(m.worst_day_pct, f"% on {m.worst_day}")),
)
"""The left half of a table; the day's limit stands below it."""

OF_TRADES = (
    Figure("Trades", lambda m: count(m.trades)),
    Figure("Win rate", lambda m: number(m.win_rate_pct, "%")),
    Figure("Profit factor", lambda m: number(m.profit_factor)),
    Figure("Expectancy", lambda m: number(m.expectancy_r, "R")),
    Figure("SQN", lambda m: number(m.sqn)),
    Figure("Exposure", lambda m: number(m.exposure_pct, "%")),
    Figure("Commission", lambda m: number(m.total_commission)),
    Figure("Slippage", lambda m: number(m.total_slippage)),
)
"""The right half, of as many lines as the left one with the limit."""

BOTH_WAYS = (
    Figure("net profit", lambda m: number(m.net_profit)),
    Figure("CAGR %", lambda m: number(m.cagr_pct)),
    Figure("Sharpe", lambda m: number(m.sharpe)),
    Figure("drawdown %", lambda m: number(m.max_drawdown_pct)),
    Figure("profit factor", lambda m: number(m.profit_factor)),
    Figure("expect. R", lambda m: number(m.expectancy_r)),
)
"""What is told under both fill policies; units stand in the names."""
