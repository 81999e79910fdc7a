"""Time columns as files write them: ISO 8601 text with or without a zone, dates, epochs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError
from infrastructure.market_data.intervals import DAY
from infrastructure.wording import nearest

if TYPE_CHECKING:
    import pandas as pd

_ZONE = r"(?<=:\d{2})(?:[.,]\d+)?\s*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$"
_ISO_START = r"\d{4}-?\d{2}-?\d{2}"
_DIGITS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_EPOCHS = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (np.inf, 1e9))
"""Below the first number an epoch counts 1/second of a second: 1e11 s is the year 5138."""
_OLDEST_EPOCH = 1e8  # 1973; a smaller number is no time that a file of bars would hold


@dataclass(frozen=True, eq=False)
class Stamps:
    """Times of a file's rows; every column has shape (n_rows,).

    wall: what the row's own clock shows, int64 seconds since 1970 on that clock.
    utc: seconds since 1970 UTC; meaningless where not `zoned`.
    readable: whether the row holds a time. zoned: whether it says where (an epoch does: UTC).
    """

    wall: NDArray[np.int64]
    utc: NDArray[np.int64]
    readable: NDArray[np.bool_]
    zoned: NDArray[np.bool_]

    @property
    def dates_only(self) -> bool:
        """Whether every row that can be read shows midnight."""
        return bool((self.wall[self.readable] % DAY == 0).all())


def read_stamps(column: "pd.Series[Any]") -> Stamps:
    """What a time column says.

    Text: ISO 8601, `20240102`, `202401020930`, `20240102093000`, or an epoch; epochs in s, ms, us
    or ns are told by their size. Anything else is not `readable`: 01/02/2024 means two dates.
    """
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(column):
        return _from_moments(column)
    if pd.api.types.is_float_dtype(column):
        return _from_numbers(column.to_numpy(dtype=np.float64, na_value=np.nan))
    text = column.astype("string").str.strip()
    if text.str.fullmatch(r"\d+(\.\d*)?").fillna(True).all():
        form = _DIGITS.get(int(text.str.len().max() or 0))
        if form and text.str.len().nunique() == 1:
            moments = pd.to_datetime(text, format=form, errors="coerce")
            if not moments.isna().any():
                return _from_moments(moments)
        numbers = pd.to_numeric(text, errors="coerce")
        return _from_numbers(numbers.to_numpy(dtype=np.float64, na_value=np.nan))
    return _from_text(text)


def localized(stamps: Stamps, timezone: str) -> Stamps:
    """The same with every row zoned: rows without a zone show the clock of `timezone`.

    Where that clock goes back an hour, order tells the first from the second showing; a time that
    it never shows, or shows twice without such order, becomes unreadable. Raises ConfigError for an
    unknown name.
    """
    import pandas as pd

    zone = check_timezone(timezone)
    bare = stamps.readable & ~stamps.zoned
    wall = pd.DatetimeIndex(stamps.wall[bare].astype("datetime64[s]"))
    try:
        local = wall.tz_localize(zone, ambiguous="infer", nonexistent="NaT")
    except ValueError:  # an hour shown twice, but only once in the file
        local = wall.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    utc, readable = stamps.utc.copy(), stamps.readable.copy()
    utc[bare] = _seconds(local.tz_convert(None))
    readable[bare] = local.notna()
    return Stamps(stamps.wall, utc, readable, stamps.zoned | bare)


def check_timezone(name: str) -> str:
    """`name` itself, once it is known to be a zone. Raises ConfigError with the nearest one."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        meant = nearest(str(name), sorted(available_timezones()))
        hint = f' (did you mean "{meant}"?)' if meant else ""
        raise ConfigError(
            "timezone: expected a name such as America/New_York or UTC; "
            f"found {str(name)[:40]!r}{hint}"
        ) from None
    return name


def _from_text(text: "pd.Series[Any]") -> Stamps:
    import pandas as pd

    zone = text.str.extract(_ZONE, expand=False)
    zoned = zone.notna().to_numpy(dtype=np.bool_)
    bare = text.where(~zoned, text.str.replace(r"\s*(?:[Zz]|UTC|GMT|[+-][\d:]+)$", "", regex=True))
    bare = bare.where(bare.str.match(_ISO_START).fillna(False))
    wall = _from_moments(pd.to_datetime(bare, format="ISO8601", errors="coerce"))
    offset = zone.map({name: _offset(name) for name in zone.dropna().unique()})
    seconds = offset.fillna(0).to_numpy(dtype=np.int64)
    return Stamps(wall.wall, wall.wall - seconds, wall.readable, zoned)


def _offset(zone: str) -> int:
    """Seconds east of UTC of `Z`, `UTC`, `-05`, `-0500` or `-05:00`."""
    if zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    seconds = int(digits[:2]) * 3_600 + int(digits[2:]) * 60
    return -seconds if zone[0] == "-" else seconds


def _from_moments(moments: "pd.Series[Any]") -> Stamps:
    """datetime64 with a zone or without."""
    readable = moments.notna().to_numpy(dtype=np.bool_)
    zoned = moments.dt.tz is not None
    utc = _seconds(moments.dt.tz_convert(None) if zoned else moments)
    wall = _seconds(moments.dt.tz_localize(None))
    return Stamps(wall, utc, readable, np.full(len(wall), zoned))


def _from_numbers(numbers: NDArray[np.float64]) -> Stamps:
    readable = np.isfinite(numbers) & (numbers >= _OLDEST_EPOCH)
    seconds = np.zeros(len(numbers))
    smallest = 0.0
    for limit, parts in _EPOCHS:
        rows = readable & (numbers >= smallest) & (numbers < limit)
        seconds[rows] = numbers[rows] // parts
        smallest = limit
    whole = seconds.astype(np.int64)
    return Stamps(whole, whole, readable, np.ones(len(whole), dtype=np.bool_))


def _seconds(moments: Any) -> NDArray[np.int64]:
    """Whole seconds since 1970 of zone-less moments; 0 where there is none."""
    values = moments.to_numpy().astype("datetime64[s]")
    seconds: NDArray[np.int64] = np.where(np.isnat(values), np.datetime64(0, "s"), values).astype(
        np.int64
    )
    return seconds
