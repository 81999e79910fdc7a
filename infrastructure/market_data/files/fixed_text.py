"""Times whose digits stand at fixed places: the many forms in which files write them."""

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.market_data.files.date_order import DAY_FIRST, MONTH_FIRST
from infrastructure.market_data.files.stamp_templates import parse, pattern_of
from infrastructure.market_data.stamps import Stamps

if TYPE_CHECKING:
    import pandas as pd

_DATES = ("yyyy-oo-dd", "yyyy/oo/dd", "yyyy.oo.dd", "yyyyoodd", "dd.oo.yyyy")
_CLOCKS = ("", "hh:mm", "hh:mm:ss", "hhmm", "hhmmss")
_FRACTIONS = ("", ".f", ".ff", ".fff", ".ffff", ".fffff", ".ffffff", ".fffffffff")
_ZONES = ("", "Z", "z", "+xx:ww", "+xxww", "+xx", " +xx:ww", " +xxww", " UTC", " GMT", " GMT+xxww")
_UTC_ENDINGS = ("Z", "z", " UTC", " GMT")
_ORDERED = {DAY_FIRST: ("dd", "oo"), MONTH_FIRST: ("oo", "dd")}


def fill_by_template(
    stamps: Stamps, text: "pd.Series[Any]", rows: NDArray[np.intp], order: str | None
) -> None:
    """Read rows of texts of one length, by the first template that the first of them matches.

    text: of all rows. rows: which of them. order: what 01/02/2024 means; None: nothing.
    """
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
