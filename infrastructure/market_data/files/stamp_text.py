"""Times as files write them, from any column: text in many forms, dates, epochs, datetimes."""

import re
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.files.stamp_templates import parse, pattern_of
from infrastructure.market_data.stamps import Stamps, localized

if TYPE_CHECKING:
    import pandas as pd

DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
DATE_ORDERS = (DAY_FIRST, MONTH_FIRST)

_EPOCHS = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (np.inf, 1e9))
"""Below the first number an epoch counts 1/second of a second: 1e11 s is the year 5138."""
_OLDEST_EPOCH = 1e8  # 1973; a smaller number is no time that a file of bars would hold
_LATEST_EPOCH = 1e20

_DATES = ("yyyy-oo-dd", "yyyy/oo/dd", "yyyy.oo.dd", "yyyyoodd", "dd.oo.yyyy")
_CLOCKS = ("", "hh:mm", "hh:mm:ss", "hhmm", "hhmmss")
_FRACTIONS = ("", ".f", ".ff", ".fff", ".ffff", ".fffff", ".ffffff", ".fffffffff")
_ZONES = ("", "Z", "z", "+xx:ww", "+xxww", "+xx", " +xx:ww", " +xxww", " UTC", " GMT", " GMT+xxww")
_UTC_ENDINGS = ("Z", "z", " UTC", " GMT")
_ORDERED = {DAY_FIRST: ("dd", "oo"), MONTH_FIRST: ("oo", "dd")}
_TWO_TWO_FOUR = re.compile(r"^(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})(?!\d)")
_SHORT_ZONES = {
    **dict.fromkeys(("EST", "EDT"), "America/New_York"),
    **dict.fromkeys(("CST", "CDT"), "America/Chicago"),
    **dict.fromkeys(("PST", "PDT"), "America/Los_Angeles"),
}
_LOOKED_AT = 100
_NAMED_ZONE = re.compile(r"\s+([A-Za-z]+/[A-Za-z_/]+|EST|EDT|CST|CDT|PST|PDT|US/\w+)$")


def read_stamps(column: Any, order: str | None = None) -> Stamps:
    """What a time column says: a pandas Series of text, numbers or datetimes.

    order: what 01/02/2024 means, `day-first` or `month-first`; None: such times are not readable.
    Epochs in s, ms, us or ns are told by their size.
    """
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(column):
        return _from_moments(column)
    if pd.api.types.is_bool_dtype(column):
        return _from_numbers(np.full(len(column), np.nan))
    if pd.api.types.is_numeric_dtype(column):
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        dates = (numbers >= 1900_01_01) & (numbers < 2100_01_01) & (numbers % 1 == 0)
        if not (len(numbers) and dates.all()):
            return _from_numbers(numbers)
    return _from_text(column.astype("string").str.strip(), order)


def date_order(column: Any) -> str | None:
    """How dates such as 01/02/2024 are meant: "" where there are none, None where no row tells.

    column: a pandas Series. Raises DataError where one row says day-first and another month-first.
    """
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(column) or pd.api.types.is_numeric_dtype(column):
        return ""
    text = column.astype("string")
    if not text.head(_LOOKED_AT).str.match(_TWO_TWO_FOUR).any():
        return ""
    parts = text.str.extract(_TWO_TWO_FOUR)
    there = parts.dropna()
    if not len(there):
        return ""
    first, second = there[0].astype(int), there[1].astype(int)
    day_first, month_first = bool((first > 12).any()), bool((second > 12).any())
    if day_first and month_first:
        raise DataError(
            "dates are day-first in one row and month-first in another: "
            f"{column[there.index[first > 12][0]]!r} and {column[there.index[second > 12][0]]!r}"
        )
    if day_first or month_first:
        return DAY_FIRST if day_first else MONTH_FIRST
    return None


def _from_text(text: "pd.Series[Any]", order: str | None) -> Stamps:
    stamps = _nothing(len(text))
    lengths = text.str.len().fillna(0).to_numpy(dtype=np.int64)
    for length in np.flatnonzero(np.bincount(lengths))[1 if (lengths == 0).any() else 0 :]:
        rows = np.flatnonzero(lengths == length)
        _fill_by_template(stamps, text, rows, order)
    rest = np.flatnonzero(~stamps.readable & (lengths > 0))
    if len(rest):
        _fill_by_pandas(stamps, text.iloc[rest], rest, order)
    return stamps


def _nothing(n_rows: int) -> Stamps:
    wall, utc = np.zeros(n_rows, np.int64), np.zeros(n_rows, np.int64)
    return Stamps(wall, utc, np.zeros(n_rows, np.bool_), np.zeros(n_rows, np.bool_))


