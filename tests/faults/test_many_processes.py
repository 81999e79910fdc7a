"""8 processes that write 200 runs each to one database: 0 errors, 0 lost, 0 half. Counted."""

import time
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from infrastructure.database.engine import Database, open_database
from infrastructure.market_data.synthetic import make_demo_bars
from tests.database.ledger_programs import needs_fork, program
from tests.database.ledger_samples import counts, rows
from tests.faults.conftest import Told
from tests.faults.stored import faults, run_contents
from tests.faults.works import FIRST_DAY
from tests.faults.write_processes import N_TRADES

WRITE_PROCESSES = Path(__file__).with_name("write_processes.py")
PROCESSES, RUNS = 8, 200


def told_runs(lines: list[str]) -> list[int]:
    """Numbers of the runs that were told as stored; there are no errors."""
    assert [line for line in lines if line.startswith("error")] == []
    return sorted(int(line) for line in lines if line.isdigit())


def shape_of_runs(database: Database) -> list[tuple[int, ...]]:
    """How many rows of each kind runs have: each shape once, and how many runs have it."""
    parts = ("algo_trades", "refused_signals", "equity", "backtest_strategy_allocations")
    each = ", ".join(f"(SELECT count(*) FROM {part} WHERE run_id = run.run_id)" for part in parts)
    return rows(
        database,
        f"SELECT trades, refused, {each}, count(*) FROM backtest_runs AS run "
        "GROUP BY 1, 2, 3, 4, 5, 6",
    )


def write_all(place: str | Path) -> dict[str, int]:
    """8 x 200 small runs: each that was told as stored is there, whole, and nothing else is."""
    open_database(place).close()
    began = time.monotonic()
    told = told_runs(program(place, PROCESSES, RUNS, "records", script=WRITE_PROCESSES))
    seconds = time.monotonic() - began
    assert told == list(range(1, PROCESSES * RUNS + 1))
    database = open_database(place)
    whole = (N_TRADES, N_TRADES // 2, N_TRADES, N_TRADES // 2, 3, 2, PROCESSES * RUNS)
    assert shape_of_runs(database) == [whole]
    assert rows(database, "SELECT count(*) FROM algo_strategies") == [(PROCESSES + 1,)]
    stored = counts(database)
    if database.engine.dialect.name == "sqlite":
        assert faults(database) == []
    database.close()
    return {
        "runs stored": stored["backtest_runs"],
        "rows": sum(stored.values()),
        "errors": 0,
        "lost": PROCESSES * RUNS - stored["backtest_runs"],
        "half": 0,
        "seconds": round(seconds),
    }


@needs_fork
def test_eight_processes_write_two_hundred_runs_each(folder_in_memory: Path, counted: Told) -> None:
    """On one SQLite file."""
    counted("8 processes x 200 runs on one file", write_all(folder_in_memory / "kairos.db"))


@needs_fork
@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_eight_processes_write_two_hundred_runs_each_to_a_server(
    address: URL, counted: Told
) -> None:
    """On one PostgreSQL database."""
    counted("8 processes x 200 runs on PostgreSQL", write_all(address.render_as_string(False)))


@needs_fork
@pytest.mark.nightly
def test_eight_processes_run_the_command_two_hundred_times(tmp_path: Path, counted: Told) -> None:
    """The same of `kairos run`, from bars to report: all runs hold the same rows, to the bit."""
    path = tmp_path / "kairos.db"
    database = open_database(path)
    make_demo_bars(database=database, start=FIRST_DAY)
    lines = program(path, PROCESSES, RUNS, "commands", script=WRITE_PROCESSES, seconds=900)
    told = told_runs(lines)
    assert told == list(range(2, PROCESSES * RUNS + 2))
    assert {run_contents(database, run_id) for run_id in told} == {run_contents(database, 1)}
    assert faults(database) == []
    database.close()
    counted("8 processes x 200 `kairos run`", {"runs stored": len(told), "errors": 0, "lost": 0})
