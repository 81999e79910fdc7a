"""What every reader of a file hands on: a raw table, and what the format says of its bars."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Facts:
    """What a format or its header says of the bars; "" where it says nothing.

    symbol, interval: as Kairos writes them, such as QQQ and 30m. timezone: whose clock stamps
    without a zone show. stamps_at: `start` or `end` of the bar. adjusted: `none`, `split` or
    `all`: what the prices have been adjusted for. notes: remarks for the user, one line each.
    """

    symbol: str = ""
    interval: str = ""
    timezone: str = ""
    stamps_at: str = ""
    adjusted: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Table:
    """Rows as a file holds them, before anybody knows which column is which.

    format: what the file was taken for, such as "Kraken JSON". frame: raw columns under the names
    that the file (or the format's documentation) gives them. place_name: what a row's number
    counts: `line`, `row` or `entry`; first_place: the number of the first row.
    """

    format: str
    frame: "pd.DataFrame"
    place_name: str = "row"
    first_place: int = 1
    facts: Facts = field(default=Facts())
