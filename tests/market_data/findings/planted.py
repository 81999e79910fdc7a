"""Clean synthetic bars, and defects planted into them: what the tests of this folder share."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from bar_rows import utc
from numpy.typing import NDArray

from infrastructure.market_data.bars import Bars
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.findings.checking import check_bars
from infrastructure.market_data.findings.finding import Finding
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.synthetic import make_demo_bars

FIRST, LAST = date(2024, 1, 2), date(2024, 3, 28)
"""60 sessions of New York, none of them a half day; clocks change on March 10."""


def columns_of(bars: Bars) -> BarColumns:
    """The raw columns of bars, as copies that can be written to."""
    names = ("timestamp", "open", "high", "low", "close", "volume")
    return BarColumns(*(np.array(getattr(bars, name)) for name in names))


def clean(
    interval: str = "30m", start: date = FIRST, end: date = LAST, calendar: str = "XNYS"
) -> BarColumns:
    """Bars without a defect; those that chance left without a range get a cent."""
    columns = columns_of(make_demo_bars("QQQ", interval, calendar, start, end))
    columns.high[columns.high == columns.low] += 0.01
    return columns


def found(
    columns: BarColumns,
    interval: str = "30m",
    calendar: str = "XNYS",
    known_splits: Mapping[date, float] | None = None,
) -> dict[str, Finding]:
    """The findings by kind."""
    days = get_calendar(calendar)
    findings = check_bars("QQQ", interval, days, columns, known_splits=known_splits)
    by_kind = {finding.kind: finding for finding in findings}
    assert len(by_kind) == len(findings)
    return by_kind


def without(columns: BarColumns, *moments: str) -> BarColumns:
    """The bars but for those at these moments (UTC), each of which must be there."""
    stamps = [utc(moment) for moment in moments]
    assert np.isin(stamps, columns.timestamp).all()
    return columns.take(~np.isin(columns.timestamp, stamps))


def between(columns: BarColumns, first: str, last: str) -> NDArray[np.bool_]:
    """Mask of the bars from `first` up to but not including `last` (UTC)."""
    stamps = columns.timestamp
    mask: NDArray[np.bool_] = (stamps >= utc(first)) & (stamps < utc(last))
    return mask


def row_of(columns: BarColumns, moment: str) -> int:
    """Row of the bar at a moment (UTC)."""
    return int(np.flatnonzero(columns.timestamp == utc(moment))[0])


def scaled(columns: BarColumns, rows: Any, price: float = 1.0, volume: float = 1.0) -> BarColumns:
    """The same with prices and volumes of some rows multiplied."""
    names = ("open", "high", "low", "close")
    factor = np.ones(len(columns))
    factor[rows] = price
    volumes = columns.volume.copy()
    volumes[rows] *= volume
    prices = {name: getattr(columns, name) * factor for name in names}
    return replace(columns, **prices, volume=volumes)


def with_bars(columns: BarColumns, *moments: str) -> BarColumns:
    """Copies of the nearest bar before, put at these moments (UTC) where no bar is."""
    stamps = np.array([utc(moment) for moment in moments])
    assert not np.isin(stamps, columns.timestamp).any()
    rows = np.searchsorted(columns.timestamp, stamps) - 1
    added = replace(columns.take(rows), timestamp=stamps)
    both = [
        np.concatenate([getattr(part, name) for part in (columns, added)]) for name in vars(columns)
    ]
    merged = BarColumns(*both)
    merged.volume[len(columns) :] += np.arange(1, len(stamps) + 1)  # no bar repeats another
    return merged.take(np.argsort(merged.timestamp, kind="stable"))


def moved(columns: BarColumns, moment: str, **prices: float) -> BarColumns:
    """The same with some prices of one bar multiplied; high and low follow open and close."""
    row = row_of(columns, moment)
    changed = {name: getattr(columns, name).copy() for name in ("open", "high", "low", "close")}
    for name, factor in prices.items():
        changed[name][row] *= factor
    return replace(columns, **changed).without_noise()
