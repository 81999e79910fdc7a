"""A run appears whole or not at all, and reads back as it was."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import StatementError

from infrastructure.database.engine import Database
from infrastructure.database.models import algo_trades, backtest_runs, equity, market_bars
from infrastructure.errors import StorageError
from infrastructure.strategy_management.ledger_record import RunRecord
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from tests.database.ledger_samples import (
    RUN_TABLES,
    counts,
    half_runs,
    refusal,
    rows,
    run_record,
    strategy,
    trade,
)

NOTHING = dict.fromkeys(RUN_TABLES, 0)


def changed(run: RunRecord, **changes: Any) -> RunRecord:
    """The run with these fields instead."""
    return RunRecord(**(vars(run) | changes))


def test_a_run_is_stored_with_all_that_belongs_to_it(database: Database) -> None:
    """One run row, its allocations, trades, refusals and marks."""
    assert StrategyCreation(database).save_run(run_record(4)) == 1
    assert list(counts(database).values()) == [1, 1, 4, 2, 3]
    assert half_runs(database) == []
    assert rows(database, "SELECT status, account_id FROM backtest_runs") == [
        ("completed", "paper")
    ]


def test_a_trade_reads_back_as_it_was_written(database: Database) -> None:
    """Every column, moments as aware datetimes, dates as dates, flags as booleans."""
    StrategyCreation(database).save_run(changed(run_record(), trades=[trade()]))
    with database.read() as connection:
        found = connection.execute(select(algo_trades)).mappings().one()
    ids = {"trade_id": 1, "run_id": 1, "strategy_id": 1, "account_id": "paper"}
    assert dict(found) == trade() | ids
    assert found["winning_trade"] is True


def test_columns_store_what_rows_store(database: Database) -> None:
    """Arrays with seconds, days and NaN, as a simulation gives them, or dicts: one ledger."""
    trades = [trade(), trade(stop_price=None, exit_timestamp=datetime(2024, 1, 2, 17, tzinfo=UTC))]
    columns: dict[str, Any] = {name: np.array([row[name] for row in trades]) for name in trade()}
    for name in columns:
        if name.endswith("_timestamp"):
            columns[name] = np.array([int(row[name].timestamp()) for row in trades])
        if name.endswith("_date"):
            columns[name] = np.array([(row[name] - date(1970, 1, 1)).days for row in trades])
    columns["stop_price"] = np.array([399.0, np.nan])
    ledger = StrategyCreation(database)
    ledger.save_run(changed(run_record(), trades=trades))
    ledger.save_run(changed(run_record(), trades=columns))
    names = ", ".join(trade())
    first, second = (
        rows(database, f"SELECT {names} FROM algo_trades WHERE run_id = {run_id} ORDER BY trade_id")
        for run_id in (1, 2)
    )
    assert first == second
    assert first[1][list(trade()).index("stop_price")] is None


def test_a_moment_is_stored_in_utc(database: Database) -> None:
    """New York's clock goes in, UTC's comes out."""
    new_york = timezone(timedelta(hours=-5))
    entry = datetime(2024, 1, 2, 10, 0, tzinfo=new_york)
    run = changed(run_record(), trades=[trade(entry_timestamp=entry)])
    StrategyCreation(database).save_run(run)
    with database.read() as connection:
        moment = connection.execute(select(algo_trades.c.entry_timestamp)).scalar()
    assert moment == entry
    assert moment.tzinfo is UTC


def test_a_moment_is_text_that_sqlite_can_reckon_with(file_database: Database) -> None:
    """In the form of its own functions."""
    StrategyCreation(file_database).save_run(changed(run_record(), trades=[trade()]))
    found = rows(file_database, "SELECT entry_timestamp, entry_date FROM algo_trades")
    assert found == [("2024-01-02 15:00:00", "2024-01-02")]


@pytest.mark.parametrize("name", ["entry_timestamp", "execution_date"])
def test_a_naive_moment_is_a_bug(database: Database, name: str) -> None:
    """A time without a zone is refused, and no half of its run stays."""
    naive = datetime(2024, 1, 2, 15, 0)  # noqa: DTZ001
    run = run_record()
    if name == "execution_date":
        run = run_record(execution_date=naive)
    else:
        run = changed(run, trades=[trade(), trade(entry_timestamp=naive)])
    with pytest.raises((ValueError, StatementError), match="needs its time zone"):
        StrategyCreation(database).save_run(run)
    assert counts(database) == NOTHING


def test_a_figure_that_does_not_exist_is_null(database: Database) -> None:
    """NaN never reaches a reader as a number."""
    StrategyCreation(database).save_run(run_record(sharpe=float("nan"), sqn=None, cagr=1.5))
    assert rows(database, "SELECT sharpe, sqn, cagr FROM backtest_runs") == [(None, None, 1.5)]


BROKEN: list[dict[str, Any]] = [
    {"trades": [trade(), trade(entry_price=float("nan"))]},
    {"trades": [trade(), trade(net_pnl=float("inf"))]},
    {"trades": [trade(direction="up")]},
    {"trades": [trade(quantity=0.0)]},
    {"refusals": [refusal(reason="mood")]},
    {"equity": {"book": 0, "session": [19724, 19724], "equity": [1.0, 2.0]}},
    {"equity": {"book": 0, "session": [19724], "equity": [float("nan")]}},
]


@pytest.mark.parametrize("part", BROKEN, ids=lambda part: next(iter(part)))
def test_a_run_with_an_impossible_row_leaves_nothing(
    database: Database, part: dict[str, Any]
) -> None:
    """Not its run, not its other rows, not its new strategy; one line says why."""
    refused = f"^{re.escape(database.name)}: refused a row and wrote nothing: "
    with pytest.raises(StorageError, match=refused):
        StrategyCreation(database).save_run(changed(run_record(), **part))
    assert counts(database) == NOTHING
    assert rows(database, "SELECT * FROM algo_strategies") == []


def test_figures_are_json_without_nan(database: Database) -> None:
    """JSON has no NaN: what would not read back elsewhere is not written."""
    with pytest.raises((ValueError, StatementError), match="not JSON compliant"):
        StrategyCreation(database).save_run(run_record(figures={"sharpe": float("nan")}))
    assert counts(database) == NOTHING


def test_positions_tell_strategies_apart(database: Database) -> None:
    """Two of three books may trade one strategy; each row keeps its own place."""
    configs = [strategy("a"), strategy("b"), strategy("a")]
    run = changed(
        run_record(strategies=configs),
        trades=[trade(3), trade(1), trade(2), trade(3)],
        refusals=[refusal(2)],
    )
    StrategyCreation(database).save_run(run)
    found = rows(
        database,
        "SELECT position, strategy_name FROM algo_trades JOIN algo_strategies USING (strategy_id) "
        "ORDER BY trade_id",
    )
    assert found == [(3, "a"), (1, "a"), (2, "b"), (3, "a")]
    shares = rows(
        database,
        "SELECT position, strategy_name, round(100 * allocation_percentage) "
        "FROM backtest_strategy_allocations JOIN algo_strategies USING (strategy_id)",
    )
    assert sorted(shares) == [(1, "a", 3333), (2, "b", 3333), (3, "a", 3333)]


def test_a_run_without_trades_is_a_run(database: Database) -> None:
    """Nothing traded, nothing refused, as rows or as empty columns."""
    ledger = StrategyCreation(database)
    ledger.save_run(run_record(0))
    empty = {"position": np.array([], int), "symbol": np.array([], str)}
    ledger.save_run(changed(run_record(0), trades=empty, refusals=empty, equity=[]))
    assert counts(database)["backtest_runs"] == 2
    assert counts(database)["algo_trades"] == 0


def test_more_rows_than_are_converted_at_once(database: Database) -> None:
    """Rows go in by parts; none is lost or doubled where two parts meet."""
    quantities = np.arange(1.0, 25_002.0)
    trades = trade() | {"position": np.ones(25_001, int), "quantity": quantities}
    StrategyCreation(database).save_run(changed(run_record(), trades=trades))
    found = rows(database, "SELECT quantity FROM algo_trades ORDER BY trade_id")
    assert [row[0] for row in found] == quantities.tolist()


def test_columns_of_different_lengths_are_a_bug(database: Database) -> None:
    """Nothing is cut or repeated to fit."""
    trades = trade() | {"position": [1, 1], "quantity": [1.0]}
    with pytest.raises(ValueError, match="equally long"):
        StrategyCreation(database).save_run(changed(run_record(), trades=trades))
    assert counts(database) == NOTHING


def test_deleting_a_run_deletes_what_belongs_to_it(database: Database) -> None:
    """And nothing else: the other run and the strategies stay, and its number is not used again."""
    ledger = StrategyCreation(database)
    ledger.save_run(run_record(4))
    ledger.save_run(run_record(4))
    with database.write() as connection:
        connection.execute(delete(backtest_runs).where(backtest_runs.c.run_id == 2))
    assert list(counts(database).values()) == [1, 1, 4, 2, 3]
    assert ledger.save_run(run_record(4)) == 3
    assert half_runs(database) == []


def test_equity_is_kept_by_book_and_session(database: Database) -> None:
    """Book 0 is the account; sessions are dates."""
    marks = {"book": [0, 1], "session": [19724, date(2024, 1, 2)], "equity": [100.0, 40.0]}
    StrategyCreation(database).save_run(changed(run_record(), equity=marks))
    with database.read() as connection:
        found = [tuple(row) for row in connection.execute(select(equity))]
    assert found == [(1, 0, date(2024, 1, 2), 100.0), (1, 1, date(2024, 1, 2), 40.0)]


def test_bars_are_kept_in_the_order_of_their_times(file_database: Database) -> None:
    """A range of one symbol's bars is one stretch of the file: no sorting, no second look-up."""
    wanted = (
        select(market_bars.c.close)
        .where(market_bars.c.symbol == "Q", market_bars.c.interval == "1m")
        .order_by(market_bars.c.timestamp)
    )
    with file_database.read() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN " + str(wanted.compile(compile_kwargs={"literal_binds": True}))
        ).all()
    assert [row[-1] for row in plan] == [
        "SEARCH market_bars USING PRIMARY KEY (symbol=? AND interval=?)"
    ]
