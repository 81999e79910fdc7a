"""Whose clock stamps without a zone show: the one that puts the volume into the sessions."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import DataError
from infrastructure.market_data.sessions.exchange_library import exchange_timezone
from infrastructure.market_data.sessions.session_calendar import SessionCalendar
from infrastructure.market_data.stamps import Stamps, localized

CANDIDATES = ("America/New_York", "America/Chicago", "America/Los_Angeles", "UTC")

_ENOUGH = 0.5
"""Share of the volume inside the sessions. Files from 04:00 to 20:00 have 0.9 of it there."""
_LEAD = 0.05
"""By how much of the volume the winner leads. An hour's error costs 0.1 to 0.2 of it."""
_MANY_BARS = 100
"""So many bars all inside under one clock alone decide too: futures pause for an hour a day."""


class _Trial(NamedTuple):
    zone: str
    volume: float  # share inside the sessions
    bars: float


def judged_zone(
    path: Path, stamps: Stamps, volume: NDArray[np.float64], calendar: SessionCalendar
) -> tuple[str, str]:
    """(name of the zone, a line that says how it was told) for stamps without one.

    Raises DataError where the sessions do not tell it: the user must.
    """
    if calendar.opens_all_day:
        raise no_zone(path, stamps)
    own = exchange_timezone(calendar.name)
    zones = dict.fromkeys((own, *CANDIDATES) if own else CANDIDATES)
    trials = [_tried(stamps, volume, calendar, zone) for zone in zones]
    best, second, *_ = sorted(trials, key=lambda trial: (-trial.volume, -trial.bars))
    others = [trial.bars for trial in trials if trial is not best]
    leads = best.volume >= _ENOUGH and best.volume - second.volume >= _LEAD
    alone = stamps.bare.sum() >= _MANY_BARS and best.bars == 1.0 and max(others) < 0.99
    if not (leads or alone):
        raise no_zone(path, stamps)
    told = (
        f"times without a zone taken as {best.zone}: {100 * best.volume:.1f} % of the volume in "
        f"the sessions of {calendar.name} ({second.zone}: {100 * second.volume:.1f} %)"
    )
    return best.zone, told


def no_zone(path: Path, stamps: Stamps) -> DataError:
    """What is asked of the user where nothing tells whose clock stamps show."""
    return DataError(
        f"{path}: {int(stamps.bare.sum()):,} of {len(stamps.wall):,} rows have a time without a "
        "zone; say whose clock it is, e.g. --timezone America/New_York"
    )


def _tried(
    stamps: Stamps, volume: NDArray[np.float64], calendar: SessionCalendar, zone: str
) -> _Trial:
    placed = localized(stamps, zone)
    inside = placed.readable & calendar.in_session(placed.utc)
    weights = np.where(stamps.readable & (volume > 0), volume, 0.0)
    if not weights.sum() > 0 or not np.isfinite(weights.sum()):
        weights = stamps.readable.astype(np.float64)
    share = float(weights[inside].sum() / weights.sum())
    return _Trial(zone, share, float(inside.sum() / max(1, stamps.readable.sum())))
