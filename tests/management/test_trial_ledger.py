"""Trials go to the ledger in chunks, whole or not at all, and come back as they were."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from infrastructure.database.engine import Database, open_database
from infrastructure.database.research_tables import TRIAL_FIGURES, TRIAL_VALUES, sweeps
from infrastructure.errors import StorageError
from infrastructure.strategy_management.sweep_rows import stored_ranges
from infrastructure.strategy_management.trial_ledger import TrialLedger
from tests.database.kinds import EVERY_WAY
from tests.database.ledger_samples import rows
from tests.database.sweep_samples import DAY, START, series, sweep_record, trial_columns

each_way = pytest.mark.parametrize("kind", EVERY_WAY, indirect=True)
REAL = (*TRIAL_VALUES, *TRIAL_FIGURES)


@each_way
def test_trials_come_back_as_they_were_saved(database: Database) -> None:
    """Every column to the last bit, what does not exist as NaN, by whichever way."""
    ledger, written = TrialLedger(database), trial_columns(range(1_000))
    handle = ledger.begin(sweep_record())
    assert (handle.resumed, handle.stored) == (False, ())
    ledger.save(handle.sweep_id, written)
    found = ledger.trials(handle.sweep_id)
    assert list(found) == ["trial", "config_hash", "invalid", *REAL]
    for name, column in found.items():
        assert column.dtype == (np.float64 if name in REAL else np.int64)
        np.testing.assert_array_equal(column, written[name])
    assert ledger.count(handle.sweep_id) == ledger.sweep(handle.sweep_id).trials_done == 1_000
    missing = rows(database, "SELECT count(*) FROM trials WHERE sqn IS NULL")
    assert missing == [(int(np.isnan(written["sqn"]).sum()),)]


def test_what_is_not_given_is_no_figure(database: Database) -> None:
    """A sweep of one axis gives one value; a strategy that refused all gives no figures."""
    ledger = TrialLedger(database)
    sweep_id = ledger.begin(sweep_record()).sweep_id
    given = {"trial": [0, 1], "config_hash": [5, -6], "value_1": [0.5, 1], "trades": [3, 4]}
    ledger.save(sweep_id, given)
    found = ledger.trials(sweep_id)
    assert {name: found[name].tolist() for name in given} == given
    assert found["invalid"].tolist() == [0, 0]
    assert all(np.isnan(found[name]).all() for name in REAL if name not in given)


def test_an_empty_chunk_is_nothing(database: Database) -> None:
    """Nor is a sweep without trials anything but empty columns."""
    ledger = TrialLedger(database)
    sweep_id = ledger.begin(sweep_record()).sweep_id
    ledger.save(sweep_id, trial_columns([]))
    assert ledger.count(sweep_id) == 0
    assert all(len(column) == 0 for column in ledger.trials(sweep_id).values())


def test_the_same_plan_is_gone_on_with(database: Database) -> None:
    """An unfinished sweep is the one again, with what it has; a finished one is left alone."""
    ledger = TrialLedger(database)
    first = ledger.begin(sweep_record()).sweep_id
    for numbers in (range(100, 300), range(50), range(300, 310)):
        ledger.save(first, trial_columns(numbers))
    again = ledger.begin(sweep_record())
    assert (again.sweep_id, again.resumed) == (first, True)
    assert again.stored == ((0, 50), (100, 310))
    assert again.trials_done == ledger.sweep(first).trials_done == 260
    other = ledger.begin(sweep_record(plan_hash="b" * 64))
    assert (other.sweep_id, other.resumed, other.stored) == (first + 1, False, ())
    ledger.finish(first)
    third = ledger.begin(sweep_record())
    assert (third.sweep_id, third.resumed) == (first + 2, False)
    assert rows(database, "SELECT count(*) FROM sweep_series") == [(3,)]


@given(st.sets(st.integers(0, 60)))
def test_ranges_tell_exactly_what_is_stored(numbers: set[int]) -> None:
    """Ranges in order, with a hole before each but the first, that hold these trials."""
    database = open_database(":memory:")
    ledger = TrialLedger(database)
    sweep_id = ledger.begin(sweep_record()).sweep_id
    ledger.save(sweep_id, trial_columns(sorted(numbers, key=lambda each: each % 7)))
    stored = ledger.begin(sweep_record()).stored
    database.close()
    assert [each for first, end in stored for each in range(first, end)] == sorted(numbers)
    assert all(end < later for (_, end), (later, _) in pairwise(stored))


def test_going_on_reads_no_figures(file_database: Database) -> None:
    """What is stored is told from the key's own index: a tenth of a second for a million."""
    plan = "EXPLAIN QUERY PLAN SELECT trial FROM trials WHERE sweep_id = 1 ORDER BY trial"
    ((*_, how),) = rows(file_database, plan)
    assert "USING COVERING INDEX" in how
    with file_database.read() as connection:
        assert stored_ranges(connection, 1) == ()


