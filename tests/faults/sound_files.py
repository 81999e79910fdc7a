"""What a file of any revision holds."""

from pathlib import Path

from sqlalchemy.engine import URL, create_engine

from infrastructure.database.engine import Database
from infrastructure.database.migrations.runner import upgrade
from infrastructure.database.sqlite import take_over_transactions
from tests.faults.stored import everything, faults


def contents_of(file: Path) -> dict[str, str]:
    """Digests of every row and of the schema; fails where the file is not sound."""
    database = opened_as_it_is(URL.create("sqlite", database=str(file)))
    try:
        assert faults(database) == []
        return everything(database)
    finally:
        database.close()


def opened_as_it_is(url: URL) -> Database:
    """Without bringing its schema to the head."""
    engine = create_engine(url)
    take_over_transactions(engine)
    return Database(engine, url)


def bring_to_head(url: URL, found: str) -> None:
    """Upgrade a file of this revision. Raises StorageError."""
    database = opened_as_it_is(url)
    try:
        upgrade(database.engine, url, found)
    finally:
        database.close()
