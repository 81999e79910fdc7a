"""Constraints that mean the same on SQLite and PostgreSQL.

Migrations use them too: a released one is never changed. NaN arrives in SQLite as NULL and is
refused by NOT NULL, or read back as "no figure"; infinity passes a REAL column, so every number
has a range.
"""

from collections.abc import Iterable
from itertools import pairwise

from sqlalchemy import CheckConstraint, ForeignKeyConstraint


def points_to(
    table: str, *columns: str | tuple[str, str], cascade: bool = True
) -> ForeignKeyConstraint:
    """A foreign key on columns of the same names; `cascade`: deleting that row deletes these.

    A pair of names is a column here, and the one it points to there.
    """
    pairs = [(each, each) if isinstance(each, str) else each for each in columns]
    return ForeignKeyConstraint(
        [here for here, _ in pairs],
        [f"{table}.{there}" for _, there in pairs],
        ondelete="CASCADE" if cascade else None,
    )


def one_of(column: str, allowed: Iterable[str]) -> CheckConstraint:
    """The column holds one of these words."""
    # Not IN: for a list SQLite builds an index anew for each row, a third of an insert's time.
    condition = " OR ".join(f"{column} = '{word}'" for word in allowed)
    return CheckConstraint(condition, name=column)


def flag(column: str) -> CheckConstraint:
    """The column holds 0 or 1."""
    return CheckConstraint(f"{column} BETWEEN 0 AND 1", name=column)


def above_zero(*columns: str) -> Iterable[CheckConstraint]:
    """Each column is finite and above zero."""
    for column in columns:
        yield CheckConstraint(f"{column} > 0 AND {column} <= 1e300", name=column)


def zero_or_more(*columns: str) -> Iterable[CheckConstraint]:
    """Each column is finite and not negative."""
    for column in columns:
        yield CheckConstraint(f"{column} BETWEEN 0 AND 1e300", name=column)


def finite(*columns: str) -> Iterable[CheckConstraint]:
    """Each column is finite (PostgreSQL sorts NaN above every number)."""
    for column in columns:
        yield CheckConstraint(f"{column} BETWEEN -1e300 AND 1e300", name=column)


def at_most(*columns: str, name: str = "") -> CheckConstraint:
    """The columns never fall from left to right; NULL says nothing."""
    condition = " AND ".join(f"{left} <= {right}" for left, right in pairwise(columns))
    return CheckConstraint(condition, name=name or f"{columns[0]}_first")


def written_as(function: str, *columns: str) -> Iterable[CheckConstraint]:
    """On SQLite: text in the exact form that `date` or `datetime` writes; NULL is its own form."""
    for column in columns:
        check = CheckConstraint(f"{column} IS {function}({column})", name=f"{column}_form")
        yield check.ddl_if(dialect="sqlite")


def valid_json(*columns: str) -> Iterable[CheckConstraint]:
    """On SQLite: text that is JSON."""
    for column in columns:
        check = CheckConstraint(f"json_valid({column})", name=f"{column}_form")
        yield check.ddl_if(dialect="sqlite")
