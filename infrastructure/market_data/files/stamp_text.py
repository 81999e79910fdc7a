"""Moments from the fields of text: one calendar, one clock, one offset for every form."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.files.date_order import (
    DAY_FIRST,
    order_shown,
    refuse_other_order,
    undecided,
)
from infrastructure.market_data.files.stamp_fields import Fields, read_fields
from infrastructure.market_data.intervals import DAY
from infrastructure.market_data.stamps import Stamps

_CENTURY, _PIVOT = 100, 70  # of a year in two digits: 69 is 2069, 70 is 1970


class StampReader:
    """Reads the time column of one file, chunk after chunk, in one order of day and month.

    order: `day-first`, `month-first`, or "" until rows prove one. region: the zone whose name the
    rows bear, "" where they bear none.
    """

    def __init__(self, path: Path, place_name: str, order: str = "", region: str = "") -> None:
        self.path = path
        self.place_name = place_name
        self.order = order
        self.region = region

    def read(self, text: Any, place: NDArray[np.int64]) -> Stamps:
        """Stamps of a pyarrow string array. A row that is no time is not `readable`.

        Raises DataError where the order of day and month is open, and where a row contradicts it.
        """
        fields = read_fields(text, self.region)
        if fields.needs_order.any():
            self.settle(fields, text, place)
        return stamps_of(fields, self.order)

    def settle(self, fields: Fields, text: Any, place: NDArray[np.int64]) -> None:
        """Learn the order from rows that need one, or hold them to the order that is known."""
        if self.order:
            refuse_other_order(self.path, fields, self.order, place, self.place_name)
            return
        self.order = order_shown(self.path, fields, place, self.place_name)
        if not self.order:
            sample = text[int(np.argmax(fields.needs_order))].as_py().strip()
            raise undecided(self.path, sample)


def stamps_of(fields: Fields, order: str = "") -> Stamps:
    """The moments of fields. order: whether their open dates are `day-first`."""
    if order == DAY_FIRST and fields.needs_order.any():
        day = np.where(fields.needs_order, fields.month, fields.day)
        month = np.where(fields.needs_order, fields.day, fields.month)
        fields = replace(fields, day=day, month=month)
    days, real = _days(fields)
    wall = days * DAY + fields.seconds
    readable = fields.known & fields.in_range & (real | fields.epoch)
    wall[~readable] = 0
    return Stamps(wall, wall - fields.offset, readable, fields.zoned & readable)


def _days(fields: Fields) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Days since 1970 of each row and whether its date is in the calendar; 0 for epochs."""
    date = (fields.year * 100 + fields.month) * 100 + fields.day
    heads = np.flatnonzero(np.append(True, date[1:] != date[:-1]))  # of each run of equal dates
    year, month, day = fields.year[heads], fields.month[heads], fields.day[heads]
    year = np.where(year < _CENTURY, year + np.where(year < _PIVOT, 2000, 1900), year)
    real = (month >= 1) & (month <= 12) & (day >= 1)
    months = np.where(real, (year - 1970) * 12 + month - 1, 0)
    starts, ends = _first_day(months), _first_day(months + 1)
    real &= day <= ends - starts
    days = np.where(real & ~fields.epoch[heads], starts + day - 1, 0)
    sizes = np.diff(heads, append=len(date))
    return np.repeat(days, sizes), np.repeat(real, sizes)


def _first_day(months: NDArray[np.int64]) -> NDArray[np.int64]:
    """Day number of the first of each month, both counted from January 1970."""
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
