"""Columns of numbers where SQLite's C interface is out of reach: by rows, or by binary COPY."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, Table
from sqlalchemy.engine import Connection

from infrastructure.database.bulk import insert_columns
from infrastructure.database.columns import Flag

_AT_ONCE = 20_000
"""Rows asked of the driver at a time: a million of them at once would take 300 MB as tuples."""

_COPY_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_COPY_END = b"\xff\xff"


def fetch_by_rows(
    connection: Connection, statement: Select[Any], whole: tuple[str, ...], real: tuple[str, ...]
) -> dict[str, NDArray[Any]]:
    """Result of a query as columns, through the driver's own tuples."""
    # SQLAlchemy would make an object of each row, in four times the time.
    cursor = connection.execute(statement).cursor
    assert cursor is not None
    fields = [*((name, "i8") for name in whole), *((name, "f8") for name in real)]
    parts = iter(partial(cursor.fetchmany, _AT_ONCE), [])
    rows = np.fromiter(chain.from_iterable(parts), dtype=np.dtype(fields))
    return {name: np.ascontiguousarray(rows[name]) for name, _ in fields}


def insert_by_rows(
    connection: Connection,
    table: Table,
    same: Mapping[str, str],
    columns: Mapping[str, NDArray[Any]],
) -> int:
    """Insert rows from columns, through the driver's executemany."""
    return insert_columns(connection, table, {**same, **columns})


def fetch_by_copy(
    connection: Connection, statement: Select[Any], whole: tuple[str, ...], real: tuple[str, ...]
) -> dict[str, NDArray[Any]]:
    """Result of a query as columns, by PostgreSQL's binary COPY."""
    sql = statement.compile(connection, compile_kwargs={"literal_binds": True})
    cursor: Any = connection.connection.cursor()
    with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT BINARY)") as copy:
        raw = b"".join(copy)
    kinds = {**dict.fromkeys(whole, ">i8"), **dict.fromkeys(real, ">f8")}
    body = raw[len(_COPY_HEADER) : -len(_COPY_END)]
    rows = np.frombuffer(body, dtype=_copy_layout(kinds))
    return {name: rows[name].astype(f"{kind[1]}8") for name, kind in kinds.items()}


def insert_by_copy(
    connection: Connection,
    table: Table,
    same: Mapping[str, str],
    columns: Mapping[str, NDArray[Any]],
) -> int:
    """Insert rows from columns, by PostgreSQL's binary COPY; NaN where NULL may be is NULL."""
    texts = {name: text.encode() for name, text in same.items()}
    kinds = {name: f"S{len(raw)}" for name, raw in texts.items()}
    kinds |= {name: _copy_kind(table, name, column) for name, column in columns.items()}
    layout = _copy_layout(kinds)
    nullable = [
        name for name in columns if columns[name].dtype.kind == "f" and table.c[name].nullable
    ]
    names = ", ".join([*same, *columns])
    n_rows = len(next(iter(columns.values())))
    cursor: Any = connection.connection.cursor()
    statement = f"COPY {table.name} ({names}) FROM STDIN (FORMAT BINARY)"
    with cursor.copy(statement) as copy:
        copy.write(_COPY_HEADER)
        for first in range(0, n_rows, _AT_ONCE):
            last = min(first + _AT_ONCE, n_rows)
            rows = np.zeros(last - first, layout)
            rows["fields"] = len(kinds)
            for name in kinds:
                rows[name] = texts[name] if name in texts else columns[name][first:last]
                rows[f"{name} length"] = layout[name].itemsize
            copy.write(_copy_bytes(rows, nullable))
        copy.write(_COPY_END)
    return n_rows


def _copy_kind(table: Table, name: str, column: NDArray[Any]) -> str:
    """How COPY writes a number; a flag is a small one."""
    return ">i2" if isinstance(table.c[name].type, Flag) else f">{column.dtype.kind}8"


def _copy_bytes(rows: NDArray[np.void], nullable: Sequence[str]) -> bytes:
    """The rows of a COPY. A NULL is the length -1 and no value: NaN's bytes are taken out."""
    missing = {name: np.isnan(rows[name]) for name in nullable}
    missing = {name: where for name, where in missing.items() if where.any()}
    if not missing:
        return rows.tobytes()
    fields = rows.dtype.fields
    assert fields is not None
    kept = np.ones((len(rows), rows.dtype.itemsize), np.bool_)
    for name, where in missing.items():
        rows[f"{name} length"][where] = -1
        kind, offset = fields[name][:2]
        kept[where, offset : offset + kind.itemsize] = False
    return rows.view(np.uint8).reshape(kept.shape)[kept].tobytes()


def _copy_layout(kinds: Mapping[str, str]) -> np.dtype[np.void]:
    """A row of binary COPY: the number of fields, then each with its length before it."""
    parts = [("fields", ">i2")]
    for name, kind in kinds.items():
        parts += [(f"{name} length", ">i4"), (name, kind)]
    return np.dtype(parts)
