"""The ledger's tables, one `Table` each.

They are SQLAlchemy Core tables, not ORM classes: `sqlalchemy.orm` takes some 40 ms to import in
every process, and nothing here needs identity maps or lazy loading. Prices are in the account's
currency per share, money in that currency, percents in percent; a NULL figure does not exist.
"""

from sqlalchemy import Column, Index, Text, UniqueConstraint

from infrastructure.database.base import (
    DIRECTIONS,
    EXIT_REASONS,
    FILL_POLICIES,
    INSTRUMENT_TYPES,
    REFUSAL_REASONS,
    RUN_STATUSES,
    SIZE_BOUNDS,
    STOP_LOSS_TYPES,
    metadata,
    table,
)
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
from infrastructure.database.evidence_tables import (
    code_snapshots,
    deleted_runs,
    environments,
    orders,
    run_evidence,
    run_notes,
    run_series,
    run_tags,
)
from infrastructure.database.extras import add_extras
from infrastructure.database.market_tables import (
    bar_history,
    bar_series,
    market_bars,
    price_factors,
    trading_sessions,
)
from infrastructure.database.research_tables import (
    run_strategy_code,
    strategy_audits,
    sweep_series,
    sweeps,
    trials,
    walk_forward_folds,
)
from infrastructure.database.views import add_views

__all__ = [
    "algo_strategies",
    "algo_trades",
    "backtest_runs",
    "backtest_strategy_allocations",
    "bar_history",
    "bar_series",
    "code_snapshots",
    "deleted_runs",
    "environments",
    "equity",
    "market_bars",
    "metadata",
    "orders",
    "price_factors",
    "refused_signals",
    "run_evidence",
    "run_notes",
    "run_series",
    "run_strategy_code",
    "run_tags",
    "strategy_audits",
    "sweep_series",
    "sweeps",
    "trading_sessions",
    "trials",
    "walk_forward_folds",
]

RUN_LIST = (
    "execution_date",
    "portfolio_name",
    "account_id",
    "status",
    "kairos_version",
    "fill_policy",
    "synthetic",
    "bars_start",
    "bars_end",
    "net_profit",
    "final_equity",
    "cagr",
    "sharpe",
    "sortino",
    "max_drawdown",
    "trades",
    "win_rate",
    "profit_factor",
    "expectancy_r",
    "sqn",
    "exposure",
    "worst_day",
    "refused",
    "ambiguous",
)
"""Columns of backtest_runs that say in a line what a run was and what came of it."""

algo_strategies = table(
    "algo_strategies",  # A strategy is what its config says; its row never changes.
    key("strategy_id"),
    required("content_hash", Text),  # SHA-256 of the canonical JSON of `config`
    required("strategy_name", Text),
    required("class_name", Text),
    required("strategy_version", Text),
    Column("variant", Text),
    required("interval", Text),
    Column("indicator_name", Text),
    required("indicator_parameters", Json),
    Column("risk_reward", Figure),  # the target, in multiples of the initial risk
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
    Index(None, "strategy_name"),
    autoincrement=True,
)

backtest_runs = table(
    "backtest_runs",  # One backtest of one portfolio.
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
    required("synthetic", Flag),  # made of demo bars: no figure of it is real
    Column("bars_start", UtcDateTime),  # opening time of the first bar
    Column("bars_end", UtcDateTime),  # opening time of the last bar
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
    required("figures", Json),  # every figure of the run, the ones above included
    one_of("status", RUN_STATUSES),
    one_of("fill_policy", FILL_POLICIES),
    flag("synthetic"),
    at_most("bars_start", "bars_end"),
    *finite("net_profit", "final_equity", "cagr", "sharpe", "sortino", "max_drawdown"),
    *finite("win_rate", "profit_factor", "expectancy_r", "sqn", "exposure", "worst_day"),
    *zero_or_more("trades", "refused", "ambiguous"),
    *written_as("datetime", "execution_date", "bars_start", "bars_end"),
    *valid_json("portfolio_json", "figures"),
    Index(None, "portfolio_name", "execution_date"),
    # All that a list of runs shows: it is read, not the wide rows with their JSON.
    Index("ix_backtest_runs_list", *RUN_LIST),
    autoincrement=True,
)

backtest_strategy_allocations = table(
    "backtest_strategy_allocations",  # One strategy of a run and the part of the account it got.
    key("run_id"),
    Column("position", Whole, primary_key=True),  # place in the portfolio, from 1
    required("strategy_id", Whole),
    required("allocation_percentage", Real),
    required("figures", Json),
    points_to("backtest_runs", "run_id"),
    points_to("algo_strategies", "strategy_id", cascade=False),
    *above_zero("position"),
    *zero_or_more("allocation_percentage"),
    *valid_json("figures"),
    Index(None, "strategy_id", "run_id"),  # the runs of a strategy, without their wide rows
)

algo_trades = table(
    "algo_trades",  # One closed trade of a run.
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
    Column("stop_price", Figure),  # the initial stop
    Column("target_price", Figure),
    required("quantity", Real),
    required("capital_required", Real),  # entry price x quantity
    required("trade_duration", Real),  # minutes from the entry bar's opening to the exit bar's
    required("winning_trade", Flag),
    required("net_pnl", Real),
    required("commission", Real),  # both sides
    required("slippage", Real),  # money, both sides
    Column("risk_size", Figure),  # |entry - initial stop| x quantity
    Column("risk_reward", Figure),  # realised R: net P&L / risk_size, signed
    Column("risk_per_trade", Figure),  # risk_size in percent of book equity at entry
    required("perc_return", Real),  # net P&L in percent of book equity at entry
    Column("mae_r", Figure),  # furthest move against the trade, in R
    Column("mfe_r", Figure),  # furthest move in its favour, in R
    required("exit_reason", Text),
    required("ambiguous", Flag),  # stop and target inside one bar
    required("size_bound", Text),  # what cut the size; '' where nothing did
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
    Index(None, "run_id", "position"),
    Index(None, "strategy_id"),
)

refused_signals = table(
    "refused_signals",  # One signal that became no trade, with the first reason that applied.
    key("refusal_id"),
    required("run_id", Whole),
    required("strategy_id", Whole),
    required("position", Whole),
    required("symbol", Text),
    required("signal_timestamp", UtcDateTime),
    Column("direction", Text),  # NULL: both at once, where the reason is `contradictory`
    required("reason", Text),
    points_to("backtest_runs", "run_id"),
    points_to("backtest_strategy_allocations", "run_id", "position"),
    points_to("algo_strategies", "strategy_id", cascade=False),
    one_of("direction", DIRECTIONS),
    one_of("reason", REFUSAL_REASONS),
    *written_as("datetime", "signal_timestamp"),
    Index(None, "run_id", "position"),
    Index(None, "strategy_id"),
)

equity = table(
    "equity",  # What a book, or the account, was worth at the close of a session.
    key("run_id"),
    Column("book", Whole, primary_key=True),  # 0: the account; else the strategy's position
    Column("session", ExchangeDate, primary_key=True),
    required("equity", Real),
    points_to("backtest_runs", "run_id"),
    *zero_or_more("book"),
    *finite("equity"),
    *written_as("date", "session"),
    rowid=False,
)

add_extras(algo_strategies, bar_series, market_bars)
add_views(metadata)
