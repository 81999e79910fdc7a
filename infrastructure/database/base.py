"""The one metadata object of all tables, and the words their columns may hold."""

from typing import Any

from sqlalchemy import MetaData, Table

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

ADJUSTMENTS = ("none", "split", "all")
BAR_CHANGES = ("import", "download", "synthetic", "mend", "remove")

SWEEP_STATUSES = ("running", "completed")
SWEEP_PURPOSES = ("sweep", "walk_forward")
SAMPLERS = ("grid", "random", "sobol", "tpe")
AUDIT_OUTCOMES = ("passed", "failed", "not_audited")

BAR_ROLES = ("traded", "context", "detail", "warm_up")
SIDES = ("buy", "sell")

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def table(name: str, *items: Any, rowid: bool = True, autoincrement: bool = False) -> Table:
    """A table of these columns and constraints.

    On SQLite it is STRICT: one word a table where typeof() checks would take an expression a
    column; it costs nothing per row and refuses a text in a REAL column, whoever writes it.
    `rowid=False` stores the rows in the order of a primary key of several columns.
    `autoincrement`: the number of a deleted last row is not given to the next one.
    """
    return Table(
        name,
        metadata,
        *items,
        sqlite_strict=True,
        sqlite_with_rowid=rowid,
        sqlite_autoincrement=autoincrement,
    )
