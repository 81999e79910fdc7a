"""The tables as they were first released."""

from alembic import op
from sqlalchemy import Column, Text, UniqueConstraint

from infrastructure.database.checks import (
    above_zero,
    at_most,
    finite,
    flag,
    one_of,
    points_to,
    valid_json,
    written_as,
    zero_or_more,
)
from infrastructure.database.columns import (
    ExchangeDate,
    Figure,
    Flag,
    Json,
    Real,
    UtcDateTime,
    Whole,
    key,
    required,
)
from infrastructure.database.extras import READABLE_BARS, STRATEGIES_ARE_FROZEN

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STOP_LOSS_TYPES = ("candle", "fix_abs", "fix_perc", "variable", "atr")
RUN_STATUSES = ("completed", "failed")
FILL_POLICIES = ("stop_first", "target_first", "detail")
DIRECTIONS = ("long", "short")
INSTRUMENT_TYPES = ("stock", "etf", "future", "forex", "crypto")
EXIT_REASONS = ("stop", "target", "session_end", "exit_signal", "reverse", "end_of_data")
SIZE_BOUNDS = ("", "daily_limit", "buying_power")
REFUSAL_REASONS = (
    "contradictory",
    "position_open",
    "end_of_data",
    "session_end",
    "expired",
    "max_open_positions",
    "no_stop",
    "stop_crossed",
    "daily_limit",
    "buying_power",
    "risk_budget",
)

INDEXES = (
    ("algo_strategies", "strategy_name"),
    ("backtest_runs", "portfolio_name", "execution_date"),
    ("backtest_strategy_allocations", "strategy_id"),
    ("algo_trades", "run_id", "position"),
    ("algo_trades", "strategy_id"),
    ("refused_signals", "run_id", "position"),
    ("refused_signals", "strategy_id"),
)


def upgrade() -> None:
    _algo_strategies()
    _backtest_runs()
    _market_bars()
    _trading_sessions()
    _backtest_strategy_allocations()
    _equity()
    _algo_trades()
    _refused_signals()
    for table, *columns in INDEXES:
        op.create_index("_".join(["ix", table, *columns]), table, columns)
    for statements in (STRATEGIES_ARE_FROZEN, READABLE_BARS):
        for statement in statements[op.get_bind().dialect.name]:
            op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("there is nothing before the first revision")


