"""Database exceptions turned into one line that says what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from infrastructure.errors import StorageError
from infrastructure.hiding import hidden

_DAMAGED = (
    "is not a sound SQLite database ({found}); restore a backup, or move the file away "
    "and Kairos creates a new one"
)
_ADVICE = {
    "SQLITE_BUSY": "is locked by another program; close what is writing to it and run again",
    "SQLITE_LOCKED": "is locked by another program; close what is writing to it and run again",
    "SQLITE_READONLY": "is read-only; make the file and its folder writable, or give another --db",
    "SQLITE_PERM": "may not be opened by this user; change its permissions, or give another --db",
    "SQLITE_CANTOPEN": "cannot be opened or created; check that this user may write to its folder",
    "SQLITE_FULL": "cannot grow: the disk is full; nothing was written; free space and run again",
    "SQLITE_IOERR": "cannot be read or written ({found}): the disk is full, failing or out of "
    "reach; nothing was written; free space or give another --db",
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_TOOBIG": "cannot hold a value of this size ({found})",
}
_UNKNOWN = (
    "failed while it was committing ({found}): the change may be stored or not; once it can be "
    "reached and relied on again, look whether it is there, and repeat it if not"
)
_WRITTEN_BUT_NOT_KEPT = ("SQLITE_IOERR_FSYNC", "SQLITE_IOERR_DIR_FSYNC", "SQLITE_IOERR_DELETE")
"""A write that failed is not whole, and SQLite knows a half one by its checksum; after these the
commit is in the file, and a crash would find it there."""

_REFUSED = "refused a row and wrote nothing: {found}"
_LOST_TABLE = "lacks a part of its schema ({found}); restore a backup"
_BY_STATE = {  # PostgreSQL's own codes
    "22003": _REFUSED,  # a number out of range
    "22007": _REFUSED,  # this and the next two: text that is no date, no JSON, no number
    "22008": _REFUSED,
    "22P02": _REFUSED,
    "25006": "is read-only ({found}); give the address of a server that takes writes",
    "42501": "may not be used by this account ({found}); ask for the right, or give another --db",
    "42P01": _LOST_TABLE,
    "42703": _LOST_TABLE,
}
_UNREACHABLE = "cannot be used: {found}; check the address, the server and the account"


def place(url: URL) -> str:
    """How messages name the database: the file, or the address without its password."""
    if url.get_backend_name() == "sqlite":
        in_memory = url.database in (None, "", ":memory:")
        return "the database in memory" if in_memory else str(url.database)
    return hidden(url.render_as_string(hide_password=True))  # one among its settings too


@dataclass
class Phase:
    """What a transaction is doing when it fails."""

    committing: bool = False


@contextmanager
def storage_errors(url: URL) -> Iterator[Phase]:
    """Raise StorageError for what the operator can put right; a bug passes through unchanged.

    Whoever writes says so once it commits: what fails then may be stored all the same. SQLite has
    written a commit before it asks the disk to keep it, and finds it there after a crash; a server
    may have committed and not been able to say so.
    """
    phase = Phase()
    try:
        yield phase
    except Exception as error:
        message = _one_line(error, url, phase) if _is_from_a_database(error) else None
        if message is None:
            raise
        raise StorageError(f"{place(url)}: {message}") from error


def _is_from_a_database(error: Exception) -> bool:
    """From SQLAlchemy, or straight from a driver, as bulk reading and writing get it."""
    psycopg = type(error).__module__.partition(".")[0] == "psycopg"  # need not be installed
    return psycopg or isinstance(error, DBAPIError | sqlite3.Error | PoolTimeout)


def _one_line(error: Exception, url: URL, phase: Phase) -> str | None:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    found = " ".join(str(cause).split())
    if url.password:
        found = found.replace(str(url.password), "***")  # however short it is
    found = hidden(found)
    if phase.committing and _leaves_it_open(cause, error):
        advice: str | None = _UNKNOWN
    elif isinstance(cause, sqlite3.Error):
        advice = _sqlite_advice(cause)
    elif "IntegrityError" in {kind.__name__ for kind in type(cause).__mro__}:
        advice = _REFUSED
    elif (state := getattr(cause, "sqlstate", None)) in _BY_STATE:
        advice = _BY_STATE[state]
    elif isinstance(error, OperationalError | PoolTimeout) or _is_of_the_address(error):
        advice = _UNREACHABLE
    else:
        advice = None
    return advice and advice.format(found=found)


def _is_of_the_address(error: Exception) -> bool:
    """Whether the driver did not understand a setting of it: nothing had been asked yet."""
    return isinstance(error, ProgrammingError) and error.statement is None


def _leaves_it_open(cause: BaseException, error: Exception) -> bool:
    """Whether a commit that ended so may have happened."""
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorname", "") in _WRITTEN_BUT_NOT_KEPT
    return isinstance(error, OperationalError)  # the connection was lost


def _sqlite_advice(cause: sqlite3.Error) -> str | None:
    """By SQLite's own code: SQLITE_IOERR_WRITE is a SQLITE_IOERR, and so on."""
    if isinstance(cause, sqlite3.IntegrityError):
        return _REFUSED
    if str(cause).startswith(("no such table", "no such column", "no such view")):
        return _LOST_TABLE
    if str(cause).startswith("Could not decode to UTF-8"):
        return _DAMAGED
    code = getattr(cause, "sqlite_errorname", "") or ""
    for name, advice in _ADVICE.items():
        if code == name or code.startswith(name + "_"):
            return advice
    return None
