"""A real database for each test, and files written by hand."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infrastructure.database.engine import Database, open_database

WriteFile = Callable[..., Path]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A new, empty database."""
    opened = open_database(tmp_path / "kairos.db")
    yield opened
    opened.close()


@pytest.fixture
def write_file(tmp_path: Path) -> WriteFile:
    """Writes lines to a file of the test's folder: `write_file("line", "line", name="x.csv")`."""

    def write(*lines: str, name: str = "bars.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n")
        return path

    return write
