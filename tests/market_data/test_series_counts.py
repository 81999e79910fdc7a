"""What is known of a series is what its rows say, whoever wrote them."""

import numpy as np
import pytest
from bar_rows import rows_at
from sqlalchemy import text

from infrastructure.database.engine import Database
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.store.counting import SeriesCounter
from infrastructure.market_data.store.history import Change, read_history
from infrastructure.market_data.store.series import stored_series
from infrastructure.market_data.store.writing import remove_bars, write_bars

TUESDAY = rows_at("2024-01-02 14:30", "2024-01-02 15:00", "2024-01-02 20:30", "2024-01-02 21:00")
FRIDAY = rows_at("2024-01-05 14:30")


def joined(*parts: BarColumns) -> BarColumns:
    """Rows one after another."""
    names = vars(parts[0])
    return BarColumns(*(np.concatenate([getattr(part, n) for part in parts]) for n in names))


def test_sessions_and_bars_are_counted_against_the_calendar(database: Database) -> None:
    """Of 13 half hours of Tuesday 3 are there, of Friday's 1; two sessions between have none."""
    write_bars(database, "QQQ", "30m", joined(TUESDAY, FRIDAY), "by hand")
    (series,) = stored_series(database)
    count = series.count
    assert (count.n_bars, count.sessions, count.missing_sessions) == (5, 2, 2)
    assert (count.missing_bars, count.outside) == (10 + 12, 1)


def test_a_half_day_misses_nothing_of_its_afternoon(database: Database) -> None:
    """July 3 closes at 13:00: seven half hours are all of it."""
    moments = [f"2024-07-03 {h:02}:{m}" for h in range(13, 17) for m in ("00", "30")][1:]
    write_bars(database, "QQQ", "30m", rows_at(*moments), "by hand")
    assert stored_series(database)[0].count.missing_bars == 0


@pytest.mark.parametrize("cut", range(6))
def test_parts_count_like_the_whole(cut: int) -> None:
    """Wherever a series is cut, the parts one after another give the same facts."""
    whole = joined(TUESDAY, FRIDAY)
    counters = [SeriesCounter("30m", get_calendar("XNYS")) for _ in range(2)]
    counters[0].add(whole)
    counters[1].add(whole.take(slice(0, cut)))
    counters[1].add(whole.take(slice(cut, None)))
    assert counters[0].result() == counters[1].result()


def test_content_is_the_rows_and_nothing_else(database: Database) -> None:
    """The same bars under another name have the same content; one tick makes another."""
    write_bars(database, "A", "30m", joined(TUESDAY, FRIDAY), "at once")
    write_bars(database, "B", "30m", FRIDAY, "in parts")
    write_bars(database, "B", "30m", TUESDAY, "in parts")
    write_bars(database, "C", "30m", joined(TUESDAY, rows_at("2024-01-05 14:30", price=9)), "x")
    a, b, c = (series.count for series in stored_series(database))
    assert a == b
    assert a.content != c.content


def test_a_list_tells_what_another_program_has_done(database: Database) -> None:
    """Rows deleted, changed or added by any SQL tool are counted when somebody asks."""
    write_bars(database, "QQQ", "30m", TUESDAY, "by hand")
    before = stored_series(database)[0].count
    with database.write() as connection:
        connection.execute(text("DELETE FROM market_bars WHERE timestamp % 3600 = 1800"))
        connection.execute(text("INSERT INTO market_bars VALUES ('SPY','1d',0,1,1,1,1,1,'sql')"))
    qqq, spy = stored_series(database)
    assert (qqq.count.n_bars, spy.count.n_bars, spy.sources) == (2, 1, "sql")
    assert qqq.count.content != before.content
    with database.write() as connection:
        connection.execute(text("DELETE FROM market_bars WHERE symbol = 'SPY'"))
    assert [series.symbol for series in stored_series(database)] == ["QQQ"]


def test_what_was_done_is_written_down(database: Database) -> None:
    """An import, a correction and a removal with their numbers; nothing done is not written."""
    write_bars(database, "QQQ", "30m", TUESDAY, "a.csv")
    write_bars(database, "QQQ", "30m", TUESDAY, "again.csv")
    write_bars(database, "QQQ", "30m", rows_at("2024-01-02 14:30", price=9), "b.csv", replace=True)
    done = remove_bars(
        database, "QQQ", "30m", TUESDAY.timestamp[:2], Change("mend", "spikes", {"why": "test"})
    )
    assert done == 2
    past = read_history(database, "QQQ", "30m")
    assert [(p.action, p.source, tuple(p.numbers)) for p in past] == [
        ("import", "a.csv", (4, 0, 0, 0)),
        ("import", "b.csv", (0, 0, 1, 0)),
        ("mend", "spikes", (0, 0, 0, 2)),
    ]
    assert past[-1].detail == {"why": "test"}
    assert stored_series(database)[0].count.n_bars == 2
    assert remove_bars(database, "QQQ", "30m", None, Change("remove", "all", {})) == 2
    assert stored_series(database) == []
