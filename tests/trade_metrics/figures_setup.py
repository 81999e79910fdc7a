"""Columns for metric tests: one small run, any of whose columns a test may replace."""

from typing import Any

from infrastructure.trade_metrics.trade_metrics import TradeMetrics

DAY = 86_400
FIRST_DAY = 19_723
"""2024-01-01 in days since 1970."""


def trades(net_pnl: list[float], **changes: Any) -> dict[str, Any]:
    """Columns of trades of one minute each, one after the other, without costs or stops."""
    n = len(net_pnl)
    columns: dict[str, Any] = {
        "net_pnl": net_pnl,
        "r": [float("nan")] * n,
        "entry_time": [60 * trade for trade in range(n)],
        "exit_time": [60 * trade + 60 for trade in range(n)],
        "commission": [0.0] * n,
        "slippage": [0.0] * n,
        "ambiguous": [False] * n,
    }
    return columns | changes


def path(equity: list[float], session: list[int] | None = None, **changes: Any) -> dict[str, Any]:
    """Columns of an equity path, one row a session and a day unless `session` says otherwise."""
    days = list(range(len(equity))) if session is None else session
    columns: dict[str, Any] = {
        "timeline": [DAY * (FIRST_DAY + row) for row in range(len(equity))],
        "session": [FIRST_DAY + day for day in days],
        "equity": equity,
        "starting_capital": 100.0,
        "sessions_per_year": 252.0,
        "bars_in_market": 0,
    }
    return columns | changes


def metrics(of_trades: Any = None, **changes: Any) -> TradeMetrics:
    """The figures of these `trades` (default: none) on a flat path, or on the path given."""
    of_path = path(changes.pop("equity", [100.0, 100.0]), changes.pop("session", None))
    return TradeMetrics.from_columns(**(of_trades or trades([])), **(of_path | changes))
