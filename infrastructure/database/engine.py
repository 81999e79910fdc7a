"""The only place that opens a connection to a database."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR

from sqlalchemy.engine import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from infrastructure import log
from infrastructure.database.errors import place, storage_errors
from infrastructure.database.schema import DEFAULT_FILE, ensure_schema, kept_schema
from infrastructure.database.sqlite import WRITING, connect_arguments, take_over_transactions
from infrastructure.errors import StorageError
from infrastructure.hiding import remember


@dataclass(frozen=True)
class Database:
    """An open database; from `open_database` its schema is the one this Kairos knows."""

    engine: Engine
    url: URL  # its str() hides the password

    @property
    def name(self) -> str:
        """The file, or the address without its password: for messages."""
        return place(self.url)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the database throughout and cannot write.

        Raises StorageError.
        """
        with storage_errors(self.url), self.engine.connect() as plain:
            connection = plain.execution_options(**_reading_options(self.engine))
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection inside one transaction: all of it is kept, or nothing where it raises.

        Only one writer at a time on SQLite; do not nest. Raises StorageError, which says so where
        the commit itself failed and it cannot be known whether all of it was kept.
        """
        with storage_errors(self.url) as phase, self.engine.connect() as plain:
            connection = plain.execution_options(**{WRITING: True})
            with connection.begin():
                yield connection
                phase.committing = True

    def close(self) -> None:
        """Give every connection back to the system."""
        self.engine.dispose()


def open_database(url_or_path: str | Path | URL | None = None) -> Database:
    """The database at a path or SQLAlchemy URL, created where there is none.

    None means the environment's KAIROS_DB, else kairos.db in the current folder.
    Raises StorageError naming the file or address and what to do; OldSchemaError where it is to be
    upgraded first.
    """
    url = database_url(url_or_path)
    _check_place(url)
    return _opened(url, ensure_schema)


def open_existing(url_or_path: str | Path | URL | None = None) -> Database:
    """A Kairos database that is there already, of whatever schema up to this Kairos's.

    For its upkeep: nothing is created, nothing upgraded. Raises StorageError.
    """
    url = database_url(url_or_path)
    _check_place(url)
    if _is_plain_file(url) and not os.path.lexists(str(url.database)):
        raise StorageError(f"{url.database}: there is no such file; give the --db that is meant")
    return _opened(url, kept_schema)


def _opened(url: URL, seen_to: Callable[[Database], object]) -> Database:
    database = Database(_engine(url), url)
    try:
        seen_to(database)
    except BaseException:
        database.close()
        raise
    log.event("database opened", database=database.name)
    return database


def database_url(url_or_path: str | Path | URL | None = None) -> URL:
    """The URL that `open_database` would open."""
    given = url_or_path or os.environ.get("KAIROS_DB") or DEFAULT_FILE
    if isinstance(given, URL):
        return _remembered(given)
    if isinstance(given, str) and "://" in given:
        try:
            return _remembered(make_url(given))
        except (ArgumentError, ValueError):
            raise StorageError(
                "--db: expected a path or a SQLAlchemy URL such as sqlite:///kairos.db or "
                "postgresql+psycopg://user@host/name; the address given is neither"
            ) from None
    try:
        return URL.create("sqlite", database=str(Path(given).expanduser()))
    except RuntimeError:  # `~name`, and nobody has that name
        raise StorageError(
            f"{given}: expected a path; found the home of a user that is not there; "
            f"write ./{given} for a file of that name"
        ) from None


def _remembered(url: URL) -> URL:
    """The same; no text of this process shows its password from now on."""
    for secret in (url.password, url.query.get("password"), os.environ.get("PGPASSWORD")):
        remember(secret)
    return url


def _check_place(url: URL) -> None:
    """Refuse what SQLite would only call "unable to open database file"."""
    if not _is_plain_file(url):
        return
    path = Path(str(url.database))
    try:
        is_folder, has_folder = _is_folder(path), _is_folder(path.parent)
    except OSError as error:
        raise StorageError(
            f"{path}: cannot be reached ({error.strerror}); give another --db"
        ) from None
    if is_folder:
        file = path / DEFAULT_FILE
        raise StorageError(f"{path}: is a folder; give the path of a file, such as {file}")
    if not has_folder:
        raise StorageError(f"{path}: the folder {path.parent} does not exist; create it first")


def _is_plain_file(url: URL) -> bool:
    """Not in memory, and not in SQLite's own URI form, which is left to SQLite."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return False
    return not str(url.database).startswith("file:")


def _is_folder(path: Path) -> bool:
    """Unlike Path.is_dir() of some Pythons, raise OSError where that cannot be told."""
    try:
        return S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _engine(url: URL) -> Engine:
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise StorageError(
            f'{place(url)}: expected a sqlite or postgresql address; found "{url.drivername}"'
        )
    try:
        if url.get_backend_name() == "postgresql":
            return create_engine(url)
        engine = create_engine(url, connect_args=connect_arguments(url))
    except NoSuchModuleError:
        raise StorageError(f'{place(url)}: no driver is called "{url.drivername}"') from None
    except ArgumentError:
        raise StorageError(
            f"{place(url)}: a {url.get_backend_name()} address has another form, such as "
            "sqlite:///kairos.db or postgresql+psycopg://user@host/name"
        ) from None
    except ModuleNotFoundError as error:
        package = "psycopg[binary]" if error.name == "psycopg" else error.name
        raise StorageError(
            f"{place(url)}: the driver {error.name} is not installed; pip install '{package}'"
        ) from None
    take_over_transactions(engine)
    return engine


def _reading_options(engine: Engine) -> dict[str, object]:
    """On PostgreSQL the same promises as a SQLite reader has: one snapshot, no writing."""
    if engine.dialect.name == "sqlite":
        return {}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
