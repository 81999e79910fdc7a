from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from bar_rows import rows_at, utc

from infrastructure.database.engine import Database
from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.store.reading import (
    read_bars,
    stored_series,
    write_bars,
)
from tests.database.kinds import KINDS

pytestmark = pytest.mark.parametrize("kind", KINDS)

THREE_DAYS = rows_at(
    "2024-01-02 14:00", "2024-01-02 14:30", "2024-01-02 20:30", "2024-01-02 21:00",
    "2024-01-03 14:30", "2024-01-03 20:30", "2024-01-04 02:30",
    "2024-01-04 14:30", "2024-01-04 20:30",
)  # fmt: skip


@pytest.fixture
def filled(database: Database) -> Database:
    """Three sessions of QQQ with hours before and after."""
    write_bars(database, "QQQ", "30m", THREE_DAYS, "by hand")
    return database


def test_what_was_written_is_read(filled: Database) -> None:
    """Every price and volume to the last bit, oldest first."""
    bars = read_bars(filled, "QQQ", "30m", session="extended")
    for name in ("timestamp", "open", "high", "low", "close", "volume"):
        assert np.array_equal(getattr(bars, name), getattr(THREE_DAYS, name))
    assert (bars.symbol, bars.interval, bars.calendar) == ("QQQ", "30m", "XNYS")
    assert bars.source == "by hand"


def test_regular_hours_leave_the_rest_in_the_store(filled: Database) -> None:
    """Bars outside the session are not in the result, and are still stored."""
    assert len(read_bars(filled, "QQQ", "30m")) == 6
    assert stored_series(filled)[0].count.n_bars == 9


@pytest.mark.parametrize(
    ("start", "end", "n_regular", "n_extended"),
    [
        (None, None, 6, 9),
        (date(2024, 1, 3), None, 4, 5),
        (None, date(2024, 1, 3), 4, 7),
        (date(2024, 1, 3), date(2024, 1, 3), 2, 3),
        (date(2023, 12, 30), date(2024, 1, 2), 2, 4),
        (date(1960, 1, 1), date(2090, 1, 1), 6, 9),
    ],
)
def test_end_includes_its_whole_day(
    filled: Database, start: date | None, end: date | None, n_regular: int, n_extended: int
) -> None:
    """21:30 on January 3 in New York is January 4 in UTC, and belongs to the 3rd."""
    for session, count in (("regular", n_regular), ("extended", n_extended)):
        bars = read_bars(filled, "QQQ", "30m", session=session, start=start, end=end)
        assert len(bars) == count


def test_evening_of_a_futures_session_counts_to_its_date(database: Database) -> None:
    """Sunday evening's bars are Monday's, also at the edge of a range."""
    columns = rows_at(
        "2023-11-19 23:00", "2023-11-20 15:00", "2023-11-20 23:00", "2023-11-21 15:00"
    )
    write_bars(database, "NQ", "1h", columns, "by hand")
    monday = date(2023, 11, 20)
    bars = read_bars(database, "NQ", "1h", "CMES", start=monday, end=monday)
    assert bars.timestamp.tolist() == columns.timestamp[:2].tolist()


@pytest.mark.parametrize(
    ("symbol", "interval", "how", "told"),
    [
        ("SPY", "30m", {}, "SPY 30m: no bars stored; .* has nothing of SPY; "),
        (
            "QQQ",
            "5m",
            {},
            "QQQ 5m: no bars stored; .* has QQQ 30m 2024-01-02 to 2024-01-04 .9 bars",
        ),
        (
            "QQQ",
            "30m",
            {"start": date(2024, 2, 1), "end": date(2024, 3, 1)},
            "QQQ 30m: no bars from 2024-02-01 to 2024-03-01 in the regular hours of XNYS; ",
        ),
        ("QQQ", "30m", {"end": date(1950, 1, 1)}, "no bars to 1950-01-01 in "),
        ("QQQ", "30m", {"calendar": "XTKS", "end": date(2024, 1, 2)}, "regular hours of XTKS"),
    ],
)
def test_no_bars_are_told_with_what_there_is_and_what_to_do(
    filled: Database, symbol: str, interval: str, how: dict[str, object], told: str
) -> None:
    """One line: symbol, interval, the store's content, the import command."""
    command = f"kairos data import FILE --symbol {symbol} --interval {interval}$"
    with pytest.raises(DataError, match=f"{told}.*{command}") as caught:
        read_bars(filled, symbol, interval, **how)
    assert "\n" not in str(caught.value)


def test_range_that_ends_before_it_starts_is_refused(filled: Database) -> None:
    """Both ends are named."""
    with pytest.raises(ConfigError, match="start 2024-01-04 must not lie after end 2024-01-03"):
        read_bars(filled, "QQQ", "30m", start=date(2024, 1, 4), end=date(2024, 1, 3))


