"""Whoever changes bars, with whatever program, makes what was counted of them unknown."""

import pytest
from sqlalchemy import text

from infrastructure.database.engine import Database
from infrastructure.database.watching import unwatched_bars
from tests.database.ledger_samples import rows

BAR = "INSERT INTO market_bars VALUES ('{}', '1d', {}, 1, 2, 1, 2, 9, 'x')"


def run(database: Database, statement: str) -> None:
    """One statement, committed."""
    with database.write() as connection:
        connection.execute(text(statement))


def known(database: Database, *symbols: str) -> None:
    """Say of these series that they have been counted."""
    listed = ", ".join(f"'{symbol}'" for symbol in symbols)
    run(database, f"UPDATE bar_series SET content = 'counted' WHERE symbol IN ({listed})")


def contents(database: Database) -> dict[str, str | None]:
    """What is known of each symbol's bars."""
    return dict(rows(database, "SELECT symbol, content FROM bar_series ORDER BY symbol"))


def test_every_change_is_seen(database: Database) -> None:
    """Inserted, updated, renamed, deleted: the content is unknown, and of no other series."""
    run(database, BAR.format("A", 1))
    run(database, BAR.format("B", 1))
    assert contents(database) == {"A": None, "B": None}
    known(database, "A", "B")
    run(database, BAR.format("A", 2))
    assert contents(database) == {"A": None, "B": "counted"}
    known(database, "A")
    run(database, "UPDATE market_bars SET close = 1.5 WHERE symbol = 'B'")
    assert contents(database) == {"A": "counted", "B": None}
    known(database, "B")
    run(database, "UPDATE market_bars SET symbol = 'C' WHERE symbol = 'B'")
    assert contents(database) == {"A": "counted", "B": None, "C": None}
    run(database, "DELETE FROM market_bars WHERE symbol = 'A'")
    assert contents(database)["A"] is None


def test_an_import_counts_for_itself(file_database: Database) -> None:
    """Inside `unwatched_bars` nothing is noted; after it, and after a failure, all is again."""
    database = file_database
    run(database, BAR.format("A", 1))
    known(database, "A")
    with database.write() as connection, unwatched_bars(connection):
        connection.execute(text(BAR.format("A", 2)))
    assert contents(database) == {"A": "counted"}
    with pytest.raises(ZeroDivisionError), database.write() as one, unwatched_bars(one):
        raise ZeroDivisionError
    run(database, BAR.format("A", 3))
    assert contents(database) == {"A": None}
