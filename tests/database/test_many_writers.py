"""Many processes on one ledger, some of them killed."""

from pathlib import Path

import numpy as np

from infrastructure.database.engine import open_database
from infrastructure.strategy_management.trial_ledger import TrialLedger
from tests.database.ledger_processes import CHUNK
from tests.database.ledger_programs import needs_fork, program
from tests.database.ledger_samples import counts, half_runs, rows
from tests.database.sweep_samples import sweep_record, trial_columns

PROCESSES, RUNS = 8, 25
KILLS = 50


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
def test_a_killed_writer_leaves_no_half_run(tmp_path: Path) -> None:
    """50 times kill -9 at any moment: what was reported is there, all that is there is whole."""
    path = tmp_path / "kairos.db"
    lines = program("kill", path, KILLS, "runs")
    assert [line for line in lines if line.startswith("error")] == []
    assert lines.count("inside") >= KILLS // 4
    reported = {int(line) for line in lines if line != "inside"}
    assert len(reported) >= KILLS // 2
    database = open_database(path)
    assert reported <= {row[0] for row in rows(database, "SELECT run_id FROM backtest_runs")}
    assert half_runs(database) == []
    assert rows(database, "PRAGMA integrity_check") == [("ok",)]
    assert rows(database, "PRAGMA foreign_key_check") == []
    database.close()


@needs_fork
def test_a_killed_sweep_has_stored_whole_chunks(tmp_path: Path) -> None:
    """20 times kill -9: what was reported is there, no chunk is half, and none is lost or twice."""
    path = tmp_path / "kairos.db"
    lines = program("kill", path, 20, "trials")
    assert [line for line in lines if line.startswith("error")] == []
    assert lines.count("inside") >= 5
    reported = [int(line) for line in lines if line != "inside"]
    database = open_database(path)
    ledger = TrialLedger(database)
    handle = ledger.begin(sweep_record())
    ((first, end),) = handle.stored
    assert (first, end % CHUNK) == (0, 0)
    assert set(reported) <= set(range(0, end, CHUNK))
    assert ledger.count(1) == ledger.sweep(1).trials_done == end
    found, written = ledger.trials(1, columns=("trial", "sqn")), trial_columns(range(end))
    assert all(np.array_equal(found[name], written[name], equal_nan=True) for name in found)
    assert rows(database, "SELECT count(*) FROM sweeps") == [(1,)]
    assert rows(database, "PRAGMA integrity_check") == [("ok",)]
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
