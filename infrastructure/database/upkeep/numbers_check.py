"""Numbers that are none: NaN and infinity, which no CHECK lets in and another program may."""

from collections.abc import Iterator

from sqlalchemy import Table, func, inspect, or_, select
from sqlalchemy.engine import Connection

from infrastructure.database.columns import Figure, Real
from infrastructure.database.models import metadata
from infrastructure.database.upkeep.finding import Finding

_LARGEST = 1e300


def no_numbers(connection: Connection) -> Iterator[Finding]:
    """Real columns with values outside the finite range (PostgreSQL's NaN is above all numbers)."""
    has = set(inspect(connection).get_table_names())
    for table in metadata.sorted_tables:
        names = _real_columns(table)
        if not names or table.name not in has:
            continue
        counts = [
            func.count().filter(or_(table.c[name] > _LARGEST, table.c[name] < -_LARGEST))
            for name in names
        ]
        found = connection.execute(select(*counts).select_from(table)).one()
        for name, n_rows in zip(names, found, strict=True):
            if n_rows:
                yield Finding("no number", f"{n_rows:,} rows of {table.name}: {name} is no number")


def _real_columns(table: Table) -> list[str]:
    return [
        each.name for each in table.columns if each.type is Real or isinstance(each.type, Figure)
    ]