def test_writing_again_changes_nothing(filled: Database) -> None:
    """The same bars are found as they are; a later bar is new."""
    assert write_bars(filled, "QQQ", "30m", THREE_DAYS, "again") == (0, 9, 0, 0)
    longer = BarColumns(*(np.append(c, c[-1:]) for c in vars(THREE_DAYS).values()))
    longer.timestamp[-1] += 86_400
    assert write_bars(filled, "QQQ", "30m", longer, "again") == (1, 9, 0, 0)
    assert read_bars(filled, "QQQ", "30m").source == "again, by hand"


def test_other_values_are_refused_unless_asked_for(filled: Database) -> None:
    """How many and the first of them; nothing is written; then, on request, replaced."""
    more = np.array([0, 0, 0.25, 0, 0, 0.25, 0, 0, 0])
    changed = replace(THREE_DAYS, close=THREE_DAYS.close + more)
    first = "2024-01-02 20:30 UTC has close 100.52 in the store and 100.77 now"
    with pytest.raises(DataError, match=f"QQQ 30m: 2 bars are stored with other values.*{first}"):
        write_bars(filled, "QQQ", "30m", changed, "other")
    assert read_bars(filled, "QQQ", "30m").source == "by hand"
    assert write_bars(filled, "QQQ", "30m", changed, "other", replace=True) == (0, 7, 2, 0)
    assert read_bars(filled, "QQQ", "30m").close[1] == changed.close[2]


def test_real_bars_remove_every_synthetic_one(database: Database) -> None:
    """All demo bars of that symbol and interval, also where no real bar stands; others stay."""
    demo = rows_at("2024-01-02 14:30", "2024-01-02 15:00", "2024-02-02 15:00", price=50.0)
    write_bars(database, "QQQ", "30m", demo, "demo")
    write_bars(database, "QQQ", "5m", demo, "demo")
    assert read_bars(database, "QQQ", "30m").source == "demo"
    real = rows_at("2024-01-02 14:30")
    assert write_bars(database, "QQQ", "30m", real, "real") == (1, 0, 0, 3)
    assert [(s.interval, s.count.n_bars, s.sources) for s in stored_series(database)] == [
        ("5m", 3, "demo"),
        ("30m", 1, "real"),
    ]


def test_synthetic_bars_never_mix_with_real_ones(filled: Database) -> None:
    """Demo bars are refused where real bars of that symbol and interval are stored."""
    with pytest.raises(DataError, match="must not mix with real ones; 9 real bars are stored"):
        write_bars(filled, "QQQ", "30m", rows_at("2024-02-02 15:00"), "demo")


def test_unfit_bars_are_not_written(database: Database) -> None:
    """The store takes sound rows in time order only."""
    with pytest.raises(DataError, match="earlier than the row before"):
        write_bars(database, "QQQ", "30m", THREE_DAYS.take(slice(None, None, -1)), "by hand")
    assert stored_series(database) == []


def test_store_tells_what_it_holds(filled: Database) -> None:
    """One entry a symbol and interval, shortest interval first, all sources named."""
    write_bars(filled, "QQQ", "5m", THREE_DAYS.take(slice(0, 2)), "a.csv")
    write_bars(filled, "QQQ", "5m", THREE_DAYS.take(slice(2, 3)), "b.csv")
    first, last = utc("2024-01-02 14:00"), utc("2024-01-04 20:30")
    held = [
        (s.interval, s.count.n_bars, s.count.first_bar, s.count.last_bar, s.sources)
        for s in stored_series(filled)
    ]
    assert held == [
        ("5m", 3, first, utc("2024-01-02 20:30"), "a.csv, b.csv"),
        ("30m", 9, first, last, "by hand"),
    ]
    assert stored_series(filled, "SPY") == []


def test_a_coarser_interval_is_made_of_stored_bars(database: Database) -> None:
    """Of the coarsest that will do; a stored one is preferred, made-up ones are not."""
    moments = [f"2024-01-02 {14 + n // 12}:{5 * (n % 12):02}" for n in range(6, 84)]
    write_bars(database, "QQQ", "5m", rows_at(*moments), "five")
    write_bars(database, "QQQ", "30m", rows_at("2024-01-02 14:30", price=7), "demo")
    half_hours = read_bars(database, "QQQ", "30m")
    assert len(half_hours) == 13
    assert (half_hours.source, half_hours.interval) == ("five", "30m")
    assert half_hours.volume.tolist() == [6_000.0] * 13
    assert read_bars(database, "QQQ", "1d").close[0] == half_hours.close[-1]
    write_bars(database, "QQQ", "30m", rows_at("2024-01-02 14:30", price=7), "real")
    assert read_bars(database, "QQQ", "30m").source == "real"
    with pytest.raises(DataError, match="no bars stored"):
        read_bars(database, "QQQ", "1m")
    with pytest.raises(DataError, match="no bars stored"):
        read_bars(database, "QQQ", "7m")
