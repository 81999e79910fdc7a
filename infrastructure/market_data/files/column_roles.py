"""Which column of a file is which: by its name, in any spelling and a few languages."""

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infrastructure.errors import DataError

PRICES = ("open", "high", "low", "close")

_NAMES = {
    "time": (
        "timestamp time_stamp datetime date_time open_time opentime date time t ts unix unix_time "
        "epoch window_start gmt_time local_time time_key bar_start start_time begins_at "
        "candle_begin_time datum fecha zeit datum_zeit date_heure index"
    ),
    "clock": "time uhrzeit zeit heure hora",
    "open": "open o open_price 1_open first eröffnung eröffnungskurs erster ouverture ouv apertura",
    "high": "high h high_price 2_high max hoch höchst tageshoch haut plus_haut máximo maximo alto",
    "low": "low l low_price 3_low min tief tiefst tagestief bas plus_bas mínimo minimo bajo",
    "close": (
        "close c close_price 4_close last price close_last schluss schlusskurs zuletzt letzter "
        "clôture cloture dernier cierre último ultimo"
    ),
    "volume": (
        "volume v vol base_volume 5_volume 6_volume volumen umsatz tick_volume tickvol "
        "trade_volume volumen_negociado stück"
    ),
    "adj_close": "adj_close adjclose adjusted_close 5_adjusted_close close_adj",
    "symbol": "symbol ticker symbols instrument sym code",
}
_ROLES = {role: names.split() for role, names in _NAMES.items()}
_AGAIN = re.compile(r"(?<=\w)\.\d+$")
"""What readers add to the name of a column that is there again: `close.1`."""
_TUPLE = re.compile(r"^\('([^']*)',.*\)$")
"""`('Close', 'QQQ')`: a name of two levels, as pandas writes it."""
_SAME = ("volume", "vol")
_UNNAMED = ("", "unnamed_0", "unnamed:_0", "none", "nan")


@dataclass(frozen=True)
class Roles:
    """The file's own name of each column that is used; None: the file has none.

    clock: the time of day, where `time` is a date only. ignored: what is left out.
    """

    time: Any
    open: Any
    high: Any
    low: Any
    close: Any
    clock: Any = None
    volume: Any = None
    adj_close: Any = None
    symbol: Any = None
    ignored: tuple[str, ...] = ()

    @property
    def prices(self) -> dict[str, Any]:
        """The names of open, high, low and close."""
        return {name: getattr(self, name) for name in PRICES}


def plain(name: object) -> str:
    """`Open`, ` <OPEN>`, `1. open` and `open-price` in one spelling: `open`, `1_open`."""
    text = "" if name is None else str(name).strip().strip("<>").strip().lower()
    text = _TUPLE.sub(r"\1", text)
    text = re.sub(r"\s*[\[(].*[\])]$", "", text)  # a unit behind the name
    text = re.sub(r"[\s.\-/]+", "_", text).strip("_")
    return "" if text in _UNNAMED else text


def looks_like_header(cells: Iterable[object]) -> bool:
    """Whether cells name at least a high, a low and a close."""
    names = {plain(cell) for cell in cells}
    return all(names & {*_ROLES[role]} for role in ("high", "low", "close"))


def names_some_columns(cells: Iterable[object]) -> bool:
    """Whether two cells or more are names that a file of bars has: a header, if not a whole one."""
    known = {name for role in _ROLES.values() for name in role}
    return len({plain(cell) for cell in cells} & known) > 1


def roles_of(path: Path, columns: list[Hashable]) -> Roles:
    """Which column is which. Raises DataError where one is missing, or two could be it."""
    names = _by_plain_name(path, columns)
    found = {role: _first(names, role) for role in _ROLES}
    if found["time"] is None and "" in names:
        found["time"] = names[""]
    if found["clock"] == found["time"]:
        found["clock"] = None
    missing = [role for role in PRICES if found[role] is None]
    if missing or found["time"] is None:
        wanted = ", ".join([*missing, *(() if found["time"] is not None else ("a time",))])
        shown = ", ".join(repr(str(name)[:20]) for name in columns[:8]) or "none"
        raise DataError(
            f"{path}: expected the columns open, high, low, close and a time; no {wanted}; "
            f"found {shown}"
        )
    used = {value for value in found.values() if value is not None}
    ignored = tuple(str(name) for name in columns if name not in used)
    return Roles(**found, ignored=ignored)


def _first(names: dict[str, Any], role: str) -> Any:
    """The column of a role: the names of a role stand in the order of trust."""
    return next((names[name] for name in _ROLES[role] if name in names), None)


def _by_plain_name(path: Path, columns: list[Hashable]) -> dict[str, Any]:
    names: dict[str, Any] = {}
    known = {name for role in _ROLES.values() for name in role} | {""}
    for column in columns:
        name = plain(_AGAIN.sub("", str(column))) if column is not None else ""
        same = _SAME if name in _SAME else (name,)
        there = next((names[each] for each in same if each in names), None)
        if there is not None and name in known:
            raise DataError(
                f"{path}: two columns could be {same[0] or 'the time'}: {there!r} and "
                f"{column!r}; remove one"
            )
        names.setdefault(name, column)
    return names
