"""What became of a series: every import, download, mend and removal, with its numbers."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import insert, select

from infrastructure.database.models import bar_history as table
from infrastructure.market_data.intervals import interval_seconds

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from infrastructure.database.engine import Database


class Change(NamedTuple):
    """Why bars change. action: a word of BAR_CHANGES. detail: JSON-safe, for whoever asks later."""

    action: str
    source: str
    detail: dict[str, Any]


class BarNumbers(NamedTuple):
    """How many bars a change added, found as they were, replaced and removed."""

    new: int = 0
    unchanged: int = 0
    replaced: int = 0
    removed: int = 0


class PastChange(NamedTuple):
    """A change as it was written down; `at` in UTC."""

    at: datetime
    action: str
    source: str
    numbers: BarNumbers
    detail: dict[str, Any]


def write_history(
    connection: "Connection", symbol: str, interval: str, change: Change, numbers: BarNumbers
) -> None:
    """Write a change down, in the transaction that makes it."""
    row = {"symbol": symbol, "interval": interval, "changed_at": datetime.now(UTC)}
    connection.execute(insert(table).values(**row, **change._asdict(), **numbers._asdict()))


def intervals_with_history(database: "Database", symbol: str) -> list[str]:
    """Intervals of a symbol that something is written down of, removed series included."""
    query = select(table.c.interval).where(table.c.symbol == symbol).distinct()
    with database.read() as connection:
        return sorted(connection.execute(query).scalars(), key=interval_seconds)


def read_history(database: "Database", symbol: str, interval: str) -> list[PastChange]:
    """What became of a series, oldest first."""
    this = (table.c.symbol == symbol, table.c.interval == interval)
    query = select(table).where(*this).order_by(table.c.change_id)
    with database.read() as connection:
        rows = connection.execute(query).mappings().all()
    return [
        PastChange(
            row["changed_at"],
            row["action"],
            row["source"],
            BarNumbers(**{name: row[name] for name in BarNumbers._fields}),
            row["detail"],
        )
        for row in rows
    ]
