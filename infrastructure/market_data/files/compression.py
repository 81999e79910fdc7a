"""Bytes of a file, whatever it was packed with: told by content and streamed, never held whole."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from infrastructure.errors import DataError
from infrastructure.wording import printable

_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",  # of no files
}
_DAMAGE = (OSError, EOFError, zlib.error, lzma.LZMAError, BadZipFile, NotImplementedError)
_LONGEST_MAGIC = 8
_ENCRYPTED = 1  # of a zip entry's flags
_SHOWN = 3


def first_bytes(path: Path) -> bytes:
    """The first bytes of a file. Raises DataError for what is no file, or has none."""
    try:
        if path.is_dir():
            raise DataError(f"{path}: is a folder; expected a file of bars")
        if path.exists() and not path.is_file():  # opening a pipe would wait for its writer
            raise DataError(f"{path}: is a pipe or a device; expected a file of bars")
        with path.open("rb") as file:
            head = file.read(_LONGEST_MAGIC)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:  # ValueError: NUL in its name
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{path}: cannot be read ({reason})") from None
    if not head:
        raise DataError(f"{path}: is empty; expected a file of bars")
    return head


def packing(head: bytes) -> str:
    """What a file with these first bytes is packed with; "" for a plain one."""
    return next((name for magic, name in _MAGIC.items() if head.startswith(magic)), "")


@contextmanager
def unpacked(path: Path) -> Iterator[Any]:
    """The file's bytes as a stream with `read(n)`, unpacked where it is packed.

    Raises DataError, also while the stream is read, where the file is cut short or damaged, and for
    a zip that is locked or holds anything but one file.
    """
    packed = packing(first_bytes(path))
    try:
        with _opened(path, packed) as stream:
            yield stream
    except _DAMAGE as error:
        reason = printable(" ".join(str(error).split()))[:80] or type(error).__name__
        what = f"{packed} file" if packed else "file"
        raise DataError(
            f"{path}: is not a readable {what}: cut short or damaged ({reason})"
        ) from None


def zip_entries(path: Path) -> list[ZipInfo]:
    """The files inside a zip, without folders and what systems add for themselves."""
    try:
        with ZipFile(path) as archive:
            entries = archive.infolist()
    except _DAMAGE as error:
        raise DataError(f"{path}: is not a readable zip file: {error}") from None
    return [
        entry
        for entry in entries
        if not entry.is_dir() and not entry.filename.startswith(("__MACOSX/", "."))
    ]


def _opened(path: Path, packed: str) -> Any:
    if packed == "gzip":
        return gzip.open(path)
    if packed == "bzip2":
        return bz2.open(path)
    if packed == "xz":
        return lzma.open(path)
    if packed == "Zstandard":
        return _zstandard(path)
    if packed == "zip":
        return _only_entry(path)
    return path.open("rb", buffering=0)


def _zstandard(path: Path) -> Any:
    import pyarrow as pa

    return pa.CompressedInputStream(pa.OSFile(str(path)), "zstd")


@contextmanager
def _only_entry(path: Path) -> Iterator[Any]:
    entries = zip_entries(path)
    if len(entries) != 1:
        names = ", ".join(printable(entry.filename)[:40] for entry in entries[:_SHOWN])
        more = ", ..." if len(entries) > _SHOWN else ""
        found = f"{len(entries):,} files ({names}{more})" if entries else "no file"
        raise DataError(f"{path}: a zip of {found}; expected one file of bars: unpack it first")
    if entries[0].flag_bits & _ENCRYPTED:
        raise DataError(f"{path}: a zip that is locked by a password; unpack it first")
    with ZipFile(path) as archive, archive.open(entries[0]) as stream:
        yield stream
