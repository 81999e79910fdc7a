"""Numbers of runs: which there are, and the line that says so."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from infrastructure.database.engine import Database
from infrastructure.database.models import backtest_runs, deleted_runs
from infrastructure.errors import ConfigError
from infrastructure.wording import one_line

T = TypeVar("T")

LARGEST_KEY = 2**63 - 1
"""No row of a database has a larger number."""

_MOST_NAMED = 5
_AT_ONCE = 500


def all_runs(database: Database) -> list[int]:
    """The numbers of all runs, oldest first. Raises StorageError."""
    with database.read() as connection:
        wanted = select(backtest_runs.c.run_id).order_by(backtest_runs.c.run_id)
        return list(connection.execute(wanted).scalars())


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


def _found(connection: Connection, numbers: Sequence[int]) -> Iterator[int]:
    for some in parts(numbers):
        wanted = select(backtest_runs.c.run_id).where(backtest_runs.c.run_id.in_(some))
        yield from connection.execute(wanted).scalars()


def parts(runs: Sequence[T]) -> Iterator[Sequence[T]]:
    """Runs in parts whose numbers a statement can hold."""
    for first in range(0, len(runs), _AT_ONCE):
        yield runs[first : first + _AT_ONCE]


def check_run_number(database: Database, run_id: int) -> None:
    """Raise ConfigError for a number that no database can hold."""
    if not 0 < run_id <= LARGEST_KEY:
        raise unknown_run(database, run_id)


def unknown_run(database: Database, run_id: int) -> ConfigError:
    """One line: that there is no such run, which there are, and what makes one."""
    runs = backtest_runs.c.run_id
    with database.read() as connection:
        count = connection.execute(select(func.count()).select_from(backtest_runs)).scalar_one()
        last = connection.execute(select(runs).order_by(runs.desc()).limit(_MOST_NAMED)).scalars()
        named = ", ".join(str(each) for each in sorted(last))
        deleted = None
        if 0 < run_id <= LARGEST_KEY:
            when = select(deleted_runs.c.deleted_at).where(deleted_runs.c.run_id == run_id)
            deleted = connection.execute(when).scalar()
    what = "no such run" if deleted is None else f"was deleted on {deleted:%Y-%m-%d}"
    if not count:
        there = f"no run is stored in {database.name}"
    elif count <= _MOST_NAMED:
        there = f"{database.name} has {named}"
    else:
        there = f"{database.name} has {count:,}, the last ones {named}"
    number = one_line(run_id, 30)
    return ConfigError(f"run {number}: {what}; {there}; `kairos run PORTFOLIO.json` makes one")
