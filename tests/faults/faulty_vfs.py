"""A disk that fails when it is told to, under the very SQLite that Python uses.

SQLite reaches its files through a table of functions, a VFS. The one registered here, "faulty", is
the system's own, but that some functions first ask `DISK` whether to fail. Open a database on it by
`faulty_url(path)`. All the rest is the system's, so WAL works as ever.
"""

import ctypes
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy.engine import URL

from infrastructure.database import sqlite_interface

_INT, _LONG, _POINTER, _TEXT = ctypes.c_int, ctypes.c_int64, ctypes.c_void_p, ctypes.c_char_p
_OK = 0


class Fault(NamedTuple):
    """Which function fails, and what it answers then."""

    function: str
    answer: int


FAULTS = {
    "read": Fault("xRead", 266),  # SQLITE_IOERR_READ
    "write": Fault("xWrite", 778),  # SQLITE_IOERR_WRITE
    "half a write": Fault("xWrite", 778),  # the first half of what was to be written is
    "full": Fault("xWrite", 13),  # SQLITE_FULL
    "sync": Fault("xSync", 1034),  # SQLITE_IOERR_FSYNC
    "truncate": Fault("xTruncate", 1546),  # SQLITE_IOERR_TRUNCATE
    "size": Fault("xFileSize", 1802),  # SQLITE_IOERR_FSTAT
    "lock": Fault("xLock", 3850),  # SQLITE_IOERR_LOCK
    "shared memory": Fault("xShmMap", 5386),  # SQLITE_IOERR_SHMMAP
    "open": Fault("xOpen", 14),  # SQLITE_CANTOPEN
    "delete": Fault("xDelete", 2570),  # SQLITE_IOERR_DELETE
}


class Disk:
    """Whether the next call of a function fails: from the n-th on, or only that one."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.failed = 0
        self.kind, self._at, self._lasting = "", 0, False

    @contextmanager
    def failing(self, kind: str, at: int, lasting: bool) -> Iterator[None]:
        """Fail so inside the block; `failed` counts how often."""
        self.calls.clear()
        self.failed = 0
        self.kind, self._at, self._lasting = kind, at, lasting
        try:
            yield
        finally:
            self.kind = ""

    def answer(self, function: str) -> int:
        """What a call has to answer; 0: let the system answer."""
        self.calls[function] += 1
        if not self.kind or FAULTS[self.kind].function != function:
            return _OK
        late = self.calls[function] - self._at
        fails = late == 0 or (late > 0 and self._lasting)
        self.failed += fails
        return FAULTS[self.kind].answer if fails else _OK


DISK = Disk()


class _Vfs(ctypes.Structure):
    """SQLite's sqlite3_vfs."""

    _fields_ = [
        ("iVersion", _INT),
        ("szOsFile", _INT),
        ("mxPathname", _INT),
        ("pNext", _POINTER),
        ("zName", _TEXT),
        ("pAppData", _POINTER),
        ("xOpen", _POINTER),
        ("xDelete", _POINTER),
        ("rest", _POINTER * 14),
    ]


class _Methods(ctypes.Structure):
    """SQLite's sqlite3_io_methods."""

    _fields_ = [
        ("iVersion", _INT),
        *((name, _POINTER) for name in ("xClose", "xRead", "xWrite", "xTruncate", "xSync")),
        *((name, _POINTER) for name in ("xFileSize", "xLock")),
        ("rest", _POINTER * 5),
        ("xShmMap", _POINTER),
        ("more", _POINTER * 5),
    ]


_ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "xRead": (_POINTER, _POINTER, _INT, _LONG),
    "xWrite": (_POINTER, _POINTER, _INT, _LONG),
    "xTruncate": (_POINTER, _LONG),
    "xSync": (_POINTER, _INT),
    "xFileSize": (_POINTER, _POINTER),
    "xLock": (_POINTER, _INT),
    "xShmMap": (_POINTER, _INT, _INT, _INT, _POINTER),
    "xOpen": (_POINTER, _POINTER, _POINTER, _INT, _POINTER),
    "xDelete": (_POINTER, _POINTER, _INT),
}
_kept: list[Any] = []
"""What SQLite points at for as long as the process lives."""


def faulty_url(path: Path) -> URL:
    """The address of a file on the faulty disk, which is registered where it is not yet."""
    _register()
    query = {"vfs": "faulty", "uri": "true"}
    return URL.create("sqlite", database=f"file:{path}", query=query)


def can_be_faulty() -> bool:
    """Whether the library behind Python's sqlite3 can be reached."""
    return sqlite_interface._library() is not None


@cache
def _register() -> None:
    library = sqlite_interface._library()
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    system = library.sqlite3_vfs_find(None).contents
    faulty = _Vfs.from_buffer_copy(system)
    faulty.zName, faulty.pNext = b"faulty", None
    faulty.xOpen = _address("xOpen", _opening(system.xOpen))
    faulty.xDelete = _asking("xDelete", system.xDelete)
    _kept.append(faulty)
    assert library.sqlite3_vfs_register(ctypes.byref(faulty), 0) == _OK


def _opening(system: int) -> Any:
    """Open as the system does, then put our functions in the place of the file's own."""
    original = _prototype("xOpen")(system)

    def open_file(vfs: int, name: int, file: int, flags: int, out: int) -> int:
        methods = ctypes.cast(file, ctypes.POINTER(_POINTER))
        methods[0] = None  # SQLite closes what has functions
        code = DISK.answer("xOpen") or original(vfs, name, file, flags, out)
        if code == _OK and methods[0]:
            methods[0] = _faulty_methods(methods[0])
        return int(code)

    return open_file


@cache
def _faulty_methods(system: int) -> int:
    """The functions of a kind of file, in their faulty form."""
    methods = _Methods.from_buffer_copy(_Methods.from_address(system))
    for name in ("xRead", "xWrite", "xTruncate", "xSync", "xFileSize", "xLock", "xShmMap"):
        address = getattr(methods, name)
        if address:
            setattr(methods, name, _asking(name, address))
    _kept.append(methods)
    return ctypes.addressof(methods)


def _asking(name: str, system: int) -> int:
    """A function that asks DISK first."""
    original = _prototype(name)(system)

    def call(*arguments: int) -> int:
        code = DISK.answer(name)
        if code and DISK.kind == "half a write":
            file, data, amount, offset = arguments
            original(file, data, amount // 2, offset)
        return code or int(original(*arguments))

    return _address(name, call)


def _prototype(name: str) -> Any:
    return ctypes.CFUNCTYPE(_INT, *_ARGUMENTS[name])


def _address(name: str, function: Any) -> int:
    callback = _prototype(name)(function)
    _kept.append(callback)
    return ctypes.cast(callback, _POINTER).value or 0
