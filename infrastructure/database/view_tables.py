"""The columns of the ledger's views with their types, as `views` makes them; tests compare."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import TableClause, Text, column, table

from infrastructure.database.columns import ExchangeDate, Figure, Flag, Real, UtcDateTime, Whole

_RUN: dict[str, Any] = {
    "run_id": Whole,
    "execution_date": UtcDateTime,
    "portfolio_name": Text,
    "synthetic": Flag,
}
_STRATEGY: dict[str, Any] = {
    "position": Whole,
    "strategy_id": Whole,
    "strategy_name": Text,
    "class_name": Text,
    "strategy_version": Text,
    "variant": Text,
    "interval": Text,
    "calendar": Text,
}
_DATED: dict[str, Any] = {"weekday": Whole, "year": Whole, "month": Whole}


def _view(name: str, columns: Mapping[str, Any]) -> TableClause:
    return table(name, *(column(each, kind) for each, kind in columns.items()))


v_trades = _view(
    "v_trades",
    {
        "trade_id": Whole,
        **_RUN,
        "account_id": Text,
        **_STRATEGY,
        "symbol": Text,
        "direction": Text,
        "instrument_type": Text,
        "signal_timestamp": UtcDateTime,
        "entry_timestamp": UtcDateTime,
        "exit_timestamp": UtcDateTime,
        "session": ExchangeDate,
        "hour": Whole,
        **_DATED,
        "exit_date": ExchangeDate,
        "entry_price": Real,
        "exit_price": Real,
        "stop_price": Figure,
        "target_price": Figure,
        "quantity": Real,
        "capital_required": Real,
        "trade_duration": Real,
        "winning_trade": Flag,
        "net_pnl": Real,
        "commission": Real,
        "slippage": Real,
        "risk_size": Figure,
        "risk_per_trade": Figure,
        "r": Figure,
        "mae_r": Figure,
        "mfe_r": Figure,
        "perc_return": Real,
        "exit_reason": Text,
        "ambiguous": Flag,
        "size_bound": Text,
    },
)

v_daily = _view(
    "v_daily",
    {
        **_RUN,
        "book": Whole,
        "strategy_id": Whole,
        "strategy_name": Text,
        "session": ExchangeDate,
        **_DATED,
        "equity": Real,
        "pnl": Figure,
        "return_pct": Figure,
    },
)

v_strategy_summary = _view(
    "v_strategy_summary",
    {
        **_RUN,
        **_STRATEGY,
        "allocation_percentage": Real,
        "trades": Whole,
        "wins": Whole,
        "losses": Whole,
        "win_rate_pct": Figure,
        "net_profit": Real,
        "expectancy": Figure,
        "expectancy_r": Figure,
        "profit_factor": Figure,
        "avg_win": Figure,
        "avg_loss": Figure,
        "best_trade": Figure,
        "worst_trade": Figure,
        "total_commission": Real,
        "total_slippage": Real,
        "avg_trade_minutes": Figure,
        "ambiguous_trades": Whole,
        "refused": Whole,
        "final_equity": Figure,
        "cagr_pct": Figure,
        "sharpe": Figure,
        "max_drawdown_pct": Figure,
    },
)

v_refusals = _view(
    "v_refusals",
    {
        "refusal_id": Whole,
        **_RUN,
        **_STRATEGY,
        "symbol": Text,
        "signal_timestamp": UtcDateTime,
        "direction": Text,
        "reason": Text,
        "session": ExchangeDate,
        "hour": Whole,
        **_DATED,
    },
)

VIEWS: Mapping[str, TableClause] = MappingProxyType(
    {each.name: each for each in (v_trades, v_daily, v_strategy_summary, v_refusals)}
)
"""Each by its name."""
