"""Random bars with gaps around changes of clocks and half days, and a plain twin of resampling."""

from datetime import date
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from infrastructure.market_data.bars import AFTER_CLOSE, LAST_OF_SESSION, Bars
from infrastructure.market_data.intervals import DAY, interval_seconds
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.sessions.session_calendar import SessionCalendar, day_number
from infrastructure.market_data.store.reading import make_bars

CALENDARS = ("XNYS", "CMES", "24/7", "24/5")
DAYS = (date(2024, 3, 8), date(2024, 7, 2), date(2024, 11, 1), date(2024, 11, 27), date(2024, 5, 2))
"""Two changes of clocks, two half days, and days like any other."""

_AROUND = 4 * 3_600


class Row(NamedTuple):
    """A bar: its time, what it holds, its place."""

    timestamp: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    session: int
    closes_at: int
    phase: int


def rows_of(bars: Bars) -> list[Row]:
    """Every bar of a series, exactly."""
    columns = (getattr(bars, name).tolist() for name in Row._fields)
    return [Row(*values) for values in zip(*columns, strict=True)]


@st.composite
def gappy_bars(draw: Any, intervals: tuple[str, ...] = ("5m", "15m", "30m")) -> Bars:
    """Three sessions of one market, in regular or extended hours, with gaps of any size."""
    calendar = get_calendar(draw(st.sampled_from(CALENDARS)))
    interval = draw(st.sampled_from(intervals))
    hours = draw(st.sampled_from(("regular", "extended")))
    step = interval_seconds(interval)
    first = int(np.searchsorted(calendar.session, day_number(draw(st.sampled_from(DAYS)))))
    around = _AROUND if hours == "extended" else 0
    stamps = np.unique(
        np.concatenate(
            [
                np.arange(calendar.opens_at[row] - around, calendar.closes_at[row] + around, step)
                for row in range(first, first + 3)
            ]
        )
    )
    random = np.random.default_rng(draw(st.integers(0, 1_000)))
    stamps = stamps[random.random(len(stamps)) < draw(st.sampled_from((0.03, 0.3, 0.9, 1.0)))]
    if not len(stamps):
        stamps = calendar.opens_at[first : first + 1]
    cents = random.integers(9_900, 10_100, (4, len(stamps)))
    open_, close = cents[:2]
    high, low = np.maximum(cents.max(axis=0), 1), cents.min(axis=0)
    volume = random.integers(0, 100, len(stamps))
    prices = (open_ / 100, high / 100, low / 100, close / 100)
    return make_bars("X", interval, stamps, *prices, volume, calendar.name, session=hours)


def plain_twin(bars: Bars, interval: str, calendar: SessionCalendar) -> list[Row]:
    """Resampling bar by bar, from its rules alone."""
    step = interval_seconds(interval)
    groups: dict[tuple[int, int, int], list[Row]] = {}
    place = dict(zip(calendar.session.tolist(), range(len(calendar)), strict=True))
    for row in rows_of(bars):
        number = place[row.session]
        opens_at, closes_at = int(calendar.opens_at[number]), int(calendar.closes_at[number])
        part = 0 if row.timestamp < opens_at else 1 if row.timestamp < closes_at else 2
        if step == DAY and part != 1:
            continue
        bucket = 0 if step == DAY else (row.timestamp - opens_at) // step
        groups.setdefault((row.session, part, bucket), []).append(row)
    made = [_one(rows, key, calendar, place[key[0]], step) for key, rows in groups.items()]
    finished = bool(made) and bars.closes_at[-1] >= made[-1].closes_at
    return made if finished else made[:-1]


def _one(
    rows: list[Row], key: tuple[int, int, int], calendar: SessionCalendar, number: int, step: int
) -> Row:
    """The bar of one bucket."""
    session, part, bucket = key
    opens_at, closes_at = int(calendar.opens_at[number]), int(calendar.closes_at[number])
    begins_at, ends_at = _hours_end(calendar, number - 1), _hours_end(calendar, number)
    start = opens_at + bucket * step
    hours = ((begins_at, opens_at), (opens_at, closes_at), (closes_at, ends_at))[part]
    return Row(
        max(start, hours[0]),
        rows[0].open,
        max(row.high for row in rows),
        min(row.low for row in rows),
        rows[-1].close,
        sum(row.volume for row in rows),
        session,
        min(start + step, hours[1]),
        AFTER_CLOSE if part == 2 else max(row.phase == LAST_OF_SESSION for row in rows),
    )


def _hours_end(calendar: SessionCalendar, number: int) -> int:
    """Until when bars count to a session: its date's end, or the next one's open."""
    end = max(int(calendar.date_end[number]), int(calendar.closes_at[number]))
    return min(end, int(calendar.opens_at[number + 1]))
