"""The tables of research: sweeps and their trials, walks forward, audits of strategies' code.

Money is in the account's currency, percents in percent; a NULL figure does not exist.
"""

from sqlalchemy import CheckConstraint, Column, Index, Text, text

from infrastructure.database.base import (
    AUDIT_OUTCOMES,
    FILL_POLICIES,
    SAMPLERS,
    SWEEP_PURPOSES,
    SWEEP_STATUSES,
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
    UtcDateTime,
    Whole,
    key,
    required,
)

TRIAL_VALUES = tuple(f"value_{axis}" for axis in range(1, 13))
"""Of axis k of a sweep, counted from 1: the number tried, or the index of the choice."""

METRIC_FIGURES = (
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
)
"""The fields of trade_metrics.TradeMetrics in order, which a test holds equal; `worst_day` is in
days since 1970."""

TRIAL_FIGURES = (*METRIC_FIGURES, "refused")
"""Every figure of a trial; `refused`: how many signals became no trade."""

sweeps = table(
    "sweeps",  # One sweep: many configurations of one portfolio, tried on the same bars.
    key("sweep_id"),
    required("plan_hash", Text),  # of all that its trials depend on
    required("status", Text),
    required("purpose", Text),
    required("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    required("portfolio_name", Text),
    required("portfolio_json", Json),
    required("strategies_json", Json),  # the full config of each strategy, in order
    required("axes", Json),
    required("constraints", Json),
    required("objective", Text),
    required("sampler", Text),
    Column("seed", Whole),
    required("warm_up", Whole),  # bars before the period that strategies saw
    required("n_trials", Whole),  # planned
    required("trials_done", Whole),
    required("kairos_version", Text),
    required("code_digest", Text),  # of the strategies' code
    required("bars_fingerprint", Text),
    required("bars_start", UtcDateTime),  # opening time of the first bar
    required("bars_end", UtcDateTime),  # opening time of the last bar
    required("fill_policy", Text),
    required("synthetic", Flag),  # made of demo bars: no figure of it is real
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
    # Of one plan at most one sweep is unfinished: the one to go on with.
    Index(
        None,
        "plan_hash",
        unique=True,
        sqlite_where=text("status = 'running'"),
        postgresql_where=text("status = 'running'"),
    ),
    autoincrement=True,
)

sweep_series = table(
    "sweep_series",  # One series of bars that a sweep traded.
    key("sweep_id"),
    Column("symbol", Text, primary_key=True),
    Column("interval", Text, primary_key=True),
    required("bars_start", UtcDateTime),  # opening time of the first bar
    required("bars_end", UtcDateTime),  # opening time of the last bar
    points_to("sweeps", "sweep_id"),
    at_most("bars_start", "bars_end"),
    *written_as("datetime", "bars_start", "bars_end"),
    Index(None, "symbol", "interval"),
    rowid=False,
)

# With row numbers: without them, a million rows of this width take a quarter longer to store.
trials = table(
    "trials",  # One configuration of a sweep and what came of it: numbers only.
    key("sweep_id"),
    Column("trial", Whole, primary_key=True),
    required("config_hash", Whole),  # config_identity: the same wherever that config was tried
    required("invalid", Flag),  # the strategy refused this configuration: no figures
    *(Column(name, Figure) for name in (*TRIAL_VALUES, *TRIAL_FIGURES)),
    points_to("sweeps", "sweep_id"),
    flag("invalid"),
    *zero_or_more("trial"),
    *finite(*TRIAL_VALUES, *TRIAL_FIGURES),
)

walk_forward_folds = table(
    "walk_forward_folds",  # One fold of a walk forward: what was chosen on train, for test.
    key("run_id"),  # the run of the joined out-of-sample trades
    Column("fold", Whole, primary_key=True),  # from 1
    required("sweep_id", Whole),
    Column("trial", Whole),  # the chosen one; NULL: none met the constraints, nothing was traded
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
    Index(None, "sweep_id", "trial"),
)

strategy_audits = table(
    "strategy_audits",  # One audit of a strategy's code: does it look into the future?
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
    Index(None, "class_name", "code_digest"),
    autoincrement=True,
)

run_strategy_code = table(
    "run_strategy_code",  # The code that a strategy of a run had, and what its audit had said.
    key("run_id"),
    Column("position", Whole, primary_key=True),
    required("code_digest", Text),
    Column("audit_id", Whole),
    required("audit", Text),
    points_to("backtest_strategy_allocations", "run_id", "position"),
    points_to("strategy_audits", "audit_id", cascade=False),
    one_of("audit", AUDIT_OUTCOMES),
    CheckConstraint("(audit_id IS NULL) = (audit = 'not_audited')", name="audit_id"),
    Index(None, "audit_id"),
)
