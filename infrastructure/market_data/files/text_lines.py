"""Text of a file in blocks of whole lines, whatever its encoding and its line ends."""

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infrastructure.errors import DataError
from infrastructure.market_data.files.compression import unpacked

HEAD = 1 << 20
"""Bytes by which a text file is recognised."""

LONGEST_LINE = 1 << 19
"""Bytes. A row of bars has a hundred; without this bound one line could fill the memory."""

_TEXT = b"\t\n\r\f\x1a" + bytes(range(32, 256))


@dataclass(frozen=True)
class Head:
    """A text file's beginning. lines: without ends. whole: whether the file has no others."""

    encoding: str
    lines: list[str]
    whole: bool


def read_head(path: Path) -> Head:
    """The first whole lines of a text file. Raises DataError for what is no text."""
    with unpacked(path) as stream:
        raw = _filled(stream, HEAD)
        whole = len(raw) < HEAD
    encoding = _encoding(path, raw)
    if encoding != "utf-16":
        refuse_binary(path, raw)
    blocks = list(_blocks(path, iter((raw,)), encoding, whole))
    text = b"".join(blocks if whole else blocks[:1])
    return Head(encoding, text.decode().split("\n"), whole)


def line_blocks(path: Path, encoding: str, size: int) -> Iterator[bytes]:
    """The file as UTF-8 in blocks of about `size` bytes: whole lines that end in a line feed.

    Raises DataError for a line longer than LONGEST_LINE and for a file that is cut short.
    """
    with unpacked(path) as stream:
        yield from _blocks(path, iter(lambda: stream.read(size), b""), encoding)


def refuse_binary(path: Path, raw: bytes) -> None:
    """Raises DataError where bytes hold what no text does."""
    if raw.translate(None, _TEXT):
        line = next(
            number
            for number, line in enumerate(raw.replace(b"\r", b"\n").split(b"\n"), 1)
            if line.translate(None, _TEXT)
        )
        raise DataError(f"{path}: is not text: control characters in line {line}")


def _filled(stream: Any, size: int) -> bytes:
    """The next `size` bytes, or all that are left: one `read` may give fewer."""
    raw = b""
    while len(raw) < size and (piece := stream.read(size - len(raw))):
        raw += piece
    return raw


def _encoding(path: Path, raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise DataError(f"{path}: is UTF-32 text; expected UTF-8: save it as that")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig"


def _blocks(
    path: Path, pieces: Iterator[bytes], encoding: str, whole: bool = True
) -> Iterator[bytes]:
    """whole: whether the pieces are all there are, or may end in the middle of a character."""
    decode = _utf16_decoder(path) if encoding == "utf-16" else _without_mark()
    rest = b""
    for piece, is_last in _marked(pieces):
        block = rest + decode(piece, is_last and whole)
        held = b"" if is_last or not block.endswith(b"\r") else b"\r"  # a line feed may follow
        block = _unix(block[: len(block) - len(held)])
        end = len(block) if is_last and whole else block.rfind(b"\n") + 1
        rest = block[end:] + held
        if len(rest) > LONGEST_LINE or (end and block.rfind(b"\n", 0, end) < end - LONGEST_LINE):
            raise DataError(
                f"{path}: has a line of more than {LONGEST_LINE:,} bytes; expected a file of bars, "
                "one a line"
            )
        if end:
            yield _valid(block[:end])


def _marked(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each piece, and whether it is the last: the last block takes the line that has no end."""
    before = next(pieces, None)
    for piece in pieces:
        assert before is not None
        yield before, False
        before = piece
    if before is not None:
        yield before, True


def _unix(text: bytes) -> bytes:
    if b"\r" not in text:
        return text
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _without_mark() -> Callable[[bytes, bool], bytes]:
    """UTF-8 passes through undecoded, but for a byte order mark before the first piece."""
    marks = iter((codecs.BOM_UTF8,))
    return lambda piece, final: piece.removeprefix(next(marks, b""))


def _utf16_decoder(path: Path) -> Callable[[bytes, bool], bytes]:
    decoder = codecs.getincrementaldecoder("utf-16")()

    def decode(piece: bytes, final: bool) -> bytes:
        try:
            return decoder.decode(piece, final).encode()
        except UnicodeError:
            raise DataError(f"{path}: is not readable UTF-16 text: cut short or damaged") from None

    return decode


def _valid(block: bytes) -> bytes:
    """Whole lines as UTF-8: those that are not are taken for Latin-1, which has no bad bytes."""
    if block.isascii():
        return block
    try:
        block.decode()
    except UnicodeDecodeError:
        return block.decode("latin-1").encode()
    return block
