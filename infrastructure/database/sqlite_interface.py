"""SQLite's own C interface, of the very library that Python's `sqlite3` uses.

A million rows as Python objects take a second each way; a compiled loop takes a quarter of it. A
second copy of SQLite in the process (inside another package) would be as fast and not safe: closing
a file in one copy drops the locks that the other holds on it. So the handle of a connection comes
from SQLite itself: a function registered for new connections is called with it, which it is only
where the library we found is the one that Python opens connections with. Elsewhere there is no
handle, and `numbers` goes through Python objects.
"""

import ctypes
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from threading import Lock, get_ident
from typing import Any

_EXTENSION: Any = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
_TRANSIENT = ctypes.c_void_p(-1)  # SQLite copies the text before the call returns
_OK = 0
_opening = Lock()

# Not looked up in dir(sqlite3): other constants there have the same values.
_NAMES = ("BUSY", "LOCKED", "READONLY", "PERM", "CANTOPEN", "FULL", "IOERR", "CORRUPT", "NOTADB")
_ERRORS = {getattr(sqlite3, f"SQLITE_{name}"): f"SQLITE_{name}" for name in (*_NAMES, "TOOBIG")}


class HandledConnection(sqlite3.Connection):
    """A connection that knows SQLite's own handle of it; None where that cannot be had."""

    handle: int | None = None

    def close(self) -> None:
        """Forget the handle with the connection: SQLite would follow it into freed memory."""
        self.handle = None
        super().close()


def connect(*arguments: Any, **options: Any) -> HandledConnection:
    """`sqlite3.connect`, with the handle."""
    library = _library()
    if library is None:
        return sqlite3.connect(*arguments, **options, factory=HandledConnection)
    found: list[int] = []
    thread = get_ident()

    def note(handle: int, _message: int, _interface: int) -> int:
        if get_ident() == thread:  # other threads open connections of their own
            found.append(handle)
        return _OK

    opened = _EXTENSION(note)
    with _opening:
        library.sqlite3_auto_extension(opened)
        try:
            connection = sqlite3.connect(*arguments, **options, factory=HandledConnection)
        finally:
            library.sqlite3_cancel_auto_extension(opened)
    connection.handle = found[0] if len(found) == 1 else None
    return connection


@contextmanager
def prepared(
    connection: HandledConnection, sql: str, texts: Sequence[str] = ()
) -> Iterator[ctypes.c_void_p]:
    """A statement, its first parameters bound to texts, for the kernels; finalized at the end.

    Raises sqlite3.OperationalError.
    """
    library, statement = _library(), ctypes.c_void_p()
    assert library is not None
    handle = ctypes.c_void_p(connection.handle)
    raw = sql.encode()
    code = library.sqlite3_prepare_v2(handle, raw, len(raw), ctypes.byref(statement), None)
    check(connection, code)
    try:
        for place, text in enumerate(texts, start=1):
            raw = text.encode()
            code = library.sqlite3_bind_text(statement, place, raw, len(raw), _TRANSIENT)
            check(connection, code)
        yield statement
    finally:
        library.sqlite3_finalize(statement)


def check(connection: HandledConnection, code: int, *good: int) -> None:
    """Raise what `sqlite3` would raise, unless SQLite's answer is a good one."""
    if code in (_OK, *good):
        return
    library, handle = _library(), ctypes.c_void_p(connection.handle)
    assert library is not None
    message = library.sqlite3_errmsg(handle).decode(errors="replace")
    extended = library.sqlite3_extended_errcode(handle)
    kind = sqlite3.IntegrityError if code == sqlite3.SQLITE_CONSTRAINT else sqlite3.OperationalError
    error = kind(message)
    error.sqlite_errorcode = extended
    error.sqlite_errorname = _ERRORS.get(extended & 0xFF, "SQLITE_ERROR")
    raise error


@cache
def _library() -> Any:
    """The library behind Python's `sqlite3`, or None where it cannot be reached."""
    import _sqlite3

    try:
        # A symbol is looked for in the extension module and in what it was linked with.
        library = ctypes.CDLL(getattr(_sqlite3, "__file__", None))
        library.sqlite3_errmsg.restype = ctypes.c_char_p
        for name in ("auto_extension", "cancel_auto_extension", "prepare_v2", "bind_text"):
            getattr(library, f"sqlite3_{name}").restype = ctypes.c_int
    except (AttributeError, OSError, TypeError):
        return None
    return library


@cache
def kernels() -> Any:
    """The compiled loops, linked with the library."""
    import llvmlite.binding

    from infrastructure.database import sqlite_kernels

    for name in sqlite_kernels.SIGNATURES:
        address = ctypes.cast(getattr(_library(), name), ctypes.c_void_p).value
        llvmlite.binding.add_symbol(name, address)
    return sqlite_kernels
