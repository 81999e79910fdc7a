"""Small strategies, trades and runs for the ledger's tests, and ways to look at what was stored."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import text

from infrastructure.core.config import IndicatorConfig, StrategyConfig
from infrastructure.database.engine import Database
from infrastructure.strategy_management.ledger_record import AllocationRecord, RunRecord

RUN_TABLES = (
    "backtest_runs",
    "backtest_strategy_allocations",
    "algo_trades",
    "refused_signals",
    "equity",
)


def strategy(name: str = "tight", **changes: Any) -> StrategyConfig:
    """A strategy's config with these changes."""
    parameters = {"tightness_threshold": 0.1, "wick_ratio_threshold": 2.0}
    values: dict[str, Any] = {
        "strategy_name": name,
        "class_name": "TightCandleStrategy",
        "symbols": ("QQQ",),
        "interval": "30m",
        "indicator": IndicatorConfig(name="TightCandle", parameters=parameters),
        "risk_reward": 2.0,
    }
    return StrategyConfig(**(values | changes))


def trade(position: int = 1, **changes: Any) -> dict[str, Any]:
    """A row of algo_trades, long from 10:00 to 11:00 New York, with these changes."""
    row: dict[str, Any] = {
        "position": position,
        "symbol": "QQQ",
        "direction": "long",
        "instrument_type": "etf",
        "signal_timestamp": datetime(2024, 1, 2, 14, 30, tzinfo=UTC),
        "entry_date": date(2024, 1, 2),
        "entry_timestamp": datetime(2024, 1, 2, 15, 0, tzinfo=UTC),
        "exit_date": date(2024, 1, 2),
        "exit_timestamp": datetime(2024, 1, 2, 16, 0, tzinfo=UTC),
        "entry_price": 400.0,
        "exit_price": 402.0,
        "stop_price": 399.0,
        "target_price": 402.0,
        "quantity": 10.0,
        "capital_required": 4000.0,
        "trade_duration": 60.0,
        "winning_trade": True,
        "net_pnl": 20.0,
        "commission": 0.0,
        "slippage": 0.0,
        "risk_size": 10.0,
        "risk_reward": 2.0,
        "risk_per_trade": 0.1,
        "perc_return": 0.2,
        "mae_r": 0.5,
        "mfe_r": 2.0,
        "exit_reason": "target",
        "ambiguous": False,
        "size_bound": "",
    }
    return row | changes


def refusal(position: int = 1, **changes: Any) -> dict[str, Any]:
    """A row of refused_signals with these changes."""
    row: dict[str, Any] = {
        "position": position,
        "symbol": "QQQ",
        "signal_timestamp": datetime(2024, 1, 2, 20, 30, tzinfo=UTC),
        "direction": "short",
        "reason": "session_end",
    }
    return row | changes


def run_record(n_trades: int = 2, strategies: Any = None, **changes: Any) -> RunRecord:
    """A run of one strategy (or of these) with so many trades, half the refusals, 3 marks."""
    run: dict[str, Any] = {
        "portfolio_name": "single_qqq",
        "account_id": "paper",
        "portfolio_json": {"portfolio_name": "single_qqq"},
        "kairos_version": "0.1.0",
        "vectorbt_version": "1.2.0",
        "bars_fingerprint": "f" * 64,
        "fill_policy": "stop_first",
        "synthetic": False,
        "trades": n_trades,
        "refused": n_trades // 2,
        "figures": {"trades": n_trades},
    }
    configs = strategies or [strategy()]
    share = 100.0 / len(configs)
    return RunRecord(
        run=run | changes,
        allocations=[AllocationRecord(each, share, {}) for each in configs],
        trades=[trade()] * n_trades,
        refusals=[refusal()] * (n_trades // 2),
        equity={"book": 0, "session": [19724, 19725, 19726], "equity": [1.0, 2.0, 3.0]},
    )


def rows(database: Database, statement: str) -> list[tuple[Any, ...]]:
    """What a SELECT finds."""
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def counts(database: Database) -> dict[str, int]:
    """Rows of each table that a run writes to."""
    return {name: rows(database, f"SELECT count(*) FROM {name}")[0][0] for name in RUN_TABLES}


def half_runs(database: Database) -> list[tuple[Any, ...]]:
    """Runs that lack a trade, refusal, mark or allocation which `run_record` gave them."""
    return rows(
        database,
        """SELECT run_id FROM backtest_runs AS run WHERE status <> 'completed'
        OR trades <> (SELECT count(*) FROM algo_trades WHERE run_id = run.run_id)
        OR refused <> (SELECT count(*) FROM refused_signals WHERE run_id = run.run_id)
        OR 3 <> (SELECT count(*) FROM equity WHERE run_id = run.run_id)
        OR 1 <> (SELECT count(*) FROM backtest_strategy_allocations WHERE run_id = run.run_id)""",
    )
