"""Settings of the whole suite."""

import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy.engine import URL

from infrastructure.database.engine import Database, open_database
from tests.database.kinds import KINDS, without_handle
from tests.database.private_server import PrivateServer

# No deadline: the first example of a law may have to compile its kernel.
settings.register_profile("kairos", deadline=None)
settings.load_profile("kairos")

# A shell starts `make test &` with Ctrl-C ignored, and processes that the tests start and interrupt
# would ignore it too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


COUNTED = "counted"
"""A property that a test records (`record_property`): a line that the end of the session shows."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests have counted, also where all is well: evidence, not only a dot."""
    reports = [each for kind in ("passed", "failed") for each in terminalreporter.getreports(kind)]
    lines = [line for each in reports for name, line in each.user_properties if name == COUNTED]
    if lines:
        terminalreporter.section(COUNTED)
        for line in sorted(lines):
            terminalreporter.write_line(str(line))


@pytest.fixture(autouse=True, scope="session")
def cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Tests, and the processes they start, leave the user's cache, keyring and log alone."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("KAIROS_CACHE", str(folder))
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        patch.delenv("KAIROS_LOG_FILE", raising=False)
        yield folder


@pytest.fixture(scope="session")
def private_server() -> Iterator[PrivateServer]:
    """PostgreSQL, started by the first test that wants it; each process of the suite has its own.

    Half a second of work: sharing it between processes would be more to go wrong than it saves.
    """
    server = PrivateServer()
    yield server
    server.stop()


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Every kind of database that a ledger may be in; `EVERY_WAY` by indirect parametrizing."""
    return str(request.param)


@pytest.fixture
def address(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """Where there is no ledger yet: a file that does not exist, an empty database on a server."""
    if kind != "postgresql":
        yield URL.create("sqlite", database=str(tmp_path / "new.db"))
        return
    server: PrivateServer = request.getfixturevalue("private_server")
    new = server.new_address()
    yield new
    server.drop(new)


@pytest.fixture
def database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A new, empty ledger, of each kind: whoever uses it is a law of both."""
    if kind != "postgresql":
        opened = open_database(tmp_path / "kairos.db")
        if kind == "objects":
            without_handle(opened)
        yield opened
        opened.close()
        return
    server: PrivateServer = request.getfixturevalue("private_server")
    opened = open_database(server.new_address(server.with_schema))
    yield opened
    opened.close()
    server.drop(opened.url)


@pytest.fixture
def file_database(tmp_path: Path) -> Iterator[Database]:
    """A new, empty ledger in a file of its own: for the laws of SQLite alone."""
    opened = open_database(tmp_path / "kairos.db")
    yield opened
    opened.close()


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that every user may look into (pytest's own ones are private)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)
