"""Which column is which, by its name in any spelling; English, German, French, Spanish and more."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import combining, normalize

from infrastructure.errors import DataError
from infrastructure.wording import printable

PRICES = ("open", "high", "low", "close")

_NAMES: dict[str, tuple[str, ...]] = {
    "time": (
        "timestamp", "time stamp", "datetime", "date time", "date", "datum", "fecha", "data",
        "dtyyyymmdd", "gmt time", "local time", "time", "open time", "opentime", "window start",
        "zeit", "unix", "unix timestamp", "t", "", "index",
    ),
    "clock": ("time|zeit|uhrzeit|hora|heure|ora|hour",),
    "open": (
        "open|eroffnung|eroffnungskurs|eroffn|erster|ouverture|ouv|apertura|abertura",
        "open price|o",
    ),
    "high": (
        "high|hoch|hochst|hochstkurs|tageshoch|haut|plus haut|+ haut|+haut|maximo|max|massimo|"
        "maxima",
        "high price|h",
    ),
    "low": (
        "low|tief|tiefst|tiefstkurs|tagestief|bas|plus bas|+ bas|+bas|minimo|min|minima",
        "low price|l",
    ),
    "close": (
        "close|schluss|schlusskurs|cloture|clot|cierre|chiusura|fechamento",
        "last|close/last|close price|zuletzt|letzter|dernier|ultimo|c",
        "price",
    ),
    "volume": (
        "volume|vol",
        "real volume|stucke|stuck|stuecke|v",
        "volumen|volum",
        "tickvol|tick volume|tickvolume",
    ),
    "ticks": ("tickvol|tick volume|tickvolume",),
    "adj_close": ("adj close|adjclose|adj. close|adjusted close|adjusted",),
    "symbol": ("symbol|ticker|instrument",),
    "period": ("per",),
}  # fmt: skip
"""Names by role, best first; names that are equally good stand together."""

_RANKS = {role: [frozenset(names.split("|")) for names in ranks] for role, ranks in _NAMES.items()}
_DATES = frozenset({"date", "datum", "fecha", "data", "dtyyyymmdd"})
"""Names of a date that may have its clock in a column of its own."""

_AGAIN = re.compile(r"(?<=\w)\.\d+$")
"""What pandas adds to the name of a column that is there again: `close.1`."""

_TUPLE = re.compile(r"\(\s*'([^']*)'\s*,\s*'([^']*)'\s*\)")
"""How pandas writes a name of two parts: `('Close', 'AAPL')`."""

_PREFIXED = re.compile(r"([A-Za-z0-9^=-]{1,12})\.(Open|High|Low|Close|Volume|Adjusted)")
"""How R's quantmod writes them: `AAPL.Open`."""

_SHOWN = 8


@dataclass(frozen=True)
class Name:
    """A column's name as the file writes it; plain: its lower-case form; symbol: one in it."""

    written: str
    plain: str
    symbol: str = ""


def names_of(written: Sequence[object]) -> list[Name]:
    """`Open`, ` OPEN`, `<open>`, `1. open` and `('Open', 'AAPL')` are `open`; no name is ``."""
    texts = ["" if name is None else str(name) for name in written]
    return [_name(text, texts) for text in texts]


def roles_of(names: Sequence[Name]) -> dict[str, list[int]]:
    """The columns that could be each role: several where names are equally good."""
    found: dict[str, list[int]] = {}
    for role, ranks in _RANKS.items():
        for rank in ranks:
            columns = [place for place, name in enumerate(names) if name.plain in rank]
            if columns:
                found[role] = columns
                break
    return found


def settled_roles(path: Path, names: Sequence[Name]) -> dict[str, int]:
    """The one column of each role.

    Raises DataError where open, high, low, close or a time is missing, and where two columns are
    equally good.
    """
    found = roles_of(names)
    if not {"time", *PRICES} <= found.keys():
        raise missing_roles(path, names)
    for role, columns in found.items():
        if len(columns) > 1:
            one, other = (printable(names[place].written)[:40] for place in columns[:2])
            what = (names[columns[0]].plain or "the time") if role == "time" else role
            raise DataError(
                f"{path}: two columns could be {what}: {one!r} and {other!r}; remove one"
            )
    settled = {role: columns[0] for role, columns in found.items()}
    if names[settled["time"]].plain not in _DATES:
        settled.pop("clock", None)
    return settled


def missing_roles(path: Path, names: Sequence[Name]) -> DataError:
    """The error that tells which columns are missing and which were found."""
    found = roles_of(names)
    wanted = [role for role in PRICES if role not in found]
    wanted += [] if "time" in found else ["timestamp"]
    shown = ", ".join(repr(printable(name.written)[:20]) for name in names[:_SHOWN])
    return DataError(
        f"{path}: expected a first line naming the columns; no {', '.join(wanted)}; found "
        f"{shown or 'none'}"
    )


def _name(text: str, all_of_them: list[str]) -> Name:
    if (again := _AGAIN.sub("", text)) != text and again in all_of_them:
        return Name(text, _plain(again))
    if parts := _TUPLE.fullmatch(text.strip()):
        return Name(text, _plain(parts[1]), parts[2])
    if parts := _PREFIXED.fullmatch(text.strip()):
        plain = "adj close" if parts[2] == "Adjusted" else _plain(parts[2])
        return Name(text, plain, parts[1])
    return Name(text, _plain(text))


def _plain(name: str) -> str:
    letters = normalize("NFKD", name.strip().strip("\ufeff<>\"'").casefold())
    bare = "".join(letter for letter in letters if not combining(letter))
    words = re.sub(r"^\d+\.\s+", "", bare.replace("_", " ")).split()
    plain = " ".join(words).rstrip(".:")
    return "" if plain == "unnamed: 0" else plain
