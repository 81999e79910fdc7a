"""Bars that are to be written beside those that are stored: which are there, and which differ."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from infrastructure.errors import DataError
from infrastructure.market_data.columns import VALUES, BarColumns, utc_text
from infrastructure.market_data.store.bar_rows import stored_columns

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


class Compared(NamedTuple):
    """Which bars are stored, and which of those with other values; both of shape (n_bars,)."""

    found: NDArray[np.bool_]
    differs: NDArray[np.bool_]


def compare_with_stored(
    connection: "Connection", symbol: str, interval: str, columns: BarColumns
) -> Compared:
    """What the store has of these bars, some at a time; columns: in time order."""
    parts = [
        _compared(part, _stored_among(connection, symbol, interval, part))
        for part in columns.parts()
    ]
    none = np.zeros(0, dtype=np.bool_)
    found, differs = zip((none, none), *parts, strict=True)
    return Compared(np.concatenate(found), np.concatenate(differs))


def refusal_of_differing(
    connection: "Connection",
    symbol: str,
    interval: str,
    columns: BarColumns,
    differs: NDArray[np.bool_],
) -> DataError:
    """How many bars are stored with other values, and the first of them."""
    first = columns.take(np.flatnonzero(differs)[:1])
    there = _stored_among(connection, symbol, interval, first)
    name = next(n for n in VALUES if getattr(first, n)[0] != getattr(there, n)[0])
    return DataError(
        f"{symbol} {interval}: {int(differs.sum()):,} bars are stored with other values, nothing "
        f"was written; the first: {utc_text(int(first.timestamp[0]))} has {name} "
        f"{float(getattr(there, name)[0])} in the store and {float(getattr(first, name)[0])} now; "
        "--replace takes the new ones"
    )


def _compared(part: BarColumns, stored: BarColumns) -> Compared:
    found = np.isin(part.timestamp, stored.timestamp, assume_unique=True)
    there = stored.take(np.searchsorted(stored.timestamp, part.timestamp[found]))
    other = [getattr(part, name)[found] != getattr(there, name) for name in VALUES]
    differs = np.zeros(len(part), dtype=np.bool_)
    differs[found] = np.logical_or.reduce(other)
    return Compared(found, differs)


def _stored_among(
    connection: "Connection", symbol: str, interval: str, part: BarColumns
) -> BarColumns:
    """Stored bars from the first to the last of a part."""
    first, last = int(part.timestamp[0]), int(part.timestamp[-1]) + 1
    return stored_columns(connection, symbol, interval, first, last)
