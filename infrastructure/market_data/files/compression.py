"""The bytes of a file, decompressed as they are read: gz, zip, zst, bz2 and xz, told by content."""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from infrastructure.errors import DataError
from infrastructure.wording import one_line

_OPENERS: dict[bytes, Any] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}
_ZIP, _ZST = b"PK\x03\x04", b"\x28\xb5\x2f\xfd"
_NOT_DATA = ("__MACOSX/", ".DS_Store")

_DECOMPRESSION_ERRORS = (EOFError, zlib.error, lzma.LZMAError, BadZipFile, NotImplementedError)
"""What a damaged archive raises; OSError besides."""


def first_bytes(path: Path, count: int = 8) -> bytes:
    """How a file begins. Raises DataError for what is no file, or an empty one."""
    if path.is_dir():
        raise DataError(f"{path}: is a folder; expected a file of bars")
    if path.exists() and not path.is_file():  # opening a pipe would wait for its writer
        raise DataError(f"{path}: is a pipe or a device; expected a file of bars")
    try:
        with path.open("rb") as file:
            head = file.read(count)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{path}: cannot be read ({reason})") from None
    if not head:
        raise DataError(f"{path}: is empty; expected a file of bars")
    return head


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The decompressed content of a file. Raises DataError, also while it is read."""
    head = first_bytes(path)
    try:
        if head.startswith(_ZIP):
            with ZipFile(path) as archive, archive.open(only_member(path, archive)) as stream:
                yield stream
        elif head.startswith(_ZST):
            import pyarrow as pa

            with pa.input_stream(str(path), compression="zstd") as stream:
                yield io.BufferedReader(_Plain(stream))
        else:
            opener = next((o for magic, o in _OPENERS.items() if head.startswith(magic)), open)
            with opener(path, "rb") as stream:
                yield stream
    except (OSError, *_DECOMPRESSION_ERRORS) as error:
        raise DataError(f"{path}: is damaged or cut short ({_reason(error)})") from error


def only_member(path: Path, archive: ZipFile) -> ZipInfo:
    """The one file of bars in a zip; DataError names them where there are more."""
    members = [m for m in archive.infolist() if not m.is_dir()]
    members = [m for m in members if not any(part in m.filename for part in _NOT_DATA)]
    if len(members) != 1:
        named = ", ".join(repr(m.filename[:40]) for m in members[:3]) or "nothing"
        dots = ", ..." if len(members) > 3 else ""
        raise DataError(
            f"{path}: expected one file of bars in it; found {len(members)} ({named}{dots}); "
            "unpack it and import one file each"
        )
    if members[0].flag_bits & 1:
        raise DataError(f"{path}: is encrypted; unpack it first")
    return members[0]


class _Plain(io.RawIOBase):
    """An Arrow stream as Python's own kind of file."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _reason(error: BaseException) -> str:
    return one_line(error) or type(error).__name__
