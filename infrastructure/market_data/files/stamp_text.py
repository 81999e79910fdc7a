"""Times as files write them, from any column: text in many forms, dates, epochs, datetimes."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError
from infrastructure.market_data.files.date_order import DAY_FIRST, MONTH_FIRST
from infrastructure.market_data.files.fixed_text import fill_by_template
from infrastructure.market_data.files.stamp_values import (
    fill_stamps,
    no_stamps,
    stamps_of_moments,
    stamps_of_numbers,
)
from infrastructure.market_data.stamps import Stamps, localized

if TYPE_CHECKING:
    import pandas as pd

_ORDERED_DATES: dict[str | None, tuple[str, ...]] = {
    None: (),
    DAY_FIRST: ("%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d-%m-%y"),
    MONTH_FIRST: ("%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%m-%d-%y"),
}
_OTHER_DATES = (
    *("%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d.%b %Y"),
    "%Y-%m-%d",
)
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %I:%M%p")
_SHORT_ZONES = {
    **dict.fromkeys(("EST", "EDT"), "America/New_York"),
    **dict.fromkeys(("CST", "CDT"), "America/Chicago"),
    **dict.fromkeys(("PST", "PDT"), "America/Los_Angeles"),
}
_NAMED_ZONE = re.compile(r"\s+([A-Za-z]+/[A-Za-z_/]+|EST|EDT|CST|CDT|PST|PDT|US/\w+)$")


def read_stamps(column: Any, order: str | None = None) -> Stamps:
    """What a time column says: a pandas Series of text, numbers or datetimes.

    order: what 01/02/2024 means, `day-first` or `month-first`; None: such times are not readable.
    Epochs in s, ms, us or ns are told by their size.
    """
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(column):
        return stamps_of_moments(column)
    if pd.api.types.is_bool_dtype(column):
        return stamps_of_numbers(np.full(len(column), np.nan))
    if pd.api.types.is_numeric_dtype(column):
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        dates = (numbers >= 1900_01_01) & (numbers < 2100_01_01) & (numbers % 1 == 0)
        if not (len(numbers) and dates.all()):
            return stamps_of_numbers(numbers)
    return _from_text(column.astype("string").str.strip(), order)


def _from_text(text: "pd.Series[Any]", order: str | None) -> Stamps:
    stamps = no_stamps(len(text))
    lengths = text.str.len().fillna(0).to_numpy(dtype=np.int64)
    for length in np.flatnonzero(np.bincount(lengths))[1 if (lengths == 0).any() else 0 :]:
        rows = np.flatnonzero(lengths == length)
        fill_by_template(stamps, text, rows, order)
    rest = np.flatnonzero(~stamps.readable & (lengths > 0))
    if len(rest):
        _fill_by_pandas(stamps, text.iloc[rest], rest, order)
    return stamps


def _fill_by_pandas(
    stamps: Stamps, text: "pd.Series[Any]", rows: NDArray[np.intp], order: str | None
) -> None:
    """What stands at no fixed place: epochs, 1/2/2024 9:30 PM, 02-Jan-24, named zones."""
    import pandas as pd

    numbers = pd.to_numeric(text, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    fill_stamps(stamps, rows, stamps_of_numbers(numbers))
    left = ~stamps.readable[rows]
    if not left.any():
        return
    text, rows = text[left], rows[left]
    zone = text.str.extract(_NAMED_ZONE, expand=False)
    if zone.notna().any():
        _fill_zoned(stamps, text, rows, zone, order)
        text, rows = text[zone.isna().to_numpy()], rows[zone.isna().to_numpy()]
    for format in _formats(order):
        if not len(rows):
            return
        moments = pd.to_datetime(text, format=format, errors="coerce")
        good = moments.notna().to_numpy(dtype=np.bool_)
        fill_stamps(stamps, rows[good], stamps_of_moments(moments[good]))
        text, rows = text[~good], rows[~good]


def _formats(order: str | None) -> Iterator[str]:
    """Every form that is tried, in the words of strptime."""
    for date in (*_ORDERED_DATES[order], *_OTHER_DATES):
        for clock in _CLOCKS:
            yield date + clock


def _fill_zoned(
    stamps: Stamps,
    text: "pd.Series[Any]",
    rows: NDArray[np.intp],
    zone: "pd.Series[Any]",
    order: str | None,
) -> None:
    """`20240102 09:30:00 US/Eastern`, as Interactive Brokers writes it."""
    for name in zone.dropna().unique():
        there = (zone == name).fillna(False).to_numpy(dtype=np.bool_)
        bare = text[there].str.replace(_NAMED_ZONE, "", regex=True).reset_index(drop=True)
        with suppress(ConfigError):  # no zone after all: the rows stay unreadable
            inner = localized(_from_text(bare, order), _SHORT_ZONES.get(name, name))
            fill_stamps(stamps, rows[there], inner)