def _algo_strategies() -> None:
    op.create_table(
        "algo_strategies",
        key("strategy_id"),
        required("content_hash", Text),
        required("strategy_name", Text),
        required("class_name", Text),
        required("strategy_version", Text),
        Column("variant", Text),
        required("interval", Text),
        Column("indicator_name", Text),
        required("indicator_parameters", Json),
        Column("risk_reward", Figure),
        Column("stop_loss_type", Text),
        Column("stop_loss_value", Figure),
        Column("tightness_threshold", Figure),
        Column("wick_ratio_threshold", Figure),
        required("creation_date", UtcDateTime),
        required("config", Json),
        UniqueConstraint("content_hash"),
        one_of("stop_loss_type", STOP_LOSS_TYPES),
        *above_zero("risk_reward"),
        *finite("stop_loss_value", "tightness_threshold", "wick_ratio_threshold"),
        *written_as("datetime", "creation_date"),
        *valid_json("indicator_parameters", "config"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )


def _backtest_runs() -> None:
    op.create_table(
        "backtest_runs",
        key("run_id"),
        required("execution_date", UtcDateTime),
        required("status", Text),
        required("portfolio_name", Text),
        Column("account_id", Text),
        required("portfolio_json", Json),
        required("kairos_version", Text),
        required("vectorbt_version", Text),
        required("bars_fingerprint", Text),
        required("fill_policy", Text),
        required("synthetic", Flag),
        Column("bars_start", UtcDateTime),
        Column("bars_end", UtcDateTime),
        Column("net_profit", Figure),
        Column("final_equity", Figure),
        Column("cagr", Figure),
        Column("sharpe", Figure),
        Column("sortino", Figure),
        Column("max_drawdown", Figure),
        Column("trades", Whole),
        Column("win_rate", Figure),
        Column("profit_factor", Figure),
        Column("expectancy_r", Figure),
        Column("sqn", Figure),
        Column("exposure", Figure),
        Column("worst_day", Figure),
        Column("refused", Whole),
        Column("ambiguous", Whole),
        required("figures", Json),
        one_of("status", RUN_STATUSES),
        one_of("fill_policy", FILL_POLICIES),
        flag("synthetic"),
        at_most("bars_start", "bars_end"),
        *finite("net_profit", "final_equity", "cagr", "sharpe", "sortino", "max_drawdown"),
        *finite("win_rate", "profit_factor", "expectancy_r", "sqn", "exposure", "worst_day"),
        *zero_or_more("trades", "refused", "ambiguous"),
        *written_as("datetime", "execution_date", "bars_start", "bars_end"),
        *valid_json("portfolio_json", "figures"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )


def _market_bars() -> None:
    op.create_table(
        "market_bars",
        Column("symbol", Text, primary_key=True),
        Column("interval", Text, primary_key=True),
        Column("timestamp", Whole, primary_key=True),
        required("open", Real),
        required("high", Real),
        required("low", Real),
        required("close", Real),
        required("volume", Real),
        required("source", Text),
        *above_zero("open", "high", "low", "close"),
        *zero_or_more("volume"),
        at_most("low", "open", "high", name="open_inside"),
        at_most("low", "close", "high", name="close_inside"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _trading_sessions() -> None:
    op.create_table(
        "trading_sessions",
        Column("calendar", Text, primary_key=True),
        Column("session", Whole, primary_key=True),
        required("opens_at", Whole),
        required("closes_at", Whole),
        required("date_start", Whole),
        required("date_end", Whole),
        required("library_version", Text),
        at_most("opens_at", "closes_at"),
        at_most("date_start", "date_end"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _backtest_strategy_allocations() -> None:
    op.create_table(
        "backtest_strategy_allocations",
        key("run_id"),
        Column("position", Whole, primary_key=True),
        required("strategy_id", Whole),
        required("allocation_percentage", Real),
        required("figures", Json),
        points_to("backtest_runs", "run_id"),
        points_to("algo_strategies", "strategy_id", cascade=False),
        *above_zero("position"),
        *zero_or_more("allocation_percentage"),
        *valid_json("figures"),
        sqlite_strict=True,
    )


def _equity() -> None:
    op.create_table(
        "equity",
        key("run_id"),
        Column("book", Whole, primary_key=True),
        Column("session", ExchangeDate, primary_key=True),
        required("equity", Real),
        points_to("backtest_runs", "run_id"),
        *zero_or_more("book"),
        *finite("equity"),
        *written_as("date", "session"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _algo_trades() -> None:
    op.create_table(
        "algo_trades",
        key("trade_id"),
        required("run_id", Whole),
        required("strategy_id", Whole),
        required("position", Whole),
        Column("account_id", Text),
        required("symbol", Text),
        required("direction", Text),
        required("instrument_type", Text),
        required("signal_timestamp", UtcDateTime),
        required("entry_date", ExchangeDate),
        required("entry_timestamp", UtcDateTime),
        required("exit_date", ExchangeDate),
        required("exit_timestamp", UtcDateTime),
        required("entry_price", Real),
        required("exit_price", Real),
        Column("stop_price", Figure),
        Column("target_price", Figure),
        required("quantity", Real),
        required("capital_required", Real),
        required("trade_duration", Real),
        required("winning_trade", Flag),
        required("net_pnl", Real),
        required("commission", Real),
        required("slippage", Real),
        Column("risk_size", Figure),
        Column("risk_reward", Figure),
        Column("risk_per_trade", Figure),
        required("perc_return", Real),
        Column("mae_r", Figure),
        Column("mfe_r", Figure),
        required("exit_reason", Text),
        required("ambiguous", Flag),
        required("size_bound", Text),
        points_to("backtest_runs", "run_id"),
        points_to("backtest_strategy_allocations", "run_id", "position"),
        points_to("algo_strategies", "strategy_id", cascade=False),
        one_of("direction", DIRECTIONS),
        one_of("instrument_type", INSTRUMENT_TYPES),
        one_of("exit_reason", EXIT_REASONS),
        one_of("size_bound", SIZE_BOUNDS),
        flag("winning_trade"),
        flag("ambiguous"),
        at_most("signal_timestamp", "entry_timestamp"),
        at_most("entry_timestamp", "exit_timestamp"),
        at_most("entry_date", "exit_date"),
        *above_zero("entry_price", "exit_price", "quantity", "capital_required"),
        *zero_or_more("trade_duration", "commission", "slippage", "risk_size", "mae_r", "mfe_r"),
        *finite("stop_price", "target_price", "net_pnl"),
        *finite("risk_reward", "risk_per_trade", "perc_return"),
        *written_as("datetime", "signal_timestamp", "entry_timestamp", "exit_timestamp"),
        *written_as("date", "entry_date", "exit_date"),
        sqlite_strict=True,
    )


def _refused_signals() -> None:
    op.create_table(
        "refused_signals",
        key("refusal_id"),
        required("run_id", Whole),
        required("strategy_id", Whole),
        required("position", Whole),
        required("symbol", Text),
        required("signal_timestamp", UtcDateTime),
        Column("direction", Text),
        required("reason", Text),
        points_to("backtest_runs", "run_id"),
        points_to("backtest_strategy_allocations", "run_id", "position"),
        points_to("algo_strategies", "strategy_id", cascade=False),
        one_of("direction", DIRECTIONS),
        one_of("reason", REFUSAL_REASONS),
        *written_as("datetime", "signal_timestamp"),
        sqlite_strict=True,
    )
