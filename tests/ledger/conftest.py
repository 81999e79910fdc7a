"""A ledger with real runs on demo bars."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infrastructure.database.engine import Database, open_database
from infrastructure.market_data.synthetic import make_demo_bars


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Database]:
    """A database with the demo bars of QQQ."""
    opened = open_database(tmp_path / "kairos.db")
    make_demo_bars("QQQ", "30m", database=opened)
    yield opened
    opened.close()