def _fill_by_template(
    stamps: Stamps, text: "pd.Series[Any]", rows: NDArray[np.intp], order: str | None
) -> None:
    """Rows of one length, by the first template that the first row matches."""
    some = text if len(rows) == len(text) else text.iloc[rows]
    template = next(
        (t for t in _templates(len(some.iloc[0]), order) if pattern_of(t).fullmatch(some.iloc[0])),
        None,
    )
    if template is None:
        return
    raw = _bytes_of(some)
    if len(raw) != len(rows) * len(template):
        return  # not ASCII alone
    parsed = parse(raw.reshape(len(rows), len(template)), template)
    good = rows[parsed.fits]
    stamps.wall[good] = parsed.wall[parsed.fits]
    east = 0 if parsed.offset is None else parsed.offset[parsed.fits]
    stamps.utc[good] = stamps.wall[good] - east
    stamps.readable[good] = True
    stamps.zoned[good] = parsed.offset is not None or template.endswith(_UTC_ENDINGS)


def _bytes_of(text: "pd.Series[Any]") -> NDArray[np.uint8]:
    """The bytes of all rows, end to end, without an object a row."""
    import pyarrow as pa

    array = pa.array(text, type=pa.large_string())
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    offsets = np.frombuffer(array.buffers()[1], np.int64)[array.offset :][: len(array) + 1]
    return np.frombuffer(array.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]


@cache
def _templates(length: int, order: str | None) -> list[str]:
    """Every template of a length, the likeliest first."""
    dates = [*_DATES]
    if order is not None:
        one, two = _ORDERED[order]
        dates += [f"{one}{sep}{two}{sep}{year}" for sep in "/-" for year in ("yyyy", "yy")]
    found = (
        date + gap + clock + fraction + zone
        for date in dates
        for clock in _CLOCKS
        for gap in ((" ", "T", "  ", "") if clock else ("",))
        for fraction in (_FRACTIONS if clock.endswith("ss") else ("",))
        for zone in (_ZONES if clock else ("",))
    )
    return [template for template in found if len(template) == length]


def _fill_by_pandas(
    stamps: Stamps, text: "pd.Series[Any]", rows: NDArray[np.intp], order: str | None
) -> None:
    """What stands at no fixed place: epochs, 1/2/2024 9:30 PM, 02-Jan-24, named zones."""
    import pandas as pd

    numbers = pd.to_numeric(text, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    _take(stamps, rows, _from_numbers(numbers))
    left = ~stamps.readable[rows]
    if not left.any():
        return
    text, rows = text[left], rows[left]
    zone = text.str.extract(_NAMED_ZONE, expand=False)
    if zone.notna().any():
        _fill_zoned(stamps, text, rows, zone, order)
        text, rows = text[zone.isna().to_numpy()], rows[zone.isna().to_numpy()]
    for moments in _tries(text, order):
        good = moments.notna().to_numpy(dtype=np.bool_) & ~stamps.readable[rows]
        if good.any():
            _take(stamps, rows[good], _from_moments(moments[good]))


def _tries(text: "pd.Series[Any]", order: str | None) -> "Any":
    import pandas as pd

    orders = {None: (), DAY_FIRST: ("%d/%m",), MONTH_FIRST: ("%m/%d",)}[order]
    plain = text.str.replace("-", "/") if orders else text
    clocks = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %I:%M%p")
    for start in orders:
        for year in ("/%Y", "/%y"):
            for clock in clocks:
                yield pd.to_datetime(plain, format=start + year + clock, errors="coerce")
    named = ("%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d.%b %Y", "%Y-%m-%d")
    for date in named:
        for clock in clocks:
            yield pd.to_datetime(text, format=date + clock, errors="coerce")


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
            _take(stamps, rows[there], inner)


def _take(stamps: Stamps, rows: NDArray[np.intp], other: Stamps) -> None:
    good = rows[other.readable]
    for name in ("wall", "utc", "zoned"):
        getattr(stamps, name)[good] = getattr(other, name)[other.readable]
    stamps.readable[good] = True


def _from_moments(moments: "pd.Series[Any]") -> Stamps:
    """datetime64 with a zone or without."""
    readable = moments.notna().to_numpy(dtype=np.bool_)
    zoned = moments.dt.tz is not None
    utc = _seconds(moments.dt.tz_convert(None) if zoned else moments)
    wall = _seconds(moments.dt.tz_localize(None))
    return Stamps(wall, utc, readable, np.full(len(wall), zoned))


def _from_numbers(numbers: NDArray[np.float64]) -> Stamps:
    readable = (numbers >= _OLDEST_EPOCH) & (numbers < _LATEST_EPOCH)  # NaN compares False
    seconds = np.zeros(len(numbers))
    smallest = 0.0
    for limit, parts in _EPOCHS:
        rows = readable & (numbers >= smallest) & (numbers < limit)
        seconds[rows] = numbers[rows] // parts
        smallest = limit
    whole = seconds.astype(np.int64)
    return Stamps(whole, whole.copy(), readable, np.ones(len(whole), dtype=np.bool_))


def _seconds(moments: Any) -> NDArray[np.int64]:
    """Whole seconds since 1970 of zone-less moments; 0 where there is none."""
    values = moments.to_numpy().astype("datetime64[s]")
    seconds: NDArray[np.int64] = np.where(np.isnat(values), np.datetime64(0, "s"), values).astype(
        np.int64
    )
    return seconds
