"""The kinds of database that the ledger's laws are tested on; the fixtures are in conftest.py."""

from infrastructure.database.engine import Database
from infrastructure.database.sqlite_interface import HandledConnection

KINDS = ("sqlite", "postgresql")
EVERY_WAY = ("sqlite", "objects", "postgresql")
"""The ways of numbers: SQLite's C interface, the driver's Python objects, PostgreSQL's COPY."""


def without_handle(database: Database) -> None:
    """Let every connection of this SQLite database go through Python objects."""
    with database.read() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, HandledConnection)
        driver.handle = None
