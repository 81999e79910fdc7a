"""Puts this folder on the path for its helpers; a new database for each test that wants one."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infrastructure.database.engine import Database, open_database

sys.path.insert(0, str(Path(__file__).resolve().parent))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A new, empty database in a file of its own."""
    opened = open_database(tmp_path / "kairos.db")
    yield opened
    opened.close()
