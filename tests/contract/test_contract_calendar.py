"""Sessions as the exchange has them: half days, missing bars, extended hours, summer time."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scenario import Account, Run

from infrastructure.database.engine import open_database
from infrastructure.market_data.bars import AFTER_CLOSE, IN_SESSION, LAST_OF_SESSION, Bars
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.store.reading import read_bars
from infrastructure.market_data.store.writing import write_bars

DAY = 86_400
HALF_DAY = 19_907  # 2024-07-03: New York closes at 13:00, which is 17:00 UTC
AFTER_HOLIDAY = 19_909  # 2024-07-05
FRIDAY, MONDAY = 19_790, 19_793  # 2024-03-08 and 11: summer time begins between them


def at(day: int, clock: str) -> int:
    """Seconds UTC of `HH:MM` UTC on a day."""
    hours, minutes = clock.split(":")
    return day * DAY + int(hours) * 3600 + int(minutes) * 60


def stored(
    tmp_path: Path, stamps: list[int], closes: list[float], interval: str = "30m", **read: Any
) -> Bars:
    """Flat bars, written to a new database and read back."""
    prices = np.array(closes, dtype=np.float64)
    columns = BarColumns(
        timestamp=np.array(stamps, dtype=np.int64),
        open=prices,
        high=prices,
        low=prices,
        close=prices,
        volume=np.ones(len(prices)),
    )
    database = open_database(tmp_path / "bars.db")
    try:
        write_bars(database, "QQQ", interval, columns, "test")
        return read_bars(database, "QQQ", interval, **read)
    finally:
        database.close()


CLOCKS = ["13:30", "14:00", "14:30", "15:00", "15:30", "16:00", "16:30"]
HALF_DAY_BARS = [at(HALF_DAY, clock) for clock in CLOCKS]
AFTERNOON = [at(HALF_DAY, "17:00"), at(HALF_DAY, "17:30")]
NEXT_DAY = [at(AFTER_HOLIDAY, "13:30"), at(AFTER_HOLIDAY, "14:00")]


def held(bars: Bars) -> Run:
    """Bought at the second bar's open, no stop in reach."""
    return Account().book(bars, {0: "long"}, session="extended").run()


def test_half_day_ends_at_its_own_close(tmp_path: Path) -> None:
    """The bar from 12:30 New York time is the last: left at its close of 106."""
    closes = [100.0, 101, 102, 103, 104, 105, 106, 999, 999, 100, 100]
    bars = stored(tmp_path, HALF_DAY_BARS + AFTERNOON + NEXT_DAY, closes)
    assert list(bars.phase[:8]) == [IN_SESSION] * 6 + [LAST_OF_SESSION, IN_SESSION]
    assert bars.session[7] == AFTER_HOLIDAY
    trade = held(bars).trade
    assert (trade.exit_bar, trade.exit_price, trade.exit_reason) == (6, 106, "session_end")


def test_half_day_without_its_last_bars_ends_where_they_end(tmp_path: Path) -> None:
    """The last bar present that starts before the close: 11:30 New York time."""
    closes = [100.0, 101, 102, 103, 104, 100, 100]
    trade = held(stored(tmp_path, HALF_DAY_BARS[:5] + NEXT_DAY, closes)).trade
    assert (trade.exit_bar, trade.exit_price, trade.exit_reason) == (4, 104, "session_end")


def test_extended_hours_keep_the_afternoon_but_end_at_the_close(tmp_path: Path) -> None:
    """Early bars and late bars are there; the position ends with the regular session."""
    stamps = [at(HALF_DAY, "13:00"), *HALF_DAY_BARS, *AFTERNOON, *NEXT_DAY]
    closes = [100.0, 100, 101, 102, 103, 104, 105, 106, 999, 999, 100, 100]
    bars = stored(tmp_path, stamps, closes, session="extended")
    assert list(bars.phase[6:10]) == [IN_SESSION, LAST_OF_SESSION, AFTER_CLOSE, AFTER_CLOSE]
    trade = held(bars).trade
    assert (trade.exit_bar, trade.exit_price, trade.exit_reason) == (7, 106, "session_end")


def test_bar_is_complete_at_its_sessions_close(tmp_path: Path) -> None:
    """An hour that begins half an hour before the close has half an hour."""
    stamps = [at(HALF_DAY, clock) for clock in ("13:30", "14:30", "15:30", "16:30")]
    bars = stored(tmp_path, stamps, [100.0] * 4, interval="1h")
    assert bars.closes_at[-1] == at(HALF_DAY, "17:00")
    assert bars.phase[-1] == LAST_OF_SESSION


@pytest.mark.parametrize(("day", "kept"), [(FRIDAY, ["14:30"]), (MONDAY, ["13:30", "14:30"])])
def test_session_opens_by_new_yorks_clock(tmp_path: Path, day: int, kept: list[str]) -> None:
    """09:30 in New York is 14:30 UTC in winter and 13:30 in summer."""
    stamps = [at(day, "12:30"), at(day, "13:30"), at(day, "14:30")]
    bars = stored(tmp_path, stamps, [100.0] * 3)
    assert bars.timestamp.tolist() == [at(day, clock) for clock in kept]


def test_end_date_includes_its_whole_day(tmp_path: Path) -> None:
    """Seven bars of the half day, nothing of the next session."""
    day = date(2024, 7, 3)
    bars = stored(tmp_path, HALF_DAY_BARS + NEXT_DAY, [100.0] * 9, start=day, end=day)
    assert bars.timestamp.tolist() == HALF_DAY_BARS
