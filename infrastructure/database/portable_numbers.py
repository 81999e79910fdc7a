"""Columns of numbers read where SQLite's C interface is out of reach: by rows, or by COPY."""

from collections.abc import Mapping
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select
from sqlalchemy.engine import Connection

from infrastructure.database.server_copy import END, HEADER

_AT_ONCE = 20_000
"""Rows asked of the driver at a time: a million of them at once would take 300 MB as tuples."""


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


def fetch_by_copy(
    connection: Connection, statement: Select[Any], whole: tuple[str, ...], real: tuple[str, ...]
) -> dict[str, NDArray[Any]]:
    """Result of a query as columns, by PostgreSQL's binary COPY."""
    sql = statement.compile(connection, compile_kwargs={"literal_binds": True})
    cursor: Any = connection.connection.cursor()
    with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT BINARY)") as copy:
        raw = b"".join(copy)
    kinds = {**dict.fromkeys(whole, ">i8"), **dict.fromkeys(real, ">f8")}
    body = raw[len(HEADER) : -len(END)]
    rows = np.frombuffer(body, dtype=_copy_layout(kinds))
    return {name: rows[name].astype(f"{kind[1]}8") for name, kind in kinds.items()}


def _copy_layout(kinds: Mapping[str, str]) -> np.dtype[np.void]:
    """A row of binary COPY: the number of fields, then each with its length before it."""
    parts = [("fields", ">i2")]
    for name, kind in kinds.items():
        parts += [(f"{name} length", ">i4"), (name, kind)]
    return np.dtype(parts)
