"""Bars written by Kairos itself, which counts them in the same transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import Connection

from infrastructure.database.extras import UNWATCHED_BARS, WATCHED_BARS


@contextmanager
def unwatched_bars(connection: Connection) -> Iterator[None]:
    """Spare SQLite its trigger a row: a third of an import's time. To be used once a transaction.

    The triggers are gone for this transaction only: nobody else sees it before it commits, and they
    are made again before that. PostgreSQL's run once a statement and stay.
    """
    wait_for_writers(connection)
    if connection.dialect.name != "sqlite":
        yield
        return
    for statement in UNWATCHED_BARS:
        connection.exec_driver_sql(statement)
    yield  # where this raises, the transaction ends and takes the dropping back
    for statement in WATCHED_BARS["sqlite"]:
        connection.exec_driver_sql(statement)


def wait_for_writers(connection: Connection) -> None:
    """Let nobody else change bars until this transaction ends: what it counts stays true.

    SQLite has one writer anyway. On PostgreSQL every change of bars writes to `bar_series`, by its
    trigger; readers do not wait.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE bar_series IN SHARE ROW EXCLUSIVE MODE")
