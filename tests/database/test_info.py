"""What is told of a database without looking through it."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from infrastructure.database.engine import Database, open_existing
from infrastructure.database.revision import SCHEMA_REVISION
from infrastructure.database.upkeep.info import database_info
from tests.database.ledger_samples import rows
from tests.database.upkeep_samples import filled, older

LARGE = ("algo_trades", "refused_signals", "trials", "market_bars", "equity", "orders")


def test_it_tells_what_there_is(database: Database) -> None:
    """Every number is the one that counting gives."""
    found = database_info(filled(database))
    tables = {
        "strategies": "algo_strategies",
        "runs": "backtest_runs",
        "trades": "algo_trades",
        "refusals": "refused_signals",
        "sweeps": "sweeps",
        "trials": "trials",
        "series": "bar_series",
        "bars": "market_bars",
    }
    counted = {
        name: rows(database, f"SELECT count(*) FROM {tables[name]}")[0][0] for name in tables
    }
    assert found.counts == counted
    assert counted["trades"] == 8
    assert found.uncounted_series == 0
    assert found.last_run is not None
    assert (found.last_run.run_id, found.last_run.portfolio_name) == (2, "single_qqq")
    assert (found.name, found.schema) == (database.name, SCHEMA_REVISION)
    assert found.bytes + (found.wal_bytes or 0) > 50_000


def test_an_empty_ledger_has_nothing(database: Database) -> None:
    """No row, and no last run."""
    found = database_info(database)
    assert set(found.counts.values()) == {0}
    assert found.last_run is None


def test_bars_that_another_program_changed_are_not_counted(database: Database) -> None:
    """Their old count may be false; how many series there are is known."""
    with filled(database).write() as connection:
        connection.execute(text("DELETE FROM market_bars WHERE timestamp = 1704205800"))
    found = database_info(database)
    assert (found.counts["series"], found.counts["bars"], found.uncounted_series) == (1, 0, 1)


def test_the_large_tables_are_not_even_opened(file_database: Database) -> None:
    """A ledger of ten million trades is told of as quickly."""
    before = database_info(filled(file_database))
    with file_database.write() as connection:
        for name in LARGE:
            connection.execute(text(f"ALTER TABLE {name} RENAME TO hidden_{name}"))
    after = database_info(file_database)
    assert replace(after, bytes=0, wal_bytes=0, settings={}) == replace(
        before, bytes=0, wal_bytes=0, settings={}
    )


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_an_older_ledger_tells_what_it_has(address: URL, revision: str) -> None:
    """What it has no tables for is unknown, not none."""
    older(address, revision).dispose()
    database = open_existing(address)
    found = database_info(database)
    database.close()
    assert (found.schema, found.counts["runs"]) == (revision, 0)
    assert (found.counts["sweeps"] is None) == (revision < "0003")
    assert (found.counts["bars"] is None) == (revision < "0002")


def test_the_settings_are_those_that_keep_a_run_safe(file_database: Database) -> None:
    """As the promises of docs/database.md have them."""
    settings = database_info(file_database).settings
    assert (settings["journal_mode"], settings["synchronous"]) == ("wal", "full")
