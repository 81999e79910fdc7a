"""What the cells of a file's first rows say beyond its names: symbol, interval, zone, volumes."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.files.column_roles import Name
from infrastructure.market_data.files.formats import BINANCE, Format
from infrastructure.market_data.files.stamp_forms import region_of
from infrastructure.market_data.files.table import Facts
from infrastructure.market_data.intervals import interval_name
from infrastructure.market_data.stamps import check_timezone
from infrastructure.market_data.symbols import check_symbol
from infrastructure.wording import printable

_PERIODS = {"D": "1d", "DAILY": "1d"}
_EPOCH_UNITS = {13: "milliseconds", 16: "microseconds", 10: "seconds", 19: "nanoseconds"}
_SHOWN = 3


@dataclass(frozen=True)
class Found:
    """A file's format as it is told to people, its facts, and the roles that its rows leave."""

    format: str
    facts: Facts
    roles: dict[str, int]


def column_facts(
    path: Path,
    format_: Format,
    names: Sequence[Name],
    roles: dict[str, int],
    rows: list[list[str]],
) -> Found:
    """Facts of the first rows' cells. Raises DataError where they hold several instruments."""
    facts, roles = format_.facts, dict(roles)

    def cells(role: str) -> list[str]:
        return [row[roles[role]].strip() for row in rows] if role in roles else []

    if "symbol" in roles:
        facts = replace(facts, symbol=one_symbol(path, cells("symbol")))
    if periods := {*cells("period")}:
        facts = replace(facts, interval=_interval(periods))
    if region := _region(cells("time"), cells("clock")):
        facts = replace(facts, timezone=region)
    if _only_ticks(cells("volume"), cells("ticks")):
        roles["volume"] = roles["ticks"]
        note = f"{names[roles['ticks']].written} was taken as volume: the volume column is all 0"
        facts = replace(facts, notes=(*facts.notes, note))
    return Found(_told(format_, cells("time")), facts, roles)


def one_symbol(path: Path, symbols: Iterable[str]) -> str:
    """The instrument of a file, as Kairos writes it; "" where its name is no symbol.

    Raises DataError where there are several.
    """
    different = list(dict.fromkeys(each for each in symbols if each))
    if len(different) > 1:
        raise several_instruments(path, different)
    symbol = re.sub(r"\.US$", "", different[0]) if different else ""  # Stooq's QQQ.US
    try:
        return check_symbol(symbol) if symbol else ""
    except ConfigError:
        return ""


def several_instruments(path: Path, symbols: Sequence[str]) -> DataError:
    """The error that names the first few of several instruments."""
    named = ", ".join(printable(symbol)[:20] for symbol in symbols[:_SHOWN])
    more = ", ..." if len(symbols) > _SHOWN else ""
    return DataError(f"{path}: holds several instruments ({named}{more}); import one file of each")


def _interval(periods: set[str]) -> str:
    """The interval of a column such as Stooq's <PER>, which counts minutes or says D."""
    if len(periods) != 1:
        return ""
    period = periods.pop().upper()
    return _PERIODS.get(period) or (
        interval_name(int(period) * 60) or "" if _minutes(period) else ""
    )


def _minutes(period: str) -> bool:
    return period.isascii() and period.isdigit() and len(period) <= 4


def _region(times: list[str], clocks: list[str]) -> str:
    """The zone whose name stands in the cells, such as US/Eastern."""
    first = " ".join([*times[:1], *clocks[:1]])
    name = region_of(first)
    try:
        return check_timezone(name) if name else ""
    except ConfigError:
        return ""


def _only_ticks(volumes: list[str], ticks: list[str]) -> bool:
    """Whether the volume column says nothing, as MetaTrader's does, and one of ticks something."""
    zeros = {"0", "0.0", ""}
    return bool(volumes) and {*volumes} <= zeros and not {*ticks} <= zeros


def _told(format_: Format, times: list[str]) -> str:
    if format_.name != BINANCE.name or not times:
        return format_.name
    unit = _EPOCH_UNITS.get(len(times[0]))
    return f"{format_.name} ({unit})" if unit and times[0].isdigit() else format_.name
