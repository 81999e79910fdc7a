"""Times of rows as files give them, and the clock that those without a zone show."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError
from infrastructure.market_data.intervals import DAY
from infrastructure.wording import hint_of


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

    def __len__(self) -> int:
        return len(self.wall)

    def take(self, rows: Any) -> "Stamps":
        """Chosen rows: a mask, row numbers, or a slice."""
        return Stamps(*(getattr(self, f.name)[rows] for f in fields(self)))

    @classmethod
    def joined(cls, parts: "Sequence[Stamps]") -> "Stamps":
        """Parts of one file, one after another."""
        return cls(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)))

    @property
    def bare(self) -> NDArray[np.bool_]:
        """Rows with a time that does not say where."""
        return self.readable & ~self.zoned

    @property
    def dates_only(self) -> bool:
        """Whether every row that can be read shows midnight."""
        return bool((self.wall[self.readable] % DAY == 0).all())


def localized(stamps: Stamps, timezone: str) -> Stamps:
    """The same with every row zoned: rows without a zone show the clock of `timezone`.

    Where that clock goes back an hour, order tells the first from the second showing; a time that
    it never shows, or shows twice without such order, becomes unreadable. Raises ConfigError for an
    unknown name.
    """
    import pandas as pd

    zone = check_timezone(timezone)
    bare = stamps.bare
    wall = pd.DatetimeIndex(stamps.wall[bare].astype("datetime64[s]"))
    try:
        local = wall.tz_localize(zone, ambiguous="infer", nonexistent="NaT")
    except ValueError:  # an hour shown twice, but only once in the file
        local = wall.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    utc, readable = stamps.utc.copy(), stamps.readable.copy()
    utc[bare] = seconds_of(local.tz_convert(None))
    readable[bare] = local.notna()
    return Stamps(stamps.wall, utc, readable, stamps.zoned | bare)


def check_timezone(name: str) -> str:
    """`name` itself, once it is known to be a zone. Raises ConfigError with the nearest one."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = hint_of(name, sorted(available_timezones()))
        raise ConfigError(
            "timezone: expected a name such as America/New_York or UTC; "
            f"found {str(name)[:40]!r}{hint}"
        ) from None
    return name


def seconds_of(moments: Any) -> NDArray[np.int64]:
    """Whole seconds since 1970 of zone-less moments; 0 where there is none."""
    values = moments.to_numpy().astype("datetime64[s]")
    seconds: NDArray[np.int64] = np.where(np.isnat(values), np.datetime64(0, "s"), values).astype(
        np.int64
    )
    return seconds
