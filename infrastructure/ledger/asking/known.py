"""The runs that a command names: each must be there."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.engine import Connection

from infrastructure.database.engine import Database
from infrastructure.database.models import backtest_runs
from infrastructure.strategy_management.run_numbers import check_run_number, unknown_run

_AT_ONCE = 500


def known_runs(database: Database, given: Sequence[int]) -> tuple[int, ...]:
    """Their numbers, each once, as given. Raises ConfigError naming one that is not there."""
    numbers = tuple(dict.fromkeys(given))
    for number in numbers:
        check_run_number(database, number)
    with database.read() as connection:
        found = set(_found(connection, numbers))
    for number in numbers:
        if number not in found:
            raise unknown_run(database, number)
    return numbers


def parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """The numbers in parts that a statement can hold."""
    for first in range(0, len(numbers), _AT_ONCE):
        yield numbers[first : first + _AT_ONCE]


def _found(connection: Connection, numbers: Sequence[int]) -> Iterator[int]:
    for some in parts(numbers):
        wanted = select(backtest_runs.c.run_id).where(backtest_runs.c.run_id.in_(some))
        yield from connection.execute(wanted).scalars()
