"""Rows to PostgreSQL by binary COPY, from columns of whatever the tables hold.

A part of the rows becomes one array of records as wide as the widest row; the bytes that a row does
not need (of a NULL, after a short text) are then taken out of all rows at once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Float, Integer, Table
from sqlalchemy.engine import Connection

from infrastructure.database.columns import (
    ExchangeDate,
    Figure,
    Flag,
    Json,
    UtcDateTime,
    day_number,
    json_text,
    seconds_utc,
)

AT_ONCE = 20_000
"""Rows converted at a time."""

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
END = b"\xff\xff"
"""What a binary COPY begins and ends with, either way."""

_SECONDS_TO_2000, _DAYS_TO_2000 = 946_684_800, 10_957
"""PostgreSQL counts from the year 2000."""


class _Field(NamedTuple):
    """A column of a part: values as they travel, which ones are NULL, how many bytes each has."""

    values: NDArray[Any]
    missing: NDArray[np.bool_] | None = None
    lengths: NDArray[np.int64] | None = None


def insert_by_copy(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    parts: Iterable[Mapping[str, Any]],
) -> None:
    """Insert rows, some at a time: of each part the columns of these names, equally long.

    A column is an array, a list or a tuple. NaN where NULL may be is NULL. Types, keys and CHECKs
    are seen to by the server.
    """
    copied = f"COPY {table.name} ({', '.join(names)}) FROM STDIN (FORMAT BINARY)"
    cursor: Any = connection.connection.cursor()
    with cursor.copy(copied) as copy:
        copy.write(HEADER)
        for part in parts:
            copy.write(_rows({name: _field(table.c[name], part[name]) for name in names}))
        copy.write(END)


def _field(column: Column[Any], given: Any) -> _Field:
    kind = column.type
    if isinstance(kind, UtcDateTime):
        seconds, missing = _numbers(given, np.int64, seconds_utc)
        return _Field(((seconds - _SECONDS_TO_2000) * 1_000_000).astype(">i8"), missing)
    if isinstance(kind, ExchangeDate):
        days, missing = _numbers(given, np.int64, day_number)
        return _Field((days - _DAYS_TO_2000).astype(">i4"), missing)
    if isinstance(kind, Flag):
        flags, missing = _numbers(given, np.int64, int)
        return _Field(flags.astype(">i2"), missing)
    if isinstance(kind, Integer):
        whole, missing = _numbers(given, np.int64, int)
        return _Field(whole.astype(">i8"), missing)
    if isinstance(kind, Float | Figure):
        real, missing = _numbers(given, np.float64, float)
        if column.nullable:
            missing = np.isnan(real) if missing is None else missing | np.isnan(real)
        return _Field(real.astype(">f8"), missing)
    return _texts(given, json_text if isinstance(kind, Json) else str)


def _numbers(
    given: Any, kind: type, plain: Callable[[Any], Any]
) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """The values, 0 for None, and where they were None; `plain` is asked for what is no number."""
    if isinstance(given, np.ndarray) and given.dtype.kind in "iufb":
        return given.astype(kind), None
    missing = np.array([each is None for each in given], np.bool_)
    values: NDArray[Any] = np.array([0 if each is None else plain(each) for each in given], kind)
    return values, missing if missing.any() else None


def _texts(given: Any, plain: Callable[[Any], str]) -> _Field:
    """UTF-8. Words that NumPy holds, all of them ASCII, need no Python object each."""
    if isinstance(given, np.ndarray) and given.dtype.kind == "U" and given.dtype.itemsize:
        codes = np.ascontiguousarray(given).view(np.uint32).reshape(len(given), -1)
        if (codes < 128).all():
            return _ascii(codes.astype(np.uint8))
    missing = np.array([each is None for each in given], np.bool_)
    raw = [b"" if each is None else plain(each).encode() for each in given]
    lengths = np.array([len(each) for each in raw], np.int64)
    values = np.array(raw, f"S{max(lengths.max(initial=0), 1)}")
    return _Field(values, missing if missing.any() else None, lengths)


def _ascii(letters: NDArray[np.uint8]) -> _Field:
    """Texts as a table of letters, zeros after each."""
    width = letters.shape[1]
    lengths = width - (letters[:, ::-1] != 0).argmax(axis=1)
    lengths[~letters.any(axis=1)] = 0
    return _Field(letters.view(f"S{width}")[:, 0], None, lengths)


def _rows(fields: Mapping[str, _Field]) -> bytes:
    """The rows of a COPY: how many fields, then each with its length, -1 for NULL, before it."""
    parts: list[tuple[str, Any]] = [("fields", ">i2")]
    for name, field in fields.items():
        parts += [(f"{name} length", ">i4"), (name, field.values.dtype)]
    n_rows = len(next(iter(fields.values())).values)
    rows = np.zeros(n_rows, np.dtype(parts))
    rows["fields"] = len(fields)
    kept = np.ones((n_rows, rows.dtype.itemsize), np.bool_)
    layout = rows.dtype.fields
    assert layout is not None
    for name, field in fields.items():
        kind, offset = layout[name][:2]
        rows[name] = field.values
        length = kind.itemsize if field.lengths is None else field.lengths
        rows[f"{name} length"] = length
        if field.lengths is not None:
            kept[:, offset : offset + kind.itemsize] = (
                np.arange(kind.itemsize) < field.lengths[:, None]
            )
        if field.missing is not None:
            rows[f"{name} length"][field.missing] = -1
            kept[field.missing, offset : offset + kind.itemsize] = False
    if kept.all():
        return rows.tobytes()
    return rows.view(np.uint8).reshape(kept.shape)[kept].tobytes()
