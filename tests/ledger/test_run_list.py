"""Runs in a list: which, in what order, how many, and by which way through the database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from asking_setup import listed, store
from sqlalchemy import event

from infrastructure.database.engine import Database
from infrastructure.database.models import RUN_LIST
from infrastructure.errors import ConfigError
from infrastructure.ledger.asking.columns import COLUMNS
from infrastructure.ledger.asking.filters import RunFilter
from infrastructure.ledger.asking.listing import list_runs
from infrastructure.ledger.asking.marking import add_tags
from tests.database.ledger_samples import rows, strategy

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def numbers(database: Database, sort: str, limit: int | None = None) -> list[int]:
    """All runs in this order."""
    return [run.run_id for run in list_runs(database, sort=sort, limit=limit).runs]


def test_the_newest_comes_first(database: Database) -> None:
    """By the time of execution; of the same second, the higher number."""
    for days in (1, 0, 2, 2):
        store(database, execution_date=NOON + days * DAY)
    assert numbers(database, "-execution_date") == [4, 3, 1, 2]
    assert [run.run_id for run in list_runs(database).runs] == [4, 3, 1, 2]


def test_what_does_not_exist_is_sorted_last(database: Database) -> None:
    """Up or down; of equals the newest run comes first; several columns decide in turn."""
    for sharpe, trades in ((1.0, 5), (None, 5), (2.0, 5), (1.0, 9), (None, 1)):
        store(database, sharpe=sharpe, trades=trades)
    assert numbers(database, "sharpe") == [4, 1, 3, 5, 2]
    assert numbers(database, "-sharpe") == [3, 4, 1, 5, 2]
    assert numbers(database, " -SHARPE, trades") == [3, 1, 4, 5, 2]
    assert numbers(database, "-sharpe", limit=2) == [3, 4]


def test_a_limit_cuts_the_list_and_not_the_count(database: Database) -> None:
    """How many there are is said of all that fulfil the filter, and of all there are."""
    for sharpe in range(7):
        store(database, sharpe=float(sharpe))
    found = list_runs(database, RunFilter("sharpe > 1"), limit=3)
    assert [run.run_id for run in found.runs] == [7, 6, 5]
    assert (found.matching, found.stored) == (5, 7)
    for limit in (0, -1, 1_000_001):
        with pytest.raises(ConfigError, match="--limit: expected 1 to 1,000,000"):
            list_runs(database, limit=limit)


def test_a_run_is_found_by_what_its_strategies_are(database: Database) -> None:
    """By symbols, names and classes of one and the same strategy, whatever its place."""
    store(database, [strategy("one")])
    store(database, [strategy("two", symbols=("SPY",)), strategy("one", symbols=("IWM", "QQQ"))])
    store(database, [strategy("two", symbols=("QQQ3", "SPY"), class_name="Other")])
    assert listed(database, symbols=("QQQ",)) == [1, 2]
    assert listed(database, symbols=("QQQ", "SPY")) == [1, 2, 3]
    assert listed(database, strategies=("two",)) == [2, 3]
    assert listed(database, symbols=("QQQ",), strategies=("two",)) == []
    assert listed(database, classes=("Other",)) == [3]
    assert listed(database, "run_id > 1", symbols=("IWM",)) == [2]


def test_a_word_in_a_config_is_no_symbol(database: Database) -> None:
    """A strategy that is called QQQ trades what it says it trades."""
    store(database, [strategy("QQQ", symbols=("SPY",), variant="QQQ")])
    assert listed(database, symbols=("QQQ",)) == []
    assert listed(database, symbols=("SPY",)) == [1]


def test_filters_hold_together(database: Database) -> None:
    """Days from their first to their last second, tags, portfolios."""
    for hours in (0, 11, 12, 36):
        name = f"p{hours}"
        store(database, portfolio_name=name, execution_date=NOON + timedelta(hours=hours))
    add_tags(database, [1, 2, 4], ["good"])
    assert listed(database, since=date(2024, 1, 3)) == [3, 4]
    assert listed(database, until=date(2024, 1, 2)) == [1, 2]
    assert listed(database, since=date(2024, 1, 3), until=date(2024, 1, 3)) == [3]
    assert listed(database, until=date.max) == [1, 2, 3, 4]
    assert listed(database, tags=("good", "none")) == [1, 2, 4]
    assert listed(database, portfolios=("p11", "p36"), tags=("good",)) == [2, 4]
    with pytest.raises(ConfigError, match="--until: expected a date from 2024-01-03 on; found"):
        listed(database, since=date(2024, 1, 3), until=date(2024, 1, 2))


def test_a_line_names_strategies_symbols_and_tags(database: Database) -> None:
    """In the portfolio's order, each symbol once; tags by the alphabet; every column."""
    store(database, [strategy("b", symbols=("SPY", "QQQ")), strategy("a", symbols=("IWM", "SPY"))])
    add_tags(database, [1], ["z", "A", "b"])
    (run,) = list_runs(database).runs
    assert run.strategies == ("b", "a")
    assert run.symbols == ("SPY", "QQQ", "IWM")
    assert run.tags == ("A", "b", "z")
    assert tuple(run.values) == ("run_id", *RUN_LIST)


