"""A ledger with real runs on demo bars."""

import pytest

from infrastructure.database.engine import Database
from infrastructure.market_data.synthetic import make_demo_bars


@pytest.fixture
def ledger(database: Database) -> Database:
    """A database with the demo bars of QQQ, of each kind."""
    make_demo_bars("QQQ", "30m", database=database)
    return database
