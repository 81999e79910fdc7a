"""Many rows at once, from columns."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.engine import Connection

from infrastructure.database.columns import written_texts

_AT_ONCE = 4_000
"""Rows converted at a time: enough to amortise the call, few enough to stay small in memory."""


def insert_columns(connection: Connection, table: Table, columns: Mapping[str, Any]) -> int:
    """Insert one row per element of the columns; the number of rows.

    A column is a NumPy array or a list or tuple of shape (n_rows,); anything else is one value for
    all rows. At least one column is an array or list. Raises ValueError where lengths differ.
    """
    lengths = {name: len(column) for name, column in columns.items() if _is_column(column)}
    n_rows = max(lengths.values())
    if min(lengths.values()) < n_rows:
        raise ValueError(f"columns of {table.name} must be equally long; found {lengths}")
    if not n_rows:
        return 0
    if connection.dialect.name == "postgresql":
        from infrastructure.database.server_copy import AT_ONCE, insert_by_copy

        insert_by_copy(connection, table, list(columns), _parts(columns, n_rows, AT_ONCE))
        return n_rows
    for part in _parts(columns, n_rows, _AT_ONCE):
        _insert_fast(connection, table, part)
    return n_rows


def insert_new(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert one row, unless a unique column says that it is there already; whether it was new.

    On PostgreSQL this waits for another transaction that is writing the same row.
    """
    statement = _dialect(connection).insert(table).values(row)
    done = connection.execute(
        statement.on_conflict_do_nothing(), execution_options={"preserve_rowcount": True}
    )
    return done.rowcount == 1


def insert_or_update(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert one row, or give the one of the same primary key these values."""
    statement = _dialect(connection).insert(table).values(row)
    key = [column.name for column in table.primary_key]
    rest = {name: value for name, value in row.items() if name not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=rest))


def _dialect(connection: Connection) -> Any:
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite as dialect
    else:
        from sqlalchemy.dialects import postgresql as dialect  # type: ignore[no-redef]
    return dialect


def _is_column(column: Any) -> bool:
    return isinstance(column, list | tuple) or hasattr(column, "tolist")


def _parts(columns: Mapping[str, Any], n_rows: int, at_once: int) -> Iterator[dict[str, Any]]:
    """The rows in parts; in each, every column is as long as the part."""
    for first in range(0, n_rows, at_once):
        last = min(first + at_once, n_rows)
        yield {
            name: column[first:last] if _is_column(column) else [column] * (last - first)
            for name, column in columns.items()
        }


def _insert_fast(connection: Connection, table: Table, columns: Mapping[str, Any]) -> None:
    """Column by column through the types, then straight to the driver.

    SQLAlchemy's own executemany looks at every value of every row in Python, which takes longer
    than SQLite takes to store it.
    """
    dialect = connection.dialect
    compiled = insert(table).compile(dialect=dialect, column_keys=list(columns))
    assert compiled.positiontup is not None
    converted: list[Iterable[Any]] = []
    for name in compiled.positiontup:
        kind, column = table.c[name].type, columns[name]
        texts = written_texts(kind, column)
        if texts is not None:
            converted.append(texts)
            continue
        # Plain Python values: the driver knows no NumPy scalars.
        values = column.tolist() if hasattr(column, "tolist") else column
        processor = kind.dialect_impl(dialect).bind_processor(dialect)
        converted.append(map(processor, values) if processor else values)
    rows = list(zip(*converted, strict=True))
    connection.exec_driver_sql(str(compiled), rows)
