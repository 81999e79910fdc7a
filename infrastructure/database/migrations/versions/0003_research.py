"""Sweeps and their trials, walks forward, audits of strategies' code."""

from alembic import op
from sqlalchemy import CheckConstraint, Column, Text, text

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
    UtcDateTime,
    Whole,
    key,
    required,
)

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FILL_POLICIES = ("stop_first", "target_first", "detail")
SWEEP_STATUSES = ("running", "completed")
SWEEP_PURPOSES = ("sweep", "walk_forward")
SAMPLERS = ("grid", "random", "sobol", "tpe")
AUDIT_OUTCOMES = ("passed", "failed", "not_audited")

TRIAL_FIGURES = (
    "starting_capital",
    "final_equity",
    "net_profit",
    "net_profit_pct",
    "cagr_pct",
    "sharpe",
    "sortino",
    "volatility_pct",
    "max_drawdown_pct",
    "max_drawdown_duration_days",
    "max_drawdown_duration_sessions",
    "longest_drawdown_days",
    "calmar",
    "ulcer_index",
    "worst_day_pct",
    "worst_day",
    "exposure_pct",
    "sessions",
    "trades",
    "win_rate_pct",
    "profit_factor",
    "expectancy",
    "expectancy_r",
    "expectancy_ratio",
    "sqn",
    "avg_win",
    "avg_loss",
    "payoff_ratio",
    "best_trade",
    "worst_trade",
    "kelly_pct",
    "total_commission",
    "total_slippage",
    "avg_trade_minutes",
    "longest_losing_streak",
    "ambiguous_trades",
    "refused",
)
TRIAL_VALUES = tuple(f"value_{axis}" for axis in range(1, 13))

INDEXES = (
    ("sweep_series", "symbol", "interval"),
    ("walk_forward_folds", "sweep_id", "trial"),
    ("strategy_audits", "class_name", "code_digest"),
    ("run_strategy_code", "audit_id"),
)


def upgrade() -> None:
    _sweeps()
    _sweep_series()
    _trials()
    _walk_forward_folds()
    _strategy_audits()
    _run_strategy_code()
    for table, *columns in INDEXES:
        op.create_index("_".join(["ix", table, *columns]), table, columns)
    running = text("status = 'running'")
    op.create_index(
        "ix_sweeps_plan_hash",
        "sweeps",
        ["plan_hash"],
        unique=True,
        sqlite_where=running,
        postgresql_where=running,
    )


def downgrade() -> None:
    raise NotImplementedError("the ledger is never downgraded: restore a backup")


def _sweeps() -> None:
    op.create_table(
        "sweeps",
        key("sweep_id"),
        required("plan_hash", Text),
        required("status", Text),
        required("purpose", Text),
        required("started_at", UtcDateTime),
        Column("finished_at", UtcDateTime),
        required("portfolio_name", Text),
        required("portfolio_json", Json),
        required("strategies_json", Json),
        required("axes", Json),
        required("constraints", Json),
        required("objective", Text),
        required("sampler", Text),
        Column("seed", Whole),
        required("warm_up", Whole),
        required("n_trials", Whole),
        required("trials_done", Whole),
        required("kairos_version", Text),
        required("code_digest", Text),
        required("bars_fingerprint", Text),
        required("bars_start", UtcDateTime),
        required("bars_end", UtcDateTime),
        required("fill_policy", Text),
        required("synthetic", Flag),
        one_of("status", SWEEP_STATUSES),
        one_of("purpose", SWEEP_PURPOSES),
        one_of("sampler", SAMPLERS),
        one_of("fill_policy", FILL_POLICIES),
        flag("synthetic"),
        at_most("started_at", "finished_at"),
        at_most("bars_start", "bars_end"),
        *above_zero("n_trials"),
        *zero_or_more("warm_up", "trials_done"),
        at_most("trials_done", "n_trials", name="trials_planned"),
        *written_as("datetime", "started_at", "finished_at", "bars_start", "bars_end"),
        *valid_json("portfolio_json", "strategies_json", "axes", "constraints"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )


def _sweep_series() -> None:
    op.create_table(
        "sweep_series",
        key("sweep_id"),
        Column("symbol", Text, primary_key=True),
        Column("interval", Text, primary_key=True),
        required("bars_start", UtcDateTime),
        required("bars_end", UtcDateTime),
        points_to("sweeps", "sweep_id"),
        at_most("bars_start", "bars_end"),
        *written_as("datetime", "bars_start", "bars_end"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _trials() -> None:
    op.create_table(
        "trials",
        key("sweep_id"),
        Column("trial", Whole, primary_key=True),
        required("config_hash", Whole),
        required("invalid", Flag),
        *(Column(name, Figure) for name in (*TRIAL_VALUES, *TRIAL_FIGURES)),
        points_to("sweeps", "sweep_id"),
        flag("invalid"),
        *zero_or_more("trial"),
        *finite(*TRIAL_VALUES, *TRIAL_FIGURES),
        sqlite_strict=True,
    )


def _walk_forward_folds() -> None:
    op.create_table(
        "walk_forward_folds",
        key("run_id"),
        Column("fold", Whole, primary_key=True),
        required("sweep_id", Whole),
        Column("trial", Whole),
        required("train_start", ExchangeDate),
        required("train_end", ExchangeDate),
        required("test_start", ExchangeDate),
        required("test_end", ExchangeDate),
        required("parameters", Json),
        required("in_sample", Json),
        required("out_of_sample", Json),
        points_to("backtest_runs", "run_id"),
        points_to("sweeps", "sweep_id", cascade=False),
        points_to("trials", "sweep_id", "trial", cascade=False),
        *above_zero("fold"),
        at_most("train_start", "train_end", "test_start", "test_end", name="train_first"),
        *written_as("date", "train_start", "train_end", "test_start", "test_end"),
        *valid_json("parameters", "in_sample", "out_of_sample"),
        sqlite_strict=True,
    )


def _strategy_audits() -> None:
    op.create_table(
        "strategy_audits",
        key("audit_id"),
        required("class_name", Text),
        required("code_digest", Text),
        required("audited_at", UtcDateTime),
        required("passed", Flag),
        required("truncations", Whole),
        required("checks", Json),
        required("findings", Json),
        required("kairos_version", Text),
        flag("passed"),
        *zero_or_more("truncations"),
        *written_as("datetime", "audited_at"),
        *valid_json("checks", "findings"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )


def _run_strategy_code() -> None:
    op.create_table(
        "run_strategy_code",
        key("run_id"),
        Column("position", Whole, primary_key=True),
        required("code_digest", Text),
        Column("audit_id", Whole),
        required("audit", Text),
        points_to("backtest_strategy_allocations", "run_id", "position"),
        points_to("strategy_audits", "audit_id", cascade=False),
        one_of("audit", AUDIT_OUTCOMES),
        CheckConstraint("(audit_id IS NULL) = (audit = 'not_audited')", name="audit_id"),
        sqlite_strict=True,
    )