def test_a_sweep_reads_back_as_it_was_begun(database: Database) -> None:
    """Its plan as given; its bars from the first of all series to the last."""
    both = (series("QQQ", first=3, last=5), series("SPY", "1d", first=1, last=4))
    record = sweep_record(series=both, seed=-7, started_at=START, purpose="walk_forward")
    ledger = TrialLedger(database)
    sweep_id = ledger.begin(record).sweep_id
    stored = ledger.sweep(sweep_id)
    assert (stored.status, stored.finished_at, stored.trials_done) == ("running", None, 0)
    assert stored.started_at == datetime.fromtimestamp(START, UTC)
    for name in vars(record).keys() - {"series", "started_at"}:
        assert getattr(stored, name) == getattr(record, name)
    told = [
        (each.symbol, each.interval, str(each.bars_start), str(each.bars_end))
        for each in stored.series
    ]
    assert told == [
        ("QQQ", "30m", "2024-01-05 14:30:00+00:00", "2024-01-07 14:30:00+00:00"),
        ("SPY", "1d", "2024-01-03 14:30:00+00:00", "2024-01-06 14:30:00+00:00"),
    ]
    with database.read() as connection:
        whole = connection.execute(select(sweeps.c.bars_start, sweeps.c.bars_end)).one()
    assert [str(each) for each in whole] == [told[1][2], told[0][3]]
    ledger.finish(sweep_id)
    finished = ledger.sweep(sweep_id)
    assert finished.status == "completed"
    assert finished.finished_at is not None
    assert finished.finished_at > datetime.fromtimestamp(START, UTC)
    ledger.finish(sweep_id)
    assert ledger.sweep(sweep_id).finished_at == finished.finished_at


BROKEN: list[tuple[str, Any]] = [
    *((name, value) for name in REAL for value in (np.inf, -np.inf)),
    ("sqn", 2e300),
    ("invalid", 2),
    ("invalid", -1),
    ("trial", -1),
    ("trial", 3),
]


@each_way
def test_a_bad_trial_refuses_its_chunk(database: Database) -> None:
    """Infinity in any column, a flag that is none, a number twice: nothing of it is left."""
    ledger = TrialLedger(database)
    sweep_id = ledger.begin(sweep_record()).sweep_id
    ledger.save(sweep_id, trial_columns(range(100, 200)))
    for name, value in BROKEN:
        chunk = trial_columns(range(90))
        column = chunk[name].astype(np.int64 if name == "invalid" else chunk[name].dtype)
        column[77] = value
        with pytest.raises(StorageError, match="refused a row and wrote nothing") as caught:
            ledger.save(sweep_id, chunk | {name: column})
        assert "\n" not in str(caught.value)
    assert ledger.count(sweep_id) == ledger.sweep(sweep_id).trials_done == 100
    with pytest.raises(StorageError, match="refused a row"), database.write() as connection:
        connection.execute(text("UPDATE trials SET sqn = 9e999"))


def test_what_is_no_trial_is_a_bug(database: Database) -> None:
    """A column of another name, or of another length; nothing is left of either."""
    ledger = TrialLedger(database)
    sweep_id = ledger.begin(sweep_record()).sweep_id
    with pytest.raises(ValueError, match="no column of trials is called sharp"):
        ledger.save(sweep_id, trial_columns(range(3), sharp=np.zeros(3)))
    with pytest.raises(ValueError, match="equally long"):
        ledger.save(sweep_id, trial_columns(range(3), sqn=np.zeros(2)))
    assert ledger.sweep(sweep_id).trials_done == 0


