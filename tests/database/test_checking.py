"""A check finds nothing in a sound ledger, and each thing that is not as Kairos wrote it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from infrastructure.database.engine import Database, open_existing
from infrastructure.database.upkeep.checking import check_database
from infrastructure.database.upkeep.finding import Finding
from infrastructure.market_data.synthetic import make_demo_bars
from infrastructure.strategy_management.strategy_manager import StrategyManager
from tests.database.upkeep_samples import filled, older

ROOT = Path(__file__).resolve().parents[2]
SINGLE = ROOT / "backtest_config" / "portfolios" / "single_qqq.json"


def spoilt(database: Database, *statements: str) -> tuple[Finding, ...]:
    """What is found after another program has done this."""
    if database.engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(database.url.database))) as other:
            other.execute("PRAGMA ignore_check_constraints = ON")
            for statement in statements:
                other.execute(statement)
            other.commit()
    else:
        with database.write() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))  # no triggers
            for statement in statements:
                connection.execute(text(statement))
    return check_database(database).findings


@pytest.mark.parametrize("quick", [True, False])
def test_a_sound_ledger_is_found_sound(database: Database, quick: bool) -> None:
    """With runs, trials and bars in it, and with nothing in it."""
    assert check_database(database, quick).findings == ()
    assert check_database(filled(database), quick).findings == ()


HALF = [
    ("DELETE FROM algo_trades WHERE run_id = 2 AND trade_id < 7",
     "run 2 says trades 4; algo_trades has 2 of it"),
    ("DELETE FROM algo_trades WHERE run_id = 1", "run 1 says trades 4; algo_trades has 0 of it"),
    ("DELETE FROM refused_signals WHERE run_id = 1 AND refusal_id = 1",
     "run 1 says refused 2; refused_signals has 1 of it"),
    ("DELETE FROM trials WHERE trial = 3", "sweep 1 says trials_done 10; trials has 9 of it"),
    ("UPDATE sweeps SET n_trials = 12", "completed without all trials: sweep 1"),
    ("DELETE FROM backtest_strategy_allocations", "without strategies: run 1, 2"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "told"), HALF)
def test_half_a_run_is_found(database: Database, statement: str, told: str) -> None:
    """Whatever part of it another program took away."""
    found = spoilt(filled(database), statement)
    assert told in [each.detail for each in found if each.kind.startswith("half")]


def test_a_run_without_its_orders_is_found(database: Database) -> None:
    """A whole run, as `kairos run` stores it, is sound; then an order of it is taken away."""
    make_demo_bars("QQQ", "30m", database=database)
    StrategyManager(SINGLE, db_path=database.url, end="2023-03-31").run_all()
    assert check_database(database).findings == ()
    found = spoilt(database, "DELETE FROM orders WHERE number = 2")
    assert found == (Finding("half run", "without all orders: run 1"),)


def test_rows_without_their_partner_are_found(database: Database) -> None:
    """A foreign key that was switched off when they were written."""
    found = spoilt(filled(database), "UPDATE algo_trades SET strategy_id = 77 WHERE run_id = 1")
    assert found == (Finding("loose rows", "4 rows of algo_trades lack their algo_strategies row"),)


def test_a_number_that_is_none_is_found(database: Database) -> None:
    """Infinity in a file; on PostgreSQL NaN too, and the CHECK that was dropped for it."""
    statements, said = ["UPDATE algo_trades SET net_pnl = 9e999 WHERE trade_id = 3"], []
    if database.engine.dialect.name == "postgresql":
        statements = [
            "ALTER TABLE algo_trades DROP CONSTRAINT ck_algo_trades_net_pnl",
            "UPDATE algo_trades SET net_pnl = 'NaN' WHERE trade_id = 3",
        ]
        said = ["the constraint ck_algo_trades_net_pnl is missing, or was switched off"]
    else:
        said = ["CHECK constraint failed in algo_trades"]
    found = spoilt(filled(database), *statements)
    assert [each.detail for each in found] == [*said, "1 rows of algo_trades: net_pnl is no number"]


CHANGED = [
    ("DROP VIEW v_market_bars", "the view v_market_bars is missing"),
    ("DROP INDEX ix_algo_trades_run_id_position", "ix_algo_trades_run_id_position"),
    ("DROP TABLE price_factors", "price_factors"),
]


@pytest.mark.parametrize(("statement", "told"), CHANGED)
def test_what_lacks_of_the_schema_is_found(database: Database, statement: str, told: str) -> None:
    """A view, an index, a table; whatever is told names it."""
    found = spoilt(filled(database), statement)
    assert found
    assert all(told in each.detail for each in found)


def test_a_trigger_that_is_gone_is_found(database: Database) -> None:
    """What keeps strategies from changing."""
    on = "" if database.engine.dialect.name == "sqlite" else " ON algo_strategies"
    (found,) = spoilt(database, f"DROP TRIGGER algo_strategies_frozen{on}")
    assert found.detail.startswith("the trigger algo_strategies_frozen is missing")


def test_a_strange_trigger_is_found_and_a_strange_table_is_not(database: Database) -> None:
    """Somebody's own view or table is no fault; what changes Kairos's rows behind its back is."""
    made = {
        "sqlite": ["CREATE TRIGGER own AFTER DELETE ON equity BEGIN SELECT 1; END"],
        "postgresql": ["CREATE TRIGGER own AFTER DELETE ON equity FOR EACH STATEMENT "
                       "EXECUTE FUNCTION algo_strategies_frozen()"],
    }[database.engine.dialect.name]  # fmt: skip
    added = ["CREATE TABLE notes (id INTEGER)", "CREATE VIEW best AS SELECT * FROM backtest_runs",
             "CREATE INDEX ix_own ON equity (equity)"]  # fmt: skip
    assert spoilt(database, *added) == ()
    assert spoilt(database, *made) == (Finding("schema", "the trigger own is not Kairos's"),)


def test_a_changed_table_is_found(file_database: Database) -> None:
    """A column more than Kairos made."""
    (found,) = spoilt(file_database, "ALTER TABLE equity ADD COLUMN note TEXT")
    assert found == Finding("schema", "the table equity is not as Kairos made it")


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_an_older_ledger_is_checked_as_what_it_is(address: URL, kind: str, revision: str) -> None:
    """It lacks nothing that its own Kairos gave it."""
    older(address, revision).dispose()
    database = open_existing(address)
    found = check_database(database)
    assert (found.schema, found.findings) == (revision, ())
    if kind == "sqlite":
        assert spoilt(database, "DROP VIEW v_market_bars") != ()
    database.close()
