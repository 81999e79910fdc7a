"""One-line refusals of files, shared by the readers."""

import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile

from infrastructure.errors import DataError
from infrastructure.wording import LONGEST_FOUND, printable

ZIP_DAMAGES: tuple[type[Exception], ...] = (
    *(BadZipFile, OSError, EOFError, ValueError, zlib.error, lzma.LZMAError),
    RuntimeError,  # a password is asked for, or a compression is not known
)
"""What zipfile raises on a damaged archive, or one that it cannot read."""

_NAMES_SHOWN = 6


def refusal(path: Path, reason: str) -> DataError:
    """The error that names the file and the reason."""
    return DataError(f"{path}: {reason}")


@contextmanager
def damage_refused(path: Path, kind: str, *errors: type[Exception]) -> Iterator[None]:
    """Turns what a library raises on a damaged file into one line: not a readable `kind`."""
    try:
        yield
    except errors as error:
        reason = brief(error) or type(error).__name__
        raise refusal(path, f"is not a readable {kind}: {reason}") from error


def brief(found: object, longest: int = 2 * LONGEST_FOUND) -> str:
    """A text that came from outside, on one line and cut short."""
    text = " ".join(str(found)[: 4 * longest].split())
    return printable(text[:longest])


def listed(names: list[str]) -> str:
    """The first few names, quoted."""
    shown = ", ".join(f"'{brief(name, 30)}'" for name in names[:_NAMES_SHOWN])
    more = len(names) - _NAMES_SHOWN
    return f"{shown or 'none'}{f' and {more:,} more' if more > 0 else ''}"
