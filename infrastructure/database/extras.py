"""What tables alone cannot say: frozen strategies, and bars with readable times."""

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


def add_extras(strategies: Table, bars: Table) -> None:
    """Let `create_all` create the triggers and the view with their tables."""
    for target, statements in ((strategies, STRATEGIES_ARE_FROZEN), (bars, READABLE_BARS)):
        for dialect, texts in statements.items():
            for text in texts:
                ddl = DDL(text.replace("%", "%%")).execute_if(  # type: ignore[no-untyped-call]
                    dialect=dialect
                )
                event.listen(target, "after_create", ddl)
