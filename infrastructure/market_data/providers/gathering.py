"""Pages of a provider into sound bars of the sessions asked for, what is left out counted."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.assembling import daily_stamps, dates_of
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.intake.judging import UNSORTED, judged
from infrastructure.market_data.intervals import DAY
from infrastructure.market_data.providers.provider import Event, Fetched
from infrastructure.market_data.providers.windows import Window
from infrastructure.market_data.sessions.session_calendar import SessionCalendar


@dataclass(frozen=True, eq=False)
class Gathered:
    """Finished, sound bars in time order, and how many rows are not among them.

    fetched: rows in the sessions asked for. columns: shape (fetched - unfinished - refused,).
    """

    columns: BarColumns
    fetched: int
    unfinished: int
    refused: dict[str, int]
    empty_rows: int
    splits: tuple[Event, ...]
    dividends: tuple[Event, ...]


def gathered(
    pages: Iterator[Fetched],
    windows: list[Window],
    calendar: SessionCalendar,
    step: int,
    now: float,
) -> Gathered:
    """Bars of `step` seconds from pages, those of other sessions than the windows' left out.

    A bar whose close lies after `now`, seconds UTC, is unfinished. Daily bars get the stamps under
    which they are stored. Raises DataError where the calendar does not reach.
    """
    read = list(pages)
    rows = _asked_for(_joined([page.columns for page in read]), windows, calendar, step)
    finished = _closes_at(rows, calendar, step) <= now
    candidates = rows.take(finished)
    none = np.zeros(len(candidates), dtype=np.bool_)
    verdict = judged(candidates, none, none)
    refused = verdict.counts()
    refused.pop(UNSORTED, None)  # kept, and in its place
    return Gathered(
        candidates.take(verdict.kept).without_noise(),
        fetched=len(rows),
        unfinished=int((~finished).sum()),
        refused=refused,
        empty_rows=sum(page.empty_rows for page in read),
        splits=_once(event for page in read for event in page.splits),
        dividends=_once(event for page in read for event in page.dividends),
    )


def _once(events: Iterator[Event]) -> tuple[Event, ...]:
    return tuple(sorted(set(events)))


def _joined(parts: list[BarColumns]) -> BarColumns:
    if not parts:
        none = np.empty(0)
        return BarColumns(np.empty(0, np.int64), none, none, none, none, none)
    names = [column.name for column in fields(BarColumns)]
    return BarColumns(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _asked_for(
    rows: BarColumns, windows: list[Window], calendar: SessionCalendar, step: int
) -> BarColumns:
    """The rows of the windows' dates: providers add the last price or a neighbouring day."""
    if step == DAY:
        days = dates_of(calendar, rows.timestamp)
    else:
        days = calendar.session_of(rows.timestamp)
    wanted = np.zeros(len(rows), dtype=np.bool_)
    for window in windows:
        wanted |= (window.first <= days) & (days <= window.last)
    rows = rows.take(wanted)
    if step != DAY:
        return rows
    stamps = daily_stamps(calendar, days[wanted])
    return BarColumns(stamps, rows.open, rows.high, rows.low, rows.close, rows.volume)


def _closes_at(rows: BarColumns, calendar: SessionCalendar, step: int) -> NDArray[np.int64]:
    """When each bar is complete, seconds UTC: at its session's close at the latest."""
    closes = calendar.closes_at[calendar.rows_of(rows.timestamp)]
    inside = calendar.in_session(rows.timestamp)
    if step == DAY:  # a date without a session is over twelve hours after its noon
        return np.where(inside, closes, rows.timestamp + DAY // 2)
    return np.where(inside, np.minimum(rows.timestamp + step, closes), rows.timestamp + step)