@pytest.mark.parametrize("word", ["", "a\nb", "\u202e", "x" * 201, "\udcff", "\0"])
def test_what_can_be_no_name_is_one_line(file_database: Database, word: str) -> None:
    """Before the database is asked."""
    with pytest.raises(ConfigError, match=r"^--tag: expected a name ") as caught:
        listed(file_database, tags=(word,))
    assert str(caught.value).isprintable()


def test_a_sort_that_makes_no_sense_is_one_line(file_database: Database) -> None:
    """An unknown name gets the nearest one; so many columns nobody means."""
    with pytest.raises(ConfigError, match=r'--sort: .* "sharp" .did you mean "sharpe"'):
        list_runs(file_database, sort="-sharp")
    with pytest.raises(ConfigError, match="--sort: expected at most 5 columns; found 1,000"):
        list_runs(file_database, sort="sharpe," * 999 + "sharpe")


# --- the way through the database -----------------------------------------------------------------

ASKED = [
    RunFilter(),
    RunFilter("sharpe > 1 or synthetic"),
    RunFilter("sharpe > 1", symbols=("QQQ",)),
    RunFilter(strategies=("a",), tags=("good",), since=date(2024, 1, 1)),
]


@pytest.mark.parametrize("sort", ["-execution_date", "-sharpe"])
@pytest.mark.parametrize("asked", ASKED)
def test_no_run_is_read_for_a_list_of_runs(
    file_database: Database, asked: RunFilter, sort: str
) -> None:
    """SQLite reads indexes that cover what is asked; of no run, and of no trade, the row itself."""
    store(file_database)
    plan = " | ".join(_plan(file_database, asked, sort))
    assert "COVERING INDEX ix_backtest_runs_list" in plan
    # By its number a run is read only where it is one of those that are shown.
    assert ("backtest_runs USING INTEGER PRIMARY KEY" in plan) == asked.of_strategies
    assert "SCAN algo_trades" not in plan
    assert "SCAN backtest_strategy_allocations" not in plan
    assert "SCAN run_tags" not in plan
    scans = [step for step in plan.split(" | ") if step == "SCAN backtest_runs"]
    assert scans == []


def _plan(database: Database, asked: RunFilter, sort: str) -> list[str]:
    """Every step that SQLite takes for the statements of a list."""
    steps: list[str] = []
    explaining = False

    def explain(
        connection: object, cursor: object, statement: str, values: object, *_: object
    ) -> None:
        nonlocal explaining
        if explaining or not statement.startswith(("SELECT", "WITH")):
            return
        driver = cursor.connection.cursor()  # type: ignore[attr-defined]
        found = driver.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        steps.extend(row[3] for row in found)

    event.listen(database.engine, "before_cursor_execute", explain)
    list_runs(database, asked, sort)
    event.remove(database.engine, "before_cursor_execute", explain)
    return steps


def test_the_index_holds_every_column_of_the_list(file_database: Database) -> None:
    """What may be asked for is what stands in it."""
    names = rows(file_database, "SELECT name FROM pragma_index_info('ix_backtest_runs_list')")
    assert [name for (name,) in names] == [name for name in COLUMNS if name != "run_id"]
