"""Clocks that are set between two runs, and days on which they change by themselves."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import time_machine
from sqlalchemy import select

from infrastructure.cli.app import main
from infrastructure.database.engine import Database, open_database
from infrastructure.database.models import backtest_runs, sweeps
from infrastructure.market_data.intake.importing import import_bars
from infrastructure.market_data.synthetic import make_demo_bars
from infrastructure.strategy_management.strategy_manager import StrategyManager
from infrastructure.strategy_management.trial_ledger import TrialLedger
from tests.database.ledger_samples import rows
from tests.database.sweep_samples import sweep_record, trial_columns
from tests.faults.stored import faults, run_contents, series_contents
from tests.faults.works import FIRST_DAY, PORTFOLIO

NEW_YORK, BERLIN, LORD_HOWE = map(
    ZoneInfo, ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe")
)

CLOCKS = [
    datetime(2024, 3, 10, 1, 59, 59, tzinfo=NEW_YORK),  # a second before 3 o'clock
    datetime(2024, 3, 10, 3, 0, tzinfo=NEW_YORK),
    datetime(2024, 11, 3, 1, 30, tzinfo=NEW_YORK),  # the first half past one
    datetime(2024, 11, 3, 1, 30, fold=1, tzinfo=NEW_YORK),  # and the second
    datetime(2024, 11, 3, 1, 30, tzinfo=NEW_YORK),  # set back by an hour
    datetime(2024, 3, 31, 3, 0, tzinfo=BERLIN),
    datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=BERLIN),
    datetime(2024, 4, 7, 1, 45, fold=1, tzinfo=LORD_HOWE),  # by half an hour
    datetime(2024, 2, 29, 23, 59, 59, tzinfo=LORD_HOWE),
    datetime(2023, 12, 31, 23, 59, 59, tzinfo=BERLIN),
    datetime(2024, 1, 1, tzinfo=NEW_YORK),
    datetime(2014, 6, 1, 12, tzinfo=UTC),  # set back by ten years
    datetime(2034, 6, 1, 12, tzinfo=UTC),  # and forward by twenty
    datetime(1970, 1, 1, tzinfo=UTC),  # a machine without a battery
]
"""In this order: the zone of each is the machine's too."""

needs_zones = pytest.mark.skipif(os.name == "nt", reason="a process cannot change its zone there")


@pytest.fixture
def with_bars(tmp_path: Path) -> Path:
    """A file with two months of synthetic bars."""
    path = tmp_path / "kairos.db"
    database = open_database(path)
    make_demo_bars(database=database, start=FIRST_DAY)
    database.close()
    return path


@needs_zones
def test_runs_are_the_same_whatever_the_clock_says(
    with_bars: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their numbers tell the order, their moments are the clock's in UTC, and the rest is equal."""
    other = shutil.copy(with_bars, with_bars.with_name("other.db"))
    assert main(["run", PORTFOLIO, "--db", str(other)]) == 0
    capsys.readouterr()  # the kernels have been compiled, which a command says
    for clock in CLOCKS:
        with time_machine.travel(clock, tick=False):
            assert main(["run", PORTFOLIO, "--db", str(with_bars)]) == 0
    assert capsys.readouterr().err == ""
    database = open_database(with_bars)
    with database.read() as connection:
        wanted = select(backtest_runs.c.execution_date).order_by(backtest_runs.c.run_id)
        executed = connection.execute(wanted).scalars().all()
    assert executed == [clock.astimezone(UTC) for clock in CLOCKS]
    numbers = range(1, len(CLOCKS) + 1)
    stored = rows(database, "SELECT run_id FROM backtest_runs ORDER BY run_id")
    assert stored == [(each,) for each in numbers]
    assert len({run_contents(database, run_id) for run_id in numbers}) == 1
    assert rows(database, "SELECT count(*) FROM algo_strategies") == [(1,)]
    assert faults(database) == []
    database.close()


def test_a_clock_that_is_set_back_during_a_run_takes_no_time_from_it(with_bars: Path) -> None:
    """How long it took is measured by a clock that nobody sets."""
    with time_machine.travel(CLOCKS[0]) as clock:
        manager = StrategyManager(f"backtest_config/portfolios/{PORTFOLIO}.json", db_path=with_bars)
        manager.run_all(lambda _step: clock.shift(timedelta(hours=-1)))
    database = open_database(with_bars)
    assert rows(database, "SELECT count(*) FROM backtest_runs") == [(1,)]
    ((seconds,),) = rows(database, "SELECT seconds FROM run_evidence")
    assert 0 < seconds < 600
    database.close()


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(days=-3653), timedelta(days=3653)])
def test_a_sweep_ends_whatever_happens_to_the_clock(database: Database, step: timedelta) -> None:
    """It is gone on with, completed, and does not end before it began."""
    ledger = TrialLedger(database)
    began = CLOCKS[1].astimezone(UTC)
    with time_machine.travel(began, tick=False) as clock:
        sweep_id = ledger.begin(sweep_record(n_trials=20)).sweep_id
        ledger.save(sweep_id, trial_columns(range(10)))
        clock.shift(step)
        again = ledger.begin(sweep_record(n_trials=20))
        assert (again.sweep_id, again.resumed, again.stored) == (sweep_id, True, ((0, 10),))
        ledger.save(sweep_id, trial_columns(range(10, 20)))
        ledger.finish(sweep_id)
    with database.read() as connection:
        found = connection.execute(select(sweeps)).mappings().one()
    assert (found["status"], found["trials_done"], found["started_at"]) == ("completed", 20, began)
    assert found["finished_at"] == max(began, began + step)


def stamps_across(first: str, days: int) -> list[str]:
    """Half hours of New York's regular session on weekdays from this date on, without a zone."""
    dates = np.datetime64(first) + np.arange(days)
    times = np.arange(570, 960, 30).astype("timedelta64[m]")
    return [str(day + time) for day in dates[np.is_busday(dates)] for time in times]


@needs_zones
@pytest.mark.parametrize("first", ["2024-03-06", "2024-10-30"])
def test_bars_across_a_change_of_the_clocks_are_the_same_in_every_zone(
    tmp_path: Path, file_database: Database, first: str
) -> None:
    """Stamps of New York's clock are placed by New York's sessions, not by the machine's zone."""
    csv = tmp_path / "bars.csv"
    lines = [f"{stamp},10,11,9,10,1000" for stamp in stamps_across(first, 9)]
    csv.write_text("\n".join(["timestamp,open,high,low,close,volume", *lines]) + "\n")
    for number, zone in enumerate((NEW_YORK, BERLIN, LORD_HOWE, UTC)):
        with time_machine.travel(datetime(2024, 11, 3, 1, 30, tzinfo=zone), tick=False):
            import_bars(file_database, csv, f"S{number}", timezone="America/New_York")
    found = {series_contents(file_database, f"S{number}") for number in range(4)}
    assert len(found) == 1
    opened = "SELECT DISTINCT strftime('%H:%M', min(timestamp), 'unixepoch') FROM market_bars "
    opened += "WHERE symbol = 'S1' GROUP BY timestamp / 86400"
    assert sorted(rows(file_database, opened)) == [("13:30",), ("14:30",)]
