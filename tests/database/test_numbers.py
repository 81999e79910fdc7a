"""Columns of numbers come back as they were written, by whichever way they travel."""

import numpy as np
import pytest
from sqlalchemy import Column, MetaData, Table, Text, delete, func, select

from infrastructure.database.columns import Figure, Whole
from infrastructure.database.engine import Database
from infrastructure.database.models import market_bars, trading_sessions
from infrastructure.database.numbers import (
    Fields,
    checks_have_been_made,
    fetch_numbers,
    insert_numbers,
)
from infrastructure.database.sqlite_interface import HandledConnection, connect
from infrastructure.errors import StorageError
from tests.database.kinds import EVERY_WAY

each_way = pytest.mark.parametrize("kind", EVERY_WAY, indirect=True)

PRICES = ("open", "high", "low", "close", "volume")
SAME = {"symbol": "QQQ", "interval": "1m", "source": 'it\'s; a "file" é.csv'}


def columns(n_rows: int) -> dict[str, np.ndarray]:
    """Bars with prices that no decimal writes exactly."""
    close = 100.0 + np.arange(n_rows) / 3.0
    stamps = 1_700_000_000 + 60 * np.arange(n_rows)
    prices = dict.fromkeys(PRICES, close)
    return {"timestamp": stamps, **prices}


def read_back(database: Database) -> dict[str, np.ndarray]:
    """What the table holds of QQQ."""
    query = select(*(market_bars.c[name] for name in ("timestamp", *PRICES)))
    wanted = query.where(market_bars.c.symbol == "QQQ").order_by(market_bars.c.timestamp)
    with database.read() as connection:
        return fetch_numbers(connection, wanted, Fields(("timestamp",), PRICES))


@pytest.mark.parametrize("n_rows", [0, 1, 63, 64, 65, 5_000])
@each_way
def test_numbers_come_back_to_the_last_bit(database: Database, n_rows: int) -> None:
    """Every way writes and reads the same rows; no row more, no row less."""
    written = columns(n_rows)
    with database.write() as connection:
        assert insert_numbers(connection, market_bars, SAME, written) == n_rows
    found = read_back(database)
    assert {name: column.tolist() for name, column in found.items()} == {
        name: column.tolist() for name, column in written.items()
    }
    with database.read() as connection:
        sources = connection.execute(select(market_bars.c.source).distinct()).scalars().all()
    assert sources == ([SAME["source"]] if n_rows else [])


def test_this_machine_goes_the_quick_way(file_database: Database) -> None:
    """Where Python's SQLite is a shared library, its C interface is used."""
    with file_database.read() as connection:
        driver = connection.connection.driver_connection
    assert isinstance(driver, HandledConnection)
    assert driver.handle is not None


@each_way
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"close": np.full(100, np.nan)}, "NOT NULL|not-null|check"),
        ({"high": np.full(100, 1e-3)}, "CHECK|check"),
        ({"timestamp": np.zeros(100, np.int64)}, "UNIQUE|duplicate"),
    ],
)
def test_a_bad_row_refuses_all(
    database: Database, change: dict[str, np.ndarray], told: str
) -> None:
    """The schema judges rows that come in bulk as it judges single ones; nothing is left."""
    with pytest.raises(StorageError, match=f"refused a row.*({told})"), database.write() as one:
        insert_numbers(one, market_bars, SAME, columns(100) | change)
    assert len(read_back(database)["timestamp"]) == 0


def test_whole_numbers_alone_have_no_real_part(database: Database) -> None:
    """A query of int64 columns gives int64 columns, beyond what a float could hold."""
    largest = 2**62 + 1
    row = {name: np.array([largest]) for name in ("session", "opens_at", "closes_at")}
    row |= {name: np.array([largest]) for name in ("date_start", "date_end")}
    with database.write() as connection:
        same = {"calendar": "X", "library_version": "1"}
        insert_numbers(connection, trading_sessions, same, row)
    query = select(trading_sessions.c.session, trading_sessions.c.opens_at)
    with database.read() as connection:
        found = fetch_numbers(connection, query, Fields(("session", "opens_at")))
    assert found["session"].tolist() == found["opens_at"].tolist() == [largest]


@each_way
def test_what_does_not_exist_comes_back(database: Database) -> None:
    """NaN is stored as NULL where NULL may be, and is read as NaN where it is asked for."""
    table, names = scenario_table(), ("first", "second", "third")
    columns: dict[str, np.ndarray] = {"number": np.arange(200)}
    for place, name in enumerate(names):
        column = np.arange(200) / 7.0
        columns[name] = np.where(np.arange(200) % 3 == place, np.nan, column)
    columns["third"] = np.full(200, np.nan)
    with database.write() as connection:
        table.create(connection)
        assert insert_numbers(connection, table, {"word": "x"}, columns) == 200
    query = select(table.c.number, *(table.c[name] for name in names)).order_by(table.c.number)
    fields = Fields(("number",), names, nullable=True)
    with database.read() as connection:
        found = fetch_numbers(connection, query, fields)
        some = fetch_numbers(connection, query.where(table.c.first > 20).limit(3), fields)
        nulls = select(func.count()).select_from(table).where(table.c.second.is_(None))
        assert connection.execute(nulls).scalar_one() == int(np.isnan(columns["second"]).sum())
    assert list(found) == list(columns)
    for name, column in columns.items():
        np.testing.assert_array_equal(found[name], column)
    assert some["number"].tolist() == [142, 143, 145]


def scenario_table() -> Table:
    """A table of three figures that need not exist."""
    return Table(
        "scenario",
        MetaData(),
        Column("number", Whole, primary_key=True),
        Column("word", Text, nullable=False),
        *(Column(name, Figure) for name in ("first", "second", "third")),
    )


@pytest.mark.parametrize("kind", ["sqlite", "objects"], indirect=True)
def test_checks_that_have_been_made_are_not_made_again(database: Database) -> None:
    """Inside the block only, also where it raises; NOT NULL and types are seen to as ever."""
    odd = columns(100) | {"high": np.full(100, 1e-3)}
    with database.write() as connection:
        with checks_have_been_made(connection):
            insert_numbers(connection, market_bars, SAME, odd)
        connection.execute(delete(market_bars))
    with pytest.raises(StorageError, match="NOT NULL"), database.write() as connection:  # noqa: SIM117
        with checks_have_been_made(connection):
            insert_numbers(connection, market_bars, SAME, odd | {"low": np.full(100, np.nan)})
    with pytest.raises(StorageError, match="CHECK"), database.write() as connection:
        insert_numbers(connection, market_bars, SAME, odd)
    with pytest.raises(StorageError, match="CHECK"), database.write() as connection:  # noqa: SIM117
        with checks_have_been_made(connection, False):
            insert_numbers(connection, market_bars, SAME, odd)
    assert len(read_back(database)["timestamp"]) == 0


def test_reading_through_a_reading_connection_cannot_write(database: Database) -> None:
    """The quick way keeps the connection's promise."""
    with pytest.raises(StorageError, match="read-only"), database.read() as connection:
        insert_numbers(connection, market_bars, SAME, columns(3))


def test_a_closed_connection_has_no_handle() -> None:
    """SQLite would follow it into memory that it has given back."""
    connection = connect(":memory:")
    connection.close()
    assert connection.handle is None
