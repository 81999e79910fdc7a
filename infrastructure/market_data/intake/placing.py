"""From what a file's clock shows to opening times in UTC, as the file's first rows settle it."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import DataError
from infrastructure.market_data.assembling import daily_stamps
from infrastructure.market_data.files.bar_rows import FileRows
from infrastructure.market_data.files.table import Facts
from infrastructure.market_data.intake.stamp_side import stamps_are_ends, starts_of
from infrastructure.market_data.intake.zones import judged_zone, no_zone
from infrastructure.market_data.intervals import DAY, interval_name, interval_seconds
from infrastructure.market_data.sessions.session_calendar import SessionCalendar
from infrastructure.market_data.stamps import Stamps, localized

_LOOKED_AT = 20_000
"""Rows whose steps tell the interval."""

_HOUR = 3_600
_LONGEST_GAP_OF_DAYS = 4 * DAY
"""Bars that are mostly further apart than a long weekend are no daily bars."""


_SHIFTED = "stamps show the end of their bars: shifted to the begin (--stamp start keeps them)"


@dataclass(frozen=True)
class Asked:
    """What the user says of a file; None leaves it to the file. See `import_bars`."""

    interval: str | None = None
    timezone: str | None = None
    stamp: str | None = None
    keep: str | None = None


@dataclass(frozen=True)
class Placement:
    """How a file's stamps are read: its interval, its clock, and what of a bar they show."""

    path: Path
    interval: str
    timezone: str | None
    calendar: SessionCalendar
    at_end: bool
    notes: tuple[str, ...] = ()

    def placed(self, stamps: Stamps) -> Stamps:
        """The same rows with the opening times of their bars in `utc`. Raises DataError."""
        if self.interval == "1d":
            return _daily(self.path, stamps, self.calendar)
        if self.timezone is None and stamps.bare.any():
            raise no_zone(self.path, stamps)
        placed = stamps if self.timezone is None else localized(stamps, self.timezone)
        readable = placed.readable
        _in_reach(self.path, self.calendar, placed.utc[readable])
        if not self.at_end:
            return placed
        utc = placed.utc.copy()
        step = interval_seconds(self.interval)
        utc[readable] = starts_of(utc[readable], step, self.calendar)
        return Stamps(placed.wall, utc, readable, placed.zoned)


def settled_placement(
    path: Path,
    facts: Facts,
    first: FileRows,
    calendar: SessionCalendar,
    asked: Asked,
) -> Placement:
    """What the first rows show, where neither the user nor the format says it. Raises DataError."""
    stamps = first.stamps
    if not stamps.readable.any():
        raise DataError(
            f"{path}: no time in it can be read; expected ISO 8601 such as "
            "2024-01-02T09:30:00-05:00, a date, or an epoch in s, ms, us or ns"
        )
    named = asked.interval or facts.interval or None
    found = settled_interval(path, stamps, named, by_user=asked.interval is not None)
    if found == "1d":
        return Placement(path, found, None, calendar, at_end=False)
    zone, notes = _settled_zone(path, first, calendar, asked.timezone or facts.timezone)
    as_starts = Placement(path, found, zone, calendar, at_end=False, notes=notes)
    side = asked.stamp or facts.stamps_at
    if side:
        return replace(as_starts, at_end=side == "end")
    if _shows_ends(as_starts, first):
        return replace(as_starts, at_end=True, notes=(*notes, _SHIFTED))
    return as_starts


def _settled_zone(
    path: Path, first: FileRows, calendar: SessionCalendar, known: str
) -> tuple[str | None, tuple[str, ...]]:
    """Whose clock stamps without a zone show, and how that was told.

    Where some rows have a zone, None: the others are refused as they come.
    """
    stamps = first.stamps
    if known or not stamps.bare.any() or stamps.bare.sum() < stamps.readable.sum():
        return known or None, ()
    zone, told = judged_zone(path, stamps, first.volume, calendar)
    return zone, (told,)


def _shows_ends(as_starts: Placement, first: FileRows) -> bool:
    """Whether stamps that were placed as bars' starts are their ends in truth."""
    placed = as_starts.placed(first.stamps)
    readable = np.flatnonzero(placed.readable)
    order = readable[np.argsort(placed.utc[readable], kind="stable")]
    step = interval_seconds(as_starts.interval)
    return stamps_are_ends(placed.utc[order], first.volume[order], step, as_starts.calendar)


def settled_interval(path: Path, stamps: Stamps, asked: str | None, by_user: bool) -> str:
    """The interval that the rows' clock shows; asked: the one that was named, `by_user` or format.

    Raises DataError where the stamps do not tell it, or tell another than the user says.
    """
    usual = _usual_step(stamps)
    if usual is None:
        if asked is None:
            raise DataError(f"{path}: one bar does not tell its interval; give --interval")
        return asked
    found = "1d" if _steps_by_days(usual, stamps.dates_only) else interval_name(usual)
    if found is None:
        raise DataError(
            f"{path}: bars are mostly {usual:,} seconds apart; expected whole minutes up to a day"
        )
    if by_user and asked != found:
        raise DataError(
            f"{path}: --interval says {asked}, but bars are mostly {found} apart; nothing was "
            "imported; give the interval of the file, or none"
        )
    return found


def _usual_step(stamps: Stamps) -> int | None:
    """The most common step between stamps in seconds; None where there is but one stamp.

    Not the median: four-hour bars of a stock step 4 and 20 hours in turn.
    """
    steps = np.diff(np.unique(stamps.wall[stamps.readable][:_LOOKED_AT]))
    if not len(steps):
        return None
    sizes, counts = np.unique(steps, return_counts=True)
    return int(sizes[np.argmax(counts)])


def _steps_by_days(step: int, dates_only: bool) -> bool:
    """Whether a usual step is that of daily bars, whose stamps in UTC shift with the clocks."""
    about_a_day = abs(step - DAY) <= _HOUR
    return about_a_day or (dates_only and DAY < step <= _LONGEST_GAP_OF_DAYS)


def _daily(path: Path, stamps: Stamps, calendar: SessionCalendar) -> Stamps:
    """Daily rows at their session's opening.

    A row that shows midnight, or has no zone, means the date it shows; any other, its session.
    """
    days = stamps.wall // DAY
    by_session = stamps.readable & stamps.zoned & (stamps.wall % DAY != 0)
    readable = np.flatnonzero(stamps.readable)
    _in_reach(path, calendar, stamps.utc[readable])
    days[by_session] = calendar.session_of(stamps.utc[by_session])
    utc = np.zeros(len(days), dtype=np.int64)
    utc[readable] = daily_stamps(calendar, days[readable])
    return Stamps(stamps.wall, utc, stamps.readable, np.ones_like(stamps.zoned))


def _in_reach(path: Path, calendar: SessionCalendar, stamps: NDArray[np.int64]) -> None:
    try:
        calendar.rows_of(stamps)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
