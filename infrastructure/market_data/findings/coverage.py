"""What is there against what the calendar expects: sessions, bars inside them, bars outside."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.columns import utc_text
from infrastructure.market_data.findings.finding import Finding
from infrastructure.market_data.findings.looked_at import LookedAt

_DENSE = 0.98
"""Share of its bars that the median session has: below it minutes without a trade are absent."""
_SHORT_OF_SPARSE = 0.75
_FEW = 2


def coverage(looked: LookedAt) -> Iterator[Finding]:
    """Missing and short sessions, missing bars, bars on holidays, mixed and half days."""
    if len(looked.sessions):
        yield from _missing_sessions(looked)
        if not looked.daily:
            yield from _missing_bars(looked)
    yield from _holidays(looked)
    if not looked.daily:
        yield from _outside(looked)


def _missing_sessions(looked: LookedAt) -> Iterator[Finding]:
    there = looked.sessions
    gaps = np.diff(there) - 1
    if not gaps.any():
        return
    missing = np.setdiff1d(np.arange(there[0], there[-1] + 1), there)
    longest = int(np.argmax(gaps))
    first, last = int(there[longest]) + 1, int(there[longest + 1]) - 1
    span = looked.day(first) if first == last else f"{looked.day(first)} to {looked.day(last)}"
    mend = (
        f"kairos data download {looked.series} --start {looked.day(first)} --end {looked.day(last)}"
    )
    yield Finding(
        "missing_sessions", "warning", len(missing), f"sessions of {looked.calendar.name}",
        f"{span} ({int(gaps[longest]):,} in a row)", mend,
        looked.calendar.opens_at[missing], float(gaps[longest]),
    )  # fmt: skip


def _missing_bars(looked: LookedAt) -> Iterator[Finding]:
    calendar, rows = looked.calendar, looked.sessions
    opens, closes = calendar.opens_at[rows], calendar.closes_at[rows]
    expected = -(-(closes - opens) // looked.step)
    places = (looked.regular.timestamp - calendar.opens_at[looked.rows]) // looked.step
    new = np.append(True, (np.diff(looked.rows) != 0) | (np.diff(places) != 0))
    present = np.add.reduceat(new.astype(np.int64), looked.begins)
    lacking = expected - present
    if not lacking.any():
        return
    share = present / expected
    dense = float(np.median(share)) >= _DENSE
    short = lacking > 0 if dense else share < _SHORT_OF_SPARSE * np.median(share)
    worst = int(np.argmax(np.where(short, lacking, 0)))
    stamps = _absent(looked, opens[lacking > 0], expected[lacking > 0])
    if short.any():
        day = looked.day(int(rows[worst]))
        yield Finding(
            "short_sessions", "warning", int(short.sum()), "sessions lack bars",
            f"{day}: {int(present[worst])} of {int(expected[worst])}",
            f"kairos data download {looked.series} --start {day} --end {day} --fill-gaps",
            opens[short], float(lacking[worst]),
        )  # fmt: skip
    after = f", first {utc_text(int(stamps[0]))}" if len(stamps) else ""
    yield Finding(
        "missing_bars", "warning" if dense else "note", int(lacking.sum()),
        "bars inside sessions" + ("" if dense else " (minutes without a trade are left out)"),
        f"{looked.day(int(rows[int(np.argmax(lacking))]))}: {int(lacking.max())}{after}",
        "", stamps, float(lacking.max()),
    )  # fmt: skip


def _absent(
    looked: LookedAt, opens: NDArray[np.int64], expected: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Opening times of the bars that are not there, of sessions with these openings."""
    offsets = np.arange(int(expected.sum())) - np.repeat(np.cumsum(expected) - expected, expected)
    grid = np.repeat(opens, expected) + offsets * looked.step
    calendar = looked.calendar
    begin = calendar.opens_at[looked.rows]
    there = begin + (looked.regular.timestamp - begin) // looked.step * looked.step
    return np.setdiff1d(grid, there)


def _holidays(looked: LookedAt) -> Iterator[Finding]:
    """Bars on dates on which the exchange does not open at all."""
    outside = looked.bars.timestamp[~looked.inside]
    if not len(outside) or looked.calendar.opens_all_day:
        return
    rows = looked.calendar.rows_of(outside)
    dates = looked.calendar
    on_date = (dates.date_start[rows] <= outside) & (outside < dates.date_end[rows])
    # The evening before belongs to the next session where a calendar opens on the day before.
    strange = outside[~on_date & (outside < dates.opens_at[rows] - 86_400 // 2)]
    if len(strange):
        yield Finding(
            "holiday_bars", "warning", len(strange),
            f"bars on dates without a session of {looked.calendar.name}",
            utc_text(int(strange[0])),
            f"kairos data mend {looked.series} --remove holiday_bars",
            strange, float(len(strange)),
        )  # fmt: skip


def _outside(looked: LookedAt) -> Iterator[Finding]:
    """Hours before and after the session: on some days only, on half days, or one bar too many."""
    calendar, bars = looked.calendar, looked.bars
    outside = bars.timestamp[~looked.inside]
    if not len(outside) or not len(looked.sessions) or calendar.opens_all_day:
        return
    rows = calendar.rows_of(outside)
    at_close = outside == calendar.closes_at[rows]
    length = calendar.closes_at - calendar.opens_at
    usual = int(np.median(length[looked.sessions]))
    on_half_day = (length[rows] < usual) & (outside >= calendar.closes_at[rows])
    at_close &= ~on_half_day
    extended = np.unique(rows[~at_close & ~on_half_day])
    extended = extended[np.isin(extended, looked.sessions)]
    days = len(looked.sessions)
    if _FEW <= len(extended) <= days - _FEW and not len(extended) / days > 0.98:
        yield Finding(
            "mixed_sessions", "warning", min(len(extended), days - len(extended)),
            f"of {days:,} sessions have other hours than the rest",
            f"from {looked.day(int(extended[0]))} on hours outside the session on "
            f"{len(extended):,} days",
            f"kairos data mend {looked.series} --remove outside",
            outside[~at_close & ~on_half_day], float(len(extended)),
        )  # fmt: skip
    if on_half_day.any() and len(extended) < days / 2:
        halves = np.unique(rows[on_half_day])
        yield Finding(
            "half_day_hours", "note", int(on_half_day.sum()),
            f"bars after the close of {len(halves)} half days; not traded in regular hours",
            looked.day(int(halves[0])), f"kairos data mend {looked.series} --remove outside",
            outside[on_half_day], float(len(halves)),
        )  # fmt: skip
    if at_close.sum() >= _FEW and len(extended) < days / 2:
        yield Finding(
            "bars_at_close", "note", int(at_close.sum()),
            "bars open when the session closes; not traded in regular hours",
            utc_text(int(outside[at_close][0])),
            f"kairos data mend {looked.series} --remove outside", outside[at_close],
            float(at_close.sum()),
        )  # fmt: skip
