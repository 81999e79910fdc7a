"""Alpha Vantage's JSON: bars by their stamp, newest first, on the exchange's clock.

https://www.alphavantage.co/documentation/
"""

import re
from typing import Any

from infrastructure.errors import DataError
from infrastructure.market_data.files.json_columns import kind, records_frame
from infrastructure.market_data.files.table import Facts, Table
from infrastructure.market_data.intervals import interval_name

_SERIES = re.compile(r"Time Series|Weekly|Monthly")
_MINUTES = re.compile(r"\((\d{1,2})min\)")
_NUMBERED = re.compile(r"^\d+[a-z]?\. | \([A-Z]{2,5}\)$")
"""`1. open`, and `1a. open (USD)` of digital currencies."""

_OPENINGS = ("04:00:00", "09:30:00")
_CLOSINGS = ("16:00:00", "20:00:00")


def alpha_vantage(answer: dict[str, Any]) -> Table | None:
    """The table of a time series; None for an object without one.

    Intraday bars of stocks are stamped at their end, in newer answers at their start: then the
    day's first stamp is an opening, and its last one no closing.
    """
    name = next((name for name in answer if _SERIES.search(name)), None)
    if name is None or not isinstance(answer[name], dict):
        return None
    rows = answer[name]
    frame = records_frame([_named(stamp, row) for stamp, row in rows.items()])
    meta = _meta(answer)
    facts = Facts(
        symbol=meta.get("Symbol") or meta.get("Digital Currency Code", ""),
        interval=_interval(name),
        timezone=meta.get("Time Zone", ""),
        stamps_at=_stamps_at(name, rows),
        adjusted="none" if name == "Time Series (Daily)" else "",
    )
    return Table("Alpha Vantage JSON", frame, "entry", facts=facts)


def _named(stamp: str, row: Any) -> dict[str, Any]:
    """A bar's values by their names without numbers; a name that is there again keeps its own."""
    if not isinstance(row, dict):
        raise DataError(f"{stamp[:30]!r}: expected an object, found {kind(row)}")
    named: dict[str, Any] = {"timestamp": stamp}
    for numbered, value in row.items():
        name = _NUMBERED.sub("", numbered)
        named[numbered if name in named else name] = value
    return named


def _meta(answer: dict[str, Any]) -> dict[str, str]:
    """`Meta Data` by its names without numbers."""
    found = answer.get("Meta Data")
    pairs = found.items() if isinstance(found, dict) else ()
    return {_NUMBERED.sub("", name): value for name, value in pairs if isinstance(value, str)}


def _interval(name: str) -> str:
    minutes = _MINUTES.search(name)
    if minutes:
        return interval_name(60 * int(minutes[1])) or ""
    return "1d" if "Daily" in name else ""


def _stamps_at(name: str, rows: dict[str, Any]) -> str:
    if not _MINUTES.search(name):
        return "start"
    if not name.startswith("Time Series ("):  # forex and digital currencies have no opening
        return ""
    clocks = [stamp[-8:] for stamp in rows]
    started = min(clocks) in _OPENINGS and max(clocks) not in _CLOSINGS
    return "start" if started else "end"
