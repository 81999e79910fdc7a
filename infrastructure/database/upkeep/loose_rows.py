"""Rows that point at rows which are not there."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import ForeignKeyConstraint, and_, exists, func, inspect, select
from sqlalchemy.engine import Connection

from infrastructure.database.models import metadata
from infrastructure.database.upkeep.finding import Finding


def loose_rows(connection: Connection) -> Iterator[Finding]:
    """Every foreign key followed, whatever kept the database from doing so when it was written."""
    loose: Counter[tuple[str, str]] = Counter()
    if connection.dialect.name == "sqlite":
        for table, _, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            loose[table, parent] += 1
    else:
        has = set(inspect(connection).get_table_names())
        for table in metadata.sorted_tables:
            for key in table.foreign_key_constraints if table.name in has else ():
                loose[table.name, key.referred_table.name] += _lost(connection, key)
    for (name, parent), n_rows in loose.items():
        if n_rows:
            yield Finding("loose rows", f"{n_rows:,} rows of {name} lack their {parent} row")


def _lost(connection: Connection, key: ForeignKeyConstraint) -> int:
    pairs = [(element.parent, element.column) for element in key.elements]
    there = exists().where(and_(*(here == other for here, other in pairs)))
    points = and_(*(here.is_not(None) for here, _ in pairs))
    lost = select(func.count()).select_from(key.table).where(points, ~there)
    return int(connection.execute(lost).scalar_one())
