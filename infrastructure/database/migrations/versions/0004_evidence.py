"""What made a run, its orders, and what people say of it."""

from alembic import op
from sqlalchemy import Column, Text, UniqueConstraint

from infrastructure.database.checks import (
    above_zero,
    at_most,
    one_of,
    points_to,
    valid_json,
    written_as,
    zero_or_more,
)
from infrastructure.database.columns import Json, Real, UtcDateTime, Whole, key, required
from infrastructure.database.views import LEDGER_VIEWS

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BAR_ROLES = ("traded", "context", "detail", "warm_up")
SIDES = ("buy", "sell")

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

INDEXES = (
    ("run_evidence", "environment_id"),
    ("run_evidence", "kairos_code"),
    ("run_series", "symbol", "interval"),
    ("orders", "run_id", "position"),
    ("run_tags", "tag"),
    ("run_notes", "run_id"),
    ("backtest_strategy_allocations", "strategy_id", "run_id"),
)


def upgrade() -> None:
    _code_snapshots()
    _environments()
    _run_evidence()
    _run_series()
    _orders()
    _run_tags()
    _run_notes()
    _deleted_runs()
    for table, *columns in INDEXES:
        op.create_index("_".join(["ix", table, *columns]), table, columns)
    op.create_index("ix_backtest_runs_list", "backtest_runs", list(RUN_LIST))
    op.drop_index(  # the new one begins with the same column
        "ix_backtest_strategy_allocations_strategy_id", "backtest_strategy_allocations"
    )
    for statement in LEDGER_VIEWS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("the ledger is never downgraded: restore a backup")


def _code_snapshots() -> None:
    op.create_table(
        "code_snapshots",
        Column("code_digest", Text, primary_key=True),
        required("files", Json),
        *valid_json("files"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _environments() -> None:
    op.create_table(
        "environments",
        key("environment_id"),
        required("digest", Text),
        required("python", Text),
        required("system", Text),
        required("machine", Text),
        required("processor", Text),
        required("host", Text),
        required("libraries", Json),
        UniqueConstraint("digest"),
        *valid_json("libraries"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )


def _run_evidence() -> None:
    op.create_table(
        "run_evidence",
        key("run_id"),
        required("run_key", Text),
        required("configs_digest", Text),
        required("kairos_code", Text),
        required("environment_id", Whole),
        Column("seed", Whole),
        required("seconds", Real),
        required("orders_digest", Text),
        required("trades_digest", Text),
        required("refusals_digest", Text),
        required("equity_digest", Text),
        required("figures_digest", Text),
        required("seal", Text),
        UniqueConstraint("run_key"),
        points_to("backtest_runs", "run_id"),
        points_to("environments", "environment_id", cascade=False),
        points_to("code_snapshots", ("kairos_code", "code_digest"), cascade=False),
        *zero_or_more("seconds"),
        sqlite_strict=True,
    )


def _run_series() -> None:
    op.create_table(
        "run_series",
        key("run_id"),
        Column("position", Whole, primary_key=True),
        Column("symbol", Text, primary_key=True),
        Column("interval", Text, primary_key=True),
        Column("role", Text, primary_key=True),
        required("fingerprint", Text),
        required("n_bars", Whole),
        required("bars_start", UtcDateTime),
        required("bars_end", UtcDateTime),
        points_to("backtest_strategy_allocations", "run_id", "position"),
        one_of("role", BAR_ROLES),
        at_most("bars_start", "bars_end"),
        *above_zero("n_bars"),
        *written_as("datetime", "bars_start", "bars_end"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _orders() -> None:
    op.create_table(
        "orders",
        key("run_id"),
        Column("number", Whole, primary_key=True),
        required("position", Whole),
        required("symbol", Text),
        required("side", Text),
        required("bar_timestamp", UtcDateTime),
        required("quantity", Real),
        required("price", Real),
        required("commission", Real),
        points_to("backtest_strategy_allocations", "run_id", "position"),
        one_of("side", SIDES),
        *above_zero("quantity", "price"),
        *zero_or_more("commission"),
        *written_as("datetime", "bar_timestamp"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _run_tags() -> None:
    op.create_table(
        "run_tags",
        key("run_id"),
        Column("tag", Text, primary_key=True),
        points_to("backtest_runs", "run_id"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _run_notes() -> None:
    op.create_table(
        "run_notes",
        key("note_id"),
        required("run_id", Whole),
        required("written_at", UtcDateTime),
        required("note", Text),
        points_to("backtest_runs", "run_id"),
        *written_as("datetime", "written_at"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )


def _deleted_runs() -> None:
    op.create_table(
        "deleted_runs",
        key("run_id"),
        required("deleted_at", UtcDateTime),
        required("execution_date", UtcDateTime),
        required("portfolio_name", Text),
        required("config_identity", Whole),
        required("series", Json),
        Column("bars_start", UtcDateTime),
        Column("bars_end", UtcDateTime),
        *written_as("datetime", "deleted_at", "execution_date", "bars_start", "bars_end"),
        *valid_json("series"),
        sqlite_strict=True,
    )
