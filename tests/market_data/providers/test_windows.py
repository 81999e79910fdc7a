"""Which sessions are asked for."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_server import utc

from infrastructure.market_data.providers.windows import (
    Window,
    gaps,
    hole,
    merged,
    missing,
    within_reach,
)
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.sessions.session_calendar import SessionCalendar, day_number

WINDOWS = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda ends: Window(*sorted(ends)))


@pytest.fixture(scope="module")
def new_york() -> SessionCalendar:
    """New York's sessions."""
    return get_calendar("XNYS")


def january(first: int, last: int) -> Window:
    """Dates of January 2024."""
    return Window(day_number(date(2024, 1, first)), day_number(date(2024, 1, last)))


@given(WINDOWS, WINDOWS)
def test_what_is_missing_lies_outside_what_is_held(asked: Window, held: Window) -> None:
    """Every day asked for is held or asked for again, and of those held only the two ends."""
    days = [day for window in missing(asked, held) for day in range(window.first, window.last + 1)]
    wanted = set(range(asked.first, asked.last + 1))
    inside = set(range(held.first, held.last + 1))
    assert wanted - inside <= set(days) <= wanted
    assert set(days) & inside <= {held.first, held.last}


@given(st.lists(WINDOWS, max_size=6))
def test_merging_keeps_every_day_and_none_twice(windows: list[Window]) -> None:
    """In order."""
    days = [day for window in merged(windows) for day in range(window.first, window.last + 1)]
    assert days == sorted({d for w in windows for d in range(w.first, w.last + 1)})


def test_seconds_hold_whole_sessions(new_york: SessionCalendar) -> None:
    """From the end of the date before to the end of the last one."""
    start, end = january(3, 4).seconds(new_york)
    assert (start, end) == (utc("2024-01-03 05:00"), utc("2024-01-05 05:00"))


def test_a_weekend_has_no_seconds(new_york: SessionCalendar) -> None:
    """Nothing is asked for."""
    start, end = january(6, 7).seconds(new_york)
    assert start >= end
    assert len(january(6, 7).sessions(new_york)) == 0


def test_sessions_with_too_few_bars_are_gaps(new_york: SessionCalendar) -> None:
    """Half hours of three days: 13, 12 and none; the ends held are complete. A half day has 7."""
    opens = [utc(f"2024-01-{day:02} 14:30") for day in (3, 4, 8)]
    whole = [opens[0] + n * 1_800 for n in range(13)]
    short = [opens[1] + n * 1_800 for n in range(12)]
    last = [opens[2] + n * 1_800 for n in range(13)]
    stamps = np.array([*whole, *short, *last])
    found = gaps(january(1, 31), january(3, 8), new_york, 1_800, stamps)
    assert found == [january(4, 5)]
    half_day = day_number(date(2024, 7, 3))
    seven = utc("2024-07-03 13:30") + 1_800 * np.arange(7)
    window = Window(half_day, half_day)
    assert gaps(window, window, new_york, 1_800, seven) == []
    assert gaps(window, window, new_york, 1_800, seven[1:]) == [window]


def test_a_daily_bar_fills_its_session(new_york: SessionCalendar) -> None:
    """One missing day among three is one gap."""
    stamps = np.array([utc("2024-01-03 14:30"), utc("2024-01-05 14:30")])
    assert gaps(january(1, 31), january(3, 5), new_york, 86_400, stamps) == [january(4, 4)]


def test_sessions_between_are_named(new_york: SessionCalendar) -> None:
    """Where what is asked for does not touch what is held; a weekend between is no hole."""
    told = "sessions 2024-01-10 to 2024-01-12 stay missing; --fill-gaps asks for them later"
    assert hole(january(16, 19), january(8, 9), new_york) == [told]
    assert hole(january(8, 9), january(16, 19), new_york) == [told]
    assert hole(january(8, 9), january(2, 5), new_york) == []
    assert hole(january(2, 9), january(8, 9), new_york) == []


def test_a_session_that_began_before_the_limit_is_left_out(new_york: SessionCalendar) -> None:
    """It would come without its morning."""
    limit = utc("2024-01-03 15:00")
    assert within_reach(january(2, 5), new_york, limit) == january(4, 5)
    assert within_reach(january(2, 3), new_york, limit) is None
    assert within_reach(january(2, 5), new_york, None) == january(2, 5)
