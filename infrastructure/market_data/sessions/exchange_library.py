"""Sessions from the package exchange_calendars: the only module that imports it."""

import warnings
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import ConfigError
from infrastructure.market_data.intervals import DAY
from infrastructure.market_data.sessions.session_calendar import SessionCalendar, sessions_per_year
from infrastructure.wording import nearest, one_line

_FIRST_DAY = "1970-01-01"
_USUAL = ("XNYS", "24/7", "24/5", "CMES")


def library_version() -> str:
    """Version of the installed exchange_calendars, without importing it."""
    return version("exchange_calendars")


def exchange_timezone(name: str) -> str:
    """The exchange's own clock, such as America/New_York; "" where the library does not tell."""
    if name == "XNYS":
        return "America/New_York"  # without the half second that the library takes
    import exchange_calendars

    with warnings.catch_warnings(), suppress(Exception):
        warnings.simplefilter("ignore")
        return str(exchange_calendars.get_calendar(name).tz)
    return ""


@cache
def library_sessions(name: str) -> SessionCalendar:
    """A calendar as exchange_calendars knows it, from 1970 (or its first year) to a year ahead.

    Raises ConfigError for a name it does not know or a calendar it cannot make.
    """
    import exchange_calendars

    names = exchange_calendars.get_calendar_names()
    if name not in names:
        raise _unknown(name, names)
    try:
        calendar = _widest(exchange_calendars, name)
    except (ValueError, NotImplementedError) as error:  # some of its calendars lag behind pandas
        raise ConfigError(
            f'calendar: "{name}" cannot be made by exchange_calendars {library_version()} '
            f"({one_line(error, 80)}); choose another, e.g. {', '.join(_USUAL)}"
        ) from error
    days = calendar.sessions.to_numpy().astype("datetime64[D]").astype(np.int64)
    return SessionCalendar(
        name,
        session=days,
        opens_at=_seconds(calendar.opens),
        closes_at=_seconds(calendar.closes),
        date_start=_midnights(days, calendar.tz),
        date_end=_midnights(days + 1, calendar.tz),
        sessions_per_year=sessions_per_year(name),
    )


def _widest(library: Any, name: str) -> Any:
    """The longest calendar the library makes: some exchanges are younger than 1970."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it calls parts of pandas that pandas is about to drop
        try:
            return library.get_calendar(name, start=_FIRST_DAY)
        except ValueError:
            first = library.get_calendar(name).bound_min()
            return library.get_calendar(name, start=first)  # None: its own twenty years


def _seconds(moments: Any) -> NDArray[np.int64]:
    return moments.dt.tz_convert(None).to_numpy().astype("datetime64[s]").astype(np.int64)


def _midnights(days: NDArray[np.int64], zone: Any) -> NDArray[np.int64]:
    """Begin of each date on the exchange's clock, seconds UTC.

    Where the clock skips midnight, the moment that follows.
    """
    import pandas as pd

    dates = pd.DatetimeIndex((days * DAY).astype("datetime64[s]"))
    first_of_two = np.ones(len(dates), dtype=bool)
    local = dates.tz_localize(zone, ambiguous=first_of_two, nonexistent="shift_forward")
    return local.tz_convert(None).to_numpy().astype("datetime64[s]").astype(np.int64)


def _unknown(name: str, names: list[str]) -> ConfigError:
    meant = nearest(str(name), names)
    hint = f'did you mean "{meant}"?' if meant else f"choose from {', '.join(_USUAL)}"
    return ConfigError(
        "calendar: expected the name of a calendar such as XNYS, 24/7, 24/5 or CMES; "
        f"found {str(name)[:40]!r} ({hint})"
    )
