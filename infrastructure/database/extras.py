"""What tables alone cannot say: frozen strategies, readable bars, and bars that are watched."""

from sqlalchemy import DDL, Table, event

_FROZEN = "a strategy row never changes: create a new one"

STRATEGIES_ARE_FROZEN: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE TRIGGER algo_strategies_frozen BEFORE UPDATE ON algo_strategies "
        f"BEGIN SELECT RAISE(ABORT, '{_FROZEN}'); END",
        # INSERT OR REPLACE would be an update by another name.
        "CREATE TRIGGER algo_strategies_not_replaced BEFORE INSERT ON algo_strategies "
        "WHEN EXISTS (SELECT 1 FROM algo_strategies WHERE strategy_id = NEW.strategy_id) "
        f"BEGIN SELECT RAISE(ABORT, '{_FROZEN}'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION algo_strategies_frozen() RETURNS trigger AS $$ "
        f"BEGIN RAISE EXCEPTION '{_FROZEN}' USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER algo_strategies_frozen BEFORE UPDATE ON algo_strategies "
        "FOR EACH ROW EXECUTE FUNCTION algo_strategies_frozen()",
    ),
}

_BARS_COLUMNS = "open, high, low, close, volume, source FROM market_bars"

READABLE_BARS: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE VIEW v_market_bars AS SELECT symbol, interval, "
        f"datetime(timestamp, 'unixepoch') AS utc, {_BARS_COLUMNS}",
    ),
    "postgresql": (
        "CREATE VIEW v_market_bars AS SELECT symbol, interval, to_char(to_timestamp(timestamp) "
        f"AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS utc, {_BARS_COLUMNS}",
    ),
}


def _content_unknown(row: str) -> str:
    """SQLite: the series of a changed row is no longer the one that was counted."""
    return (
        "INSERT INTO bar_series (symbol, interval, adjusted) "
        f"VALUES ({row}.symbol, {row}.interval, 'none') ON CONFLICT (symbol, interval) "
        "DO UPDATE SET content = NULL WHERE content IS NOT NULL;"
    )


def _watch(happened: str, table: str) -> str:
    """PostgreSQL: the same, once a statement: `table` holds the rows it changed."""
    operation = happened.split("_")[0]
    return (
        f"CREATE TRIGGER market_bars_{happened} AFTER {operation.upper()} ON market_bars "
        f"REFERENCING {table} TABLE AS changed "
        "FOR EACH STATEMENT EXECUTE FUNCTION market_bars_changed()"
    )


WATCHED_BARS: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE TRIGGER market_bars_insert AFTER INSERT ON market_bars "
        f"BEGIN {_content_unknown('NEW')} END",
        "CREATE TRIGGER market_bars_update AFTER UPDATE ON market_bars "
        f"BEGIN {_content_unknown('OLD')} {_content_unknown('NEW')} END",
        "CREATE TRIGGER market_bars_delete AFTER DELETE ON market_bars "
        f"BEGIN {_content_unknown('OLD')} END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION market_bars_changed() RETURNS trigger AS $$ BEGIN "
        "INSERT INTO bar_series (symbol, interval, adjusted) "
        "SELECT DISTINCT symbol, interval, 'none' FROM changed "
        "ON CONFLICT (symbol, interval) DO UPDATE SET content = NULL; "
        "RETURN NULL; END $$ LANGUAGE plpgsql",
        _watch("insert", "NEW"),
        _watch("update_old", "OLD"),
        _watch("update_new", "NEW"),
        _watch("delete", "OLD"),
    ),
}
"""Whoever writes bars, with whatever tool, makes the series' `content` unknown."""

UNWATCHED_BARS = tuple(
    f"DROP TRIGGER market_bars_{happened}" for happened in ("insert", "update", "delete")
)
"""SQLite: for the length of a transaction of ours, which counts for itself; see watching.py."""


def add_extras(strategies: Table, series: Table, bars: Table) -> None:
    """Let `create_all` create the triggers and the view with their tables."""
    extras = ((strategies, STRATEGIES_ARE_FROZEN), (bars, READABLE_BARS), (bars, WATCHED_BARS))
    bars.add_is_dependent_on(series)  # whose rows the bars' triggers write
    for target, statements in extras:
        for dialect, texts in statements.items():
            for text in texts:
                ddl = DDL(text.replace("%", "%%")).execute_if(  # type: ignore[no-untyped-call]
                    dialect=dialect
                )
                event.listen(target, "after_create", ddl)
