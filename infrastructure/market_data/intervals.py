"""Interval strings: `1m`, `5m`, `30m`, `1h`, `4h`, `1d`."""

import re

from infrastructure.errors import ConfigError

DAY = 86_400
"""Seconds of `1d`: one bar a session, however long the session is."""

_UNITS = {"m": 60, "h": 3_600, "d": DAY}
_FORM = re.compile(r"([1-9][0-9]{0,3})([mhd])")


def interval_seconds(interval: str) -> int:
    """Length of an interval in seconds; `1d` is 86,400.

    Each length has one spelling (`1h`, not `60m`), because bars are stored under it.
    Raises ConfigError for anything else.
    """
    match = _FORM.fullmatch(interval) if isinstance(interval, str) else None
    if match is None:
        raise _unknown(interval)
    seconds = int(match[1]) * _UNITS[match[2]]
    proper = interval_name(seconds)
    if proper != interval:
        raise _unknown(interval, proper)
    return seconds


def interval_name(seconds: int) -> str | None:
    """The spelling of a length in seconds; None where no interval is that long."""
    if seconds <= 0 or seconds > DAY or seconds % 60:
        return None
    if seconds == DAY:
        return "1d"
    if seconds % 3_600 == 0:
        return f"{seconds // 3_600}h"
    return f"{seconds // 60}m"


def can_be_made_of(coarse: str, fine: str) -> bool:
    """Whether bars of `coarse` can be put together from bars of `fine`: whole ones, from the open.

    A session is a whole number of bars of any interval, the last of which may be short.
    Raises ConfigError for what is no interval.
    """
    wanted, given = interval_seconds(coarse), interval_seconds(fine)
    return given <= wanted and (wanted == DAY or wanted % given == 0)


def _unknown(found: object, proper: str | None = None) -> ConfigError:
    hint = f' (did you mean "{proper}"?)' if proper else ""
    return ConfigError(
        "interval: expected minutes, hours or one day, such as 1m, 5m, 30m, 1h, 4h, 1d; "
        f"found {str(found)[:40]!r}{hint}"
    )
