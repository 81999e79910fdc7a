"""Splits and dividends in the database: the table `price_factors`."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sqlalchemy import delete, insert, select

from infrastructure.database.models import price_factors as table
from infrastructure.errors import DataError
from infrastructure.market_data.factors.adjusting import Factors
from infrastructure.market_data.sessions.session_calendar import day_number, day_text
from infrastructure.market_data.symbols import check_symbol

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from infrastructure.database.engine import Database

_PARTS = ("split", "dividend")
_SAME = 1e-9
"""Factors this close say the same."""

_NEAR_DAYS = 3
_NEAR = 0.02
"""Two events a few days apart whose moves differ by less than this share are one, dated twice."""


class FactorNumbers(NamedTuple):
    """How many events a write added, found as they were, changed and removed."""

    new: int
    unchanged: int
    replaced: int
    removed: int


class _Event(NamedTuple):
    split: float
    dividend: float
    source: str


def read_factors(database: "Database", symbol: str) -> Factors:
    """The symbol's splits and dividends, oldest first; none where none are stored."""
    check_symbol(symbol)
    with database.read() as connection:
        stored = _stored(connection, symbol)
    return Factors(
        symbol,
        np.array([*stored], dtype=np.int64),
        np.array([event.split for event in stored.values()]),
        np.array([event.dividend for event in stored.values()]),
    )


def write_factors(
    database: "Database", factors: Factors, source: str, replace: bool = False
) -> FactorNumbers:
    """Store a symbol's splits and dividends, in one transaction.

    A factor of 1 says nothing: splits of one source and dividends of another come together, and one
    that is stored already stays as it is. One that is stored with another value is refused, and
    so is one that seems to be a stored one under another date, which would count twice.

    replace: the symbol's events become these and no others.
    Raises DataError naming the first of them, and StorageError.
    """
    symbol = check_symbol(factors.symbol)
    given = {
        day: _Event(split, dividend, source)
        for day, split, dividend in zip(
            factors.until.tolist(), factors.split.tolist(), factors.dividend.tolist(), strict=True
        )
    }
    with database.write() as connection:
        stored = _stored(connection, symbol)
        if replace:
            wanted = given
        else:
            _refuse_conflicts(symbol, stored, given)
            wanted = {**stored, **{day: _merged(stored.get(day), given[day]) for day in given}}
        return _write(connection, symbol, stored, wanted, given)


def add_unknown_factors(connection: "Connection", factors: Factors, source: str) -> int:
    """Store the events of which the store has none within a few days; how many those are.

    In the caller's transaction: an import stores the dividends that its file shows with its bars.
    What is stored already stays: another file's rounding is no reason to change it.
    """
    known = [*_stored(connection, factors.symbol)]
    rows = [
        {"symbol": factors.symbol, "until": day, "split": split, "dividend": dividend}
        for day, split, dividend in zip(
            factors.until.tolist(), factors.split.tolist(), factors.dividend.tolist(), strict=True
        )
        if all(abs(day - other) > _NEAR_DAYS for other in known)
    ]
    if rows:
        connection.execute(insert(table), [{**row, "source": source} for row in rows])
    return len(rows)


def _write(
    connection: "Connection",
    symbol: str,
    stored: dict[int, _Event],
    wanted: dict[int, _Event],
    given: dict[int, _Event],
) -> FactorNumbers:
    gone = [day for day in stored if day not in wanted]
    new = [day for day in wanted if day not in stored]
    changed = [day for day in given if day in stored and not _same(stored[day], wanted[day])]
    for day in (*gone, *changed):
        connection.execute(delete(table).where(table.c.symbol == symbol, table.c.until == day))
    rows = [{"symbol": symbol, "until": day, **wanted[day]._asdict()} for day in (*new, *changed)]
    if rows:
        connection.execute(insert(table), rows)
    return FactorNumbers(len(new), len(given) - len(new) - len(changed), len(changed), len(gone))


def _stored(connection: "Connection", symbol: str) -> dict[int, _Event]:
    """The symbol's events by day, oldest first."""
    columns = (table.c.until, *(table.c[name] for name in _Event._fields))
    query = select(*columns).where(table.c.symbol == symbol).order_by(table.c.until)
    return {day_number(until): _Event(*rest) for until, *rest in connection.execute(query)}


def _merged(stored: _Event | None, given: _Event) -> _Event:
    """What both say together; they do not contradict each other."""
    if stored is None or _same(stored, given):
        return stored or given
    split, dividend = (
        mine if theirs == 1.0 else theirs
        for mine, theirs in zip(stored[:2], given[:2], strict=True)
    )
    if (split, dividend) == stored[:2]:
        return stored
    names = dict.fromkeys((*stored.source.split(", "), given.source))
    return _Event(split, dividend, ", ".join(names))


def _same(one: _Event, other: _Event) -> bool:
    pairs = zip(one[:2], other[:2], strict=True)
    return all(abs(mine / theirs - 1.0) <= _SAME for mine, theirs in pairs)


def _refuse_conflicts(symbol: str, stored: dict[int, _Event], given: dict[int, _Event]) -> None:
    for day, event in given.items():
        for other_day, other in stored.items():
            if abs(day - other_day) > _NEAR_DAYS:
                continue
            for name in _PARTS:
                mine, theirs = getattr(event, name), getattr(other, name)
                if mine == 1.0 or theirs == 1.0:
                    continue
                if day == other_day and abs(mine / theirs - 1.0) > _SAME:
                    raise _refusal(symbol, name, day, mine, day, theirs)
                if day != other_day and abs((mine - theirs) / (theirs - 1.0)) < _NEAR:
                    raise _refusal(symbol, name, day, mine, other_day, theirs)


def _refusal(
    symbol: str, part: str, day: int, given: float, other_day: int, stored: float
) -> DataError:
    again = "" if day == other_day else ", which seems to be the same one dated otherwise"
    return DataError(
        f"{symbol}: nothing was written: the {part} after {day_text(day)} has the factor "
        f"{given:.9g}, the store has {stored:.9g} after {day_text(other_day)}{again}; --replace "
        "takes the new factors instead of all stored ones"
    )
