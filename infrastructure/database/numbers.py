"""Many rows of numbers between a table and NumPy columns, no Python object a value."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, Table
from sqlalchemy.engine import Connection

from infrastructure.database import portable_numbers
from infrastructure.database.sqlite_interface import HandledConnection, check, kernels, prepared

Column = NDArray[Any]
"""Whole numbers (int64) or real ones (float64), shape (n_rows,)."""

_BLOCK = 1 << 17
"""Rows a block. Between blocks Python runs: Ctrl-C is heard within a tenth of a second."""

_AT_ONCE = 64
"""Rows a statement: an INSERT keeps its place in the table from row to row, not from call to
call."""


class Fields(NamedTuple):
    """The columns to read: whole numbers first, as the statement selects them."""

    whole: tuple[str, ...]
    real: tuple[str, ...] = ()


def fetch_numbers(
    connection: Connection, statement: Select[Any], fields: Fields
) -> dict[str, Column]:
    """Result of a query as columns by name; no value of it may be NULL."""
    native = _native(connection)
    if native is not None:
        sql = statement.compile(connection, compile_kwargs={"literal_binds": True})
        return _fetch_natively(native, str(sql), fields)
    if connection.dialect.name == "postgresql":
        return portable_numbers.fetch_by_copy(connection, statement, *fields)
    return portable_numbers.fetch_by_rows(connection, statement, *fields)


def insert_numbers(
    connection: Connection,
    table: Table,
    same: Mapping[str, str],
    columns: Mapping[str, Column],
) -> int:
    """Insert one row per element of the columns (shape (n_rows,)); the number of rows.

    same: text columns that hold one value in all rows. columns: int64 ones first, then float64.
    """
    if not len(next(iter(columns.values()))):
        return 0
    native = _native(connection)
    if native is not None:
        return _insert_natively(native, table, same, columns)
    if connection.dialect.name == "postgresql":
        return portable_numbers.insert_by_copy(connection, table, same, columns)
    return portable_numbers.insert_by_rows(connection, table, same, columns)


def _native(connection: Connection) -> HandledConnection | None:
    """The driver's own connection, where SQLite's C interface can be used with it."""
    if not connection.in_transaction():
        connection.begin()  # which SQLAlchemy does for its own statements only
    driver = connection.connection.driver_connection
    has_handle = isinstance(driver, HandledConnection) and driver.handle is not None
    return driver if has_handle else None


def _fetch_natively(driver: HandledConnection, sql: str, fields: Fields) -> dict[str, Column]:
    loops, blocks = kernels(), []
    with prepared(driver, sql) as statement:
        answer, block = loops.ROW, _BLOCK >> 5
        while answer == loops.ROW:
            whole = np.empty((len(fields.whole), block), np.int64)
            real = np.empty((len(fields.real), block), np.float64)
            n_rows, answer = loops.read_rows_nb(statement.value, whole, real)
            blocks.append((whole[:, :n_rows], real[:, :n_rows]))
            block = _BLOCK
        check(driver, answer, loops.DONE)
    whole = np.concatenate([whole for whole, _ in blocks], axis=1)
    real = np.concatenate([real for _, real in blocks], axis=1)
    return dict(zip((*fields.whole, *fields.real), (*whole, *real), strict=True))


def _insert_natively(
    driver: HandledConnection, table: Table, same: Mapping[str, str], columns: Mapping[str, Column]
) -> int:
    loops = kernels()
    whole = _stacked([c for c in columns.values() if c.dtype == np.int64], np.int64)
    real = _stacked([c for c in columns.values() if c.dtype != np.int64], np.float64)
    n_rows = len(next(iter(columns.values())))
    many = n_rows - n_rows % _AT_ONCE
    blocks = [(first, min(first + _BLOCK, many), _AT_ONCE) for first in range(0, many, _BLOCK)]
    for first, last, at_once in [*blocks, (many, n_rows, 1)]:
        sql = _insert_sql(table, same, columns, at_once)
        with prepared(driver, sql, [*same.values()]) as statement:
            rows = (first, last, at_once, len(same))
            answer = loops.write_rows_nb(statement.value, whole, real, *rows)
            check(driver, answer, loops.DONE)
    return n_rows


def _stacked(columns: Sequence[Column], kind: Any) -> Column:
    """(k, n) of k columns; (0, 0) where there are none."""
    return np.vstack(columns) if columns else np.empty((0, 0), kind)


def _insert_sql(
    table: Table, same: Mapping[str, str], columns: Mapping[str, Column], at_once: int
) -> str:
    constant = [f"?{place}" for place in range(1, len(same) + 1)]
    row = f"({', '.join([*constant, *'?' * len(columns)])})"
    names = ", ".join([*same, *columns])
    return f"INSERT INTO {table.name} ({names}) VALUES {', '.join([row] * at_once)}"
