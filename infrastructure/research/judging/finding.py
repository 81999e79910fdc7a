"""One finding of a verdict, and how its numbers are written."""

from dataclasses import dataclass
from math import isfinite
from typing import Literal

Speaks = Literal["for", "luck", "fragile", "note", "unknown"]
"""for: passed. luck: does not tell the result from luck. fragile: breaks under small changes.
note: says nothing on either. unknown: there was nothing to test it with."""

UNDEFINED = "-"


@dataclass(frozen=True)
class Finding:
    """name: what was looked at. figure: its number, as text. words: what it means to a trader."""

    name: str
    figure: str
    speaks: Speaks
    words: str


def number(value: float, decimals: int = 2) -> str:
    """A number as a page shows it; '-' where undefined. There is no -0.00."""
    if not isfinite(value):
        return UNDEFINED
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"


def percent(share: float, decimals: int = 1) -> str:
    """A share as percent; what is not nothing and not all is not written so."""
    if not isfinite(share):
        return UNDEFINED
    least = 10.0**-decimals
    if 0.0 < 100.0 * share < least:
        return f"below {least:.{decimals}f} %"
    if 100.0 - least < 100.0 * share < 100.0:
        return f"above {100.0 - least:.{decimals}f} %"
    return f"{number(100.0 * share, decimals)} %"
