"""A real database for each test, and files written by hand."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import pytest
from bar_rows import WriteFile
from sqlalchemy.engine import URL

from infrastructure.database.engine import Database, open_database
from infrastructure.market_data.sessions.calendars import get_calendar
from tests.database.private_server import PrivateServer


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with New York's sessions, to be copied: a test need not write them."""
    path = tmp_path_factory.mktemp("prepared") / "kairos.db"
    opened = open_database(path)
    get_calendar("XNYS", opened)
    opened.close()  # SQLite's log goes into the file
    return path


@pytest.fixture
def kind() -> str:
    """SQLite; the laws of the store are parametrized to run on each kind."""
    return "sqlite"


@pytest.fixture
def database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without bars."""
    if kind == "sqlite":
        opened = open_database(
            copyfile(request.getfixturevalue("prepared"), tmp_path / "kairos.db")
        )
        yield opened
        opened.close()
        return
    server: PrivateServer = request.getfixturevalue("private_server")
    opened = open_database(server.new_address(request.getfixturevalue("prepared_on_server")))
    yield opened
    opened.close()
    server.drop(opened.url)


@pytest.fixture(scope="session")
def prepared_on_server(private_server: PrivateServer) -> URL:
    """The same on PostgreSQL."""
    address = private_server.new_address(private_server.with_schema)
    opened = open_database(address)
    get_calendar("XNYS", opened)
    opened.close()
    return address


@pytest.fixture
def new_database(tmp_path: Path) -> Iterator[Database]:
    """A database without anything."""
    opened = open_database(tmp_path / "new.db")
    yield opened
    opened.close()


@pytest.fixture
def write_file(tmp_path: Path) -> WriteFile:
    """Writes lines to a file of the test's folder: `write_file("line", "line", name="x.csv")`."""

    def write(*lines: str, name: str = "bars.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write
