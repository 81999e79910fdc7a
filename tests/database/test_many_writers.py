"""Many processes on one ledger; tests/faults kills them, too."""

from pathlib import Path

from infrastructure.database.engine import open_database
from tests.database.ledger_programs import needs_fork, program
from tests.database.ledger_samples import counts, half_runs, rows

PROCESSES, RUNS = 8, 25


@needs_fork
def test_eight_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    """200 runs, no error, none lost, none half; what they share is one row."""
    path = tmp_path / "kairos.db"
    lines = program("write", path, PROCESSES, RUNS)
    assert [line for line in lines if line.startswith("error")] == []
    written = sorted(int(line) for line in lines if line != "0")
    assert written == list(range(1, PROCESSES * RUNS + 1))
    database = open_database(path)
    found = counts(database)
    assert found["backtest_runs"] == PROCESSES * RUNS
    assert found["algo_trades"] == PROCESSES * RUNS * 100
    assert rows(database, "SELECT count(*) FROM algo_strategies") == [(PROCESSES + 1,)]
    assert half_runs(database) == []
    database.close()


@needs_fork
def test_processes_may_create_one_file_at_once(tmp_path: Path) -> None:
    """All of them get a database, and it is one: 8 at a time, 10 times."""
    lines = program("create", tmp_path, PROCESSES, 10)
    assert lines == ["opened"] * PROCESSES * 10
    for path in tmp_path.glob("*.db"):
        database = open_database(path)
        assert rows(database, "SELECT count(*) FROM alembic_version") == [(1,)]
        assert rows(database, "PRAGMA journal_mode") == [("wal",)]
        database.close()
