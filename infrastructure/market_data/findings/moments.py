"""Moments in words: the exchange's own clock, and UTC beside it."""

from datetime import UTC, datetime

import numpy as np

from infrastructure.market_data.columns import utc_text
from infrastructure.market_data.intervals import DAY
from infrastructure.market_data.sessions.session_calendar import SessionCalendar, day_text


def bar_text(calendar: SessionCalendar, step: int, stamp: int) -> str:
    """A bar by its opening time: `2024-01-02 09:30 (14:30 UTC)`; a daily bar by its date."""
    local = exchange_seconds(calendar, stamp)
    if step == DAY:
        return day_text(local // DAY)
    shown = f"{datetime.fromtimestamp(local, UTC):%Y-%m-%d %H:%M}"
    universal = utc_text(stamp)
    if local == stamp:
        return f"{shown} UTC"
    same_date = universal[:10] == shown[:10]
    return f"{shown} ({universal[11:] if same_date else universal})"


def exchange_seconds(calendar: SessionCalendar, stamp: int) -> int:
    """What the exchange's clock shows at `stamp`, as seconds since 1970 on that clock.

    Counted from the nearest midnight the calendar knows: it holds over a change of clocks too,
    which comes in the small hours.
    """
    row = int(np.searchsorted(calendar.date_end, stamp, side="right"))
    near = slice(max(row - 1, 0), row + 1)
    midnights = np.append(calendar.date_start[near], calendar.date_end[near])
    dates = np.append(calendar.session[near], calendar.session[near] + 1)
    nearest = int(np.argmin(np.abs(midnights - stamp)))
    return int(dates[nearest]) * DAY + stamp - int(midnights[nearest])
