"""Many rows of numbers between a table and NumPy columns, no Python object a value."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, Table, func, literal_column
from sqlalchemy.engine import Connection

from infrastructure.database import portable_numbers
from infrastructure.database.bulk import insert_columns
from infrastructure.database.columns import Real
from infrastructure.database.sqlite_interface import HandledConnection, check, kernels, prepared

Column = NDArray[Any]
"""Whole numbers (int64) or real ones (float64), shape (n_rows,)."""

_BLOCK = 1 << 17
"""Rows read a block. Between blocks Python runs: Ctrl-C is heard within a tenth of a second."""

_BLOCK_OF_VALUES = 1 << 19
"""Values written a block, for the same reason; and what is copied stays small."""

_AT_ONCE = 64
"""Rows a statement: an INSERT keeps its place in the table from row to row, not from call to
call."""

_NO_NUMBER = {"sqlite": "9e999", "postgresql": "'NaN'::float8"}
"""What a query gives for NULL: SQLite has no NaN, and tables hold no infinity."""


class Fields(NamedTuple):
    """The columns to read: whole numbers first, as the statement selects them.

    nullable: real numbers may be NULL, which is read as NaN.
    """

    whole: tuple[str, ...]
    real: tuple[str, ...] = ()
    nullable: bool = False


def fetch_numbers(
    connection: Connection, statement: Select[Any], fields: Fields
) -> dict[str, Column]:
    """Result of a query as columns by name; no value may be NULL but in `nullable` fields."""
    dialect = connection.dialect.name
    if fields.nullable:
        statement = _marked(statement, len(fields.whole), _NO_NUMBER[dialect])
    native, names = _native(connection), fields[:2]
    if native is not None:
        sql = statement.compile(connection, compile_kwargs={"literal_binds": True})
        found = _fetch_natively(native, str(sql), fields)
    elif dialect == "postgresql":
        found = portable_numbers.fetch_by_copy(connection, statement, *names)
    else:
        found = portable_numbers.fetch_by_rows(connection, statement, *names)
    if fields.nullable and dialect == "sqlite":
        for name in fields.real:
            found[name][np.isinf(found[name])] = np.nan
    return found


def insert_numbers(
    connection: Connection,
    table: Table,
    same: Mapping[str, str],
    columns: Mapping[str, Column],
) -> int:
    """Insert one row per element of the columns (shape (n_rows,)); the number of rows.

    same: text columns that hold one value in all rows. columns: int64 ones first, then float64.
    NaN is stored as NULL, which a column that may not be NULL refuses.
    """
    if not len(next(iter(columns.values()))):
        return 0
    native = _native(connection)
    if native is not None:
        return _insert_natively(native, table, same, columns)
    return insert_columns(connection, table, {**same, **columns})


def _marked(statement: Select[Any], n_whole: int, mark: str) -> Select[Any]:
    """The query with a mark for NULL in what comes after the whole numbers."""
    columns, missing = list(statement.selected_columns), literal_column(mark, Real)
    real = [func.coalesce(each, missing).label(each.name) for each in columns[n_whole:]]
    return statement.with_only_columns(*columns[:n_whole], *real)


@contextmanager
def checks_have_been_made(connection: Connection, made: bool = True) -> Iterator[None]:
    """Spare SQLite the CHECKs of rows that its caller has looked through, a column at a time.

    A fifth to a quarter of the time of a wide row. Types, NOT NULL, keys and foreign keys are seen
    to as ever. PostgreSQL checks anyway.
    """
    if not made or connection.dialect.name != "sqlite":
        yield
        return
    connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    try:
        yield
    finally:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")


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
    whole = [column for column in columns.values() if column.dtype == np.int64]
    real = [column for column in columns.values() if column.dtype != np.int64]
    n_rows = len(next(iter(columns.values())))
    many = n_rows - n_rows % _AT_ONCE
    block = max(1, _BLOCK_OF_VALUES // len(columns) // _AT_ONCE) * _AT_ONCE
    for start, end, at_once in ((0, many, _AT_ONCE), (many, n_rows, 1)):
        sql = _insert_sql(table, same, columns, at_once)
        with prepared(driver, sql, [*same.values()]) as statement:
            for first in range(start, end, block):
                last = min(first + block, end)
                parts = _stacked(whole, first, last, np.int64), _stacked(real, first, last, float)
                rows = (0, last - first, at_once, len(same))
                answer = loops.write_rows_nb(statement.value, *parts, *rows)
                check(driver, answer, loops.DONE)
    return n_rows


def _stacked(columns: Sequence[Column], first: int, last: int, kind: Any) -> Column:
    """(k, last - first) of k columns; (0, 0) where there are none."""
    return np.vstack([c[first:last] for c in columns]) if columns else np.empty((0, 0), kind)


def _insert_sql(
    table: Table, same: Mapping[str, str], columns: Mapping[str, Column], at_once: int
) -> str:
    constant = [f"?{place}" for place in range(1, len(same) + 1)]
    row = f"({', '.join([*constant, *'?' * len(columns)])})"
    names = ", ".join([*same, *columns])
    return f"INSERT INTO {table.name} ({names}) VALUES {', '.join([row] * at_once)}"
