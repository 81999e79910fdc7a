"""What is known of each series of bars, what became of it, and factors to adjust it by."""

from alembic import op
from sqlalchemy import Column, Text

from infrastructure.database.checks import (
    above_zero,
    at_most,
    one_of,
    valid_json,
    written_as,
    zero_or_more,
)
from infrastructure.database.columns import ExchangeDate, Json, Real, UtcDateTime, Whole, required
from infrastructure.database.extras import WATCHED_BARS

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ADJUSTMENTS = ("none", "split", "all")
BAR_CHANGES = ("import", "download", "synthetic", "mend", "remove")


def upgrade() -> None:
    _bar_series()
    _bar_history()
    _price_factors()
    op.create_index("ix_bar_history_symbol_interval", "bar_history", ["symbol", "interval"])
    # Of bars stored before, everything is counted by whoever first asks.
    op.execute(
        "INSERT INTO bar_series (symbol, interval, adjusted) "
        "SELECT DISTINCT symbol, interval, 'none' FROM market_bars"
    )
    for statement in WATCHED_BARS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("the ledger is never downgraded: restore a backup")


def _bar_series() -> None:
    op.create_table(
        "bar_series",
        Column("symbol", Text, primary_key=True),
        Column("interval", Text, primary_key=True),
        Column("content", Text),
        Column("calendar", Text),
        required("adjusted", Text),
        Column("sources", Text),
        Column("n_bars", Whole),
        Column("first_bar", Whole),
        Column("last_bar", Whole),
        Column("sessions", Whole),
        Column("missing_sessions", Whole),
        Column("missing_bars", Whole),
        Column("outside", Whole),
        one_of("adjusted", ADJUSTMENTS),
        at_most("first_bar", "last_bar"),
        *zero_or_more("n_bars", "sessions", "missing_sessions", "missing_bars", "outside"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _bar_history() -> None:
    op.create_table(
        "bar_history",
        Column("change_id", Whole, primary_key=True),
        required("symbol", Text),
        required("interval", Text),
        required("changed_at", UtcDateTime),
        required("action", Text),
        required("source", Text),
        required("new", Whole),
        required("unchanged", Whole),
        required("replaced", Whole),
        required("removed", Whole),
        required("detail", Json),
        one_of("action", BAR_CHANGES),
        *zero_or_more("new", "unchanged", "replaced", "removed"),
        *written_as("datetime", "changed_at"),
        *valid_json("detail"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )


def _price_factors() -> None:
    op.create_table(
        "price_factors",
        Column("symbol", Text, primary_key=True),
        Column("until", ExchangeDate, primary_key=True),
        required("split", Real),
        required("dividend", Real),
        required("source", Text),
        *above_zero("split", "dividend"),
        *written_as("date", "until"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