def test_a_sweep_that_cannot_take_trials_says_why(database: Database) -> None:
    """There is no such sweep; it is completed; or another process is running it too."""
    ledger = TrialLedger(database)
    with pytest.raises(StorageError, match=r"no sweep has the number 1; there is none"):
        ledger.sweep(1)
    sweep_id = ledger.begin(sweep_record()).sweep_id
    with pytest.raises(StorageError, match=r"no sweep has the number 7; the last one is 1"):
        ledger.save(7, trial_columns(range(3)))
    ledger.save(sweep_id, trial_columns(range(3)))
    with pytest.raises(StorageError, match="the same sweep is running twice"):
        ledger.save(sweep_id, trial_columns(range(2, 5)))
    ledger.finish(sweep_id)
    with pytest.raises(StorageError, match="sweep 1 is completed"):
        ledger.save(sweep_id, trial_columns(range(3)))
    assert ledger.count(sweep_id) == 3


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("limit", [None, 0, 7, 500])
def test_trials_come_in_the_order_that_was_asked_for(
    database: Database, descending: bool, limit: int | None
) -> None:
    """As plain Python sorts them: no figure last, equal ones by number."""
    ledger = TrialLedger(database)
    sweep_id = ledger.begin(sweep_record()).sweep_id
    sqn = np.random.default_rng(3).integers(-3, 4, 200) / 2.0
    sqn[::9] = np.nan
    ledger.save(sweep_id, trial_columns(range(200), sqn=sqn))
    found = ledger.trials(sweep_id, "sqn", descending, limit, columns=["sqn", "trial"])
    sign = -1 if descending else 1
    key = [(bool(np.isnan(each)), sign * each if each == each else 0.0) for each in sqn.tolist()]
    expected = sorted(range(200), key=lambda trial: (*key[trial], trial))[:limit]
    assert list(found) == ["sqn", "trial"]
    assert found["trial"].tolist() == expected
    np.testing.assert_array_equal(found["sqn"], sqn[expected])


def test_some_trials_can_be_asked_for(database: Database) -> None:
    """Those of another sweep are not mixed in; an unknown one is not there."""
    ledger = TrialLedger(database)
    first = ledger.begin(sweep_record()).sweep_id
    second = ledger.begin(sweep_record(plan_hash="b" * 64)).sweep_id
    ledger.save(first, trial_columns(range(10)))
    ledger.save(second, trial_columns(range(10), sqn=np.arange(10.0)))
    found = ledger.trials(second, trials=np.array([7, 3, 99]), columns=("trial", "sqn"))
    assert {name: column.tolist() for name, column in found.items()} == {
        "trial": [3, 7],
        "sqn": [3.0, 7.0],
    }
    assert len(ledger.trials(second, trials=[])["trial"]) == 0


def test_sweeps_are_found_by_what_they_traded_and_when(database: Database) -> None:
    """One of the series at its interval, and at least one moment in common."""
    ledger = TrialLedger(database)
    plans = {
        1: (series("QQQ", "30m", 0, 9),),
        2: (series("QQQ", "1h", 0, 9),),
        3: (series("QQQ", "30m", 10, 19), series("SPY", "30m", 0, 19)),
    }
    for number, traded in plans.items():
        assert ledger.begin(sweep_record(plan_hash=str(number), series=traded)).sweep_id == number

    def found(*wanted: tuple[str, str], first: int = 0, last: int = 19) -> list[int]:
        return ledger.sweeps_on(list(wanted), START + first * DAY, START + last * DAY)

    qqq, spy = ("QQQ", "30m"), ("SPY", "30m")
    assert found(qqq) == [1, 3]
    assert found(qqq, first=9, last=9) == [1]
    assert found(qqq, spy, first=9, last=9) == [1, 3]
    assert found(qqq, first=20, last=30) == []
    assert found(("QQQ", "1h"), ("SPY", "1h")) == [2]
    assert found(("IWM", "30m")) == found() == []
