"""A server that goes away while it commits: nobody can know, and the line says so."""

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from infrastructure.database.engine import open_database
from infrastructure.errors import StorageError
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from tests.database.ledger_samples import half_runs, rows, run_record

ENDS_AT_COMMIT = (
    "CREATE FUNCTION go_away() RETURNS trigger AS $$ "
    "BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$ LANGUAGE plpgsql",
    "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON backtest_runs "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION go_away()",
)
"""The server ends the connection in the middle of the commit."""


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_server_that_is_lost_in_a_commit_leaves_it_open(address: URL) -> None:
    """One line; the ledger can be used again at once, and holds no half run."""
    database = open_database(address)
    ledger = StrategyCreation(database)
    with database.write() as connection:
        for statement in ENDS_AT_COMMIT:
            connection.execute(text(statement))
    with pytest.raises(StorageError, match="may be stored or not") as caught:
        ledger.save_run(run_record())
    assert "\n" not in str(caught.value)
    with database.write() as connection:
        connection.execute(text("DROP TRIGGER at_commit ON backtest_runs"))
    ledger.save_run(run_record())
    assert half_runs(database) == []
    assert rows(database, "SELECT count(*) FROM backtest_runs") == [(1,)]
    database.close()


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_server_that_is_lost_before_a_commit_does_not(address: URL) -> None:
    """A transaction that did not come to its commit is not there, and the line says no other."""
    database = open_database(address)
    lost = pytest.raises(StorageError, match="cannot be used")
    with lost as caught, database.write() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert "may be stored" not in str(caught.value)
    assert StrategyCreation(database).save_run(run_record()) == 1
    database.close()
