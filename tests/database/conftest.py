"""A new database for each test that wants one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infrastructure.database.engine import Database, open_database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A new, empty database in a file of its own."""
    opened = open_database(tmp_path / "kairos.db")
    yield opened
    opened.close()
