"""What is no file of bars is refused in one line, at once, and without much memory."""

import bz2
import gzip
import io
import lzma
import os
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from infrastructure.errors import DataError
from infrastructure.market_data.files.opening import open_bar_file

HEADER = "date,open,high,low,close,volume\n"
ROWS = "2024-01-02,10,11,9,10.5,100\n2024-01-03,10,11,9,10.25,200\n"
LONG = (HEADER + ROWS * 50_000).encode()


def refused(path: Path) -> str:
    """The one line by which a file is refused, on opening or on reading."""
    with pytest.raises(DataError) as caught:
        list(open_bar_file(path).chunks())
    message = str(caught.value)
    assert message.startswith(f"{path}: ") and message.isprintable()
    return message


def zstandard(raw: bytes) -> bytes:
    """Packed with Zstandard."""
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(raw)
    return sink.getvalue().to_pybytes()


def zipped(*names: str, raw: bytes = (HEADER + ROWS).encode()) -> bytes:
    """A zip of files of one content."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, raw)
    return memory.getvalue()


PACKERS: list[Callable[[bytes], bytes]] = [
    gzip.compress,
    bz2.compress,
    lzma.compress,
    zstandard,
    lambda raw: zipped("bars.csv", raw=raw),
]
PACKER_NAMES = ["gzip", "bzip2", "xz", "Zstandard", "zip"]


@pytest.mark.parametrize("pack", PACKERS, ids=PACKER_NAMES)
def test_a_packed_file_is_told_by_its_content(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    """Under any name; the rows are those of the plain file."""
    path = tmp_path / "bars"
    path.write_bytes(pack((HEADER + ROWS).encode()))
    (rows,) = open_bar_file(path).chunks()
    assert rows.close.tolist() == [10.5, 10.25]


@pytest.mark.parametrize("pack", PACKERS, ids=PACKER_NAMES)
@pytest.mark.parametrize("share", [0.01, 0.5, 0.999])
def test_a_packed_file_that_is_cut_short_is_refused(
    tmp_path: Path, pack: Callable[[bytes], bytes], share: float
) -> None:
    """Wherever it is cut: no bars of a part pass for the whole."""
    path = tmp_path / "bars.csv"
    packed = pack(LONG)
    path.write_bytes(packed[: max(20, int(len(packed) * share))])
    assert "is not a readable" in refused(path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (zipped("a.csv", "b.csv"), "a zip of 2 files (a.csv, b.csv); expected one file of bars"),
        (zipped(), "a zip of no file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "is not text: control characters in line"),
        (HEADER.encode() + b"2024-01-02,1\x00,1,1,1,1\n", "control characters in line 2"),
        (LONG * 2 + b"2024-01-02,1\x00,1,1,1,1\n", "is not text: a NUL in line 200003"),
        ((HEADER + ROWS).encode("utf-32"), "is UTF-32 text"),
        ((HEADER + ROWS).encode("utf-16")[:-1], "is not readable UTF-16 text"),
        (b"\xff\xfe", "no open, high, low, close, timestamp; found none"),
        (b"x" * 5_000_000, "has a line of more than 524,288 bytes"),
        (HEADER.encode() + b'"' + b"y" * 2_000_000, "has a line of more than 524,288 bytes"),
        (b"<!DOCTYPE html>\n<html></html>\n", "is a web page or XML"),
        ((HEADER + ROWS + "2024-01-04,1,1\n").encode(), "line 4 has 3 cells; expected 6"),
        ((HEADER + ROWS + "2024-01-04,1,1,1,1,1,9\n").encode(), "line 4 has 7 cells; expected 6"),
        ((HEADER + '2024-01-02,1,1,1,"1\n",5\n').encode(), "line 2 ends inside a quote"),
        (HEADER.encode(), "holds no bars, only the names"),
        ((HEADER + "\n\n,,,,,\n").encode(), "holds no bars, only the names"),
        (
            b"time,bid,ask\n1704205800,1,2\n",
            "no open, high, low, close; found 'time', 'bid', 'ask'",
        ),
        (b"Date,Close\n2024-01-02,1\n", "no open, high, low; found 'Date', 'Close'"),
        (b"1,2,3,4,5\n6,7,8,9,10\n", "expected a first line naming the columns"),
        (b"2024-01-02,10,9,11,10,5\n2024-01-03,10,9,11,10,5\n", "expected a first line naming"),
        (b"2024-01-02,5,6\n2024-01-03,5,6\n", "expected a first line naming the columns"),
        ((HEADER + "soon,1,1,1,1,1\n").encode(), "no time can be read; expected ISO 8601"),
        (
            b"Price,Close,Close,High,High,Low,Low,Open,Open\n"
            b"Ticker,AAPL,MSFT,AAPL,MSFT,AAPL,MSFT,AAPL,MSFT\nDate,,,,,,,,\n2024-01-02,1,1,1,1,1,1,1,1\n",
            "holds several instruments (AAPL, MSFT)",
        ),
        (
            b"ticker,date,open,high,low,close\nA,2024-01-02,1,1,1,1\nB,2024-01-02,1,1,1,1\n",
            "holds several instruments (A, B); import one file of each",
        ),
    ],
)
def test_a_file_of_no_bars_is_refused_in_one_line(
    tmp_path: Path, content: bytes, told: str
) -> None:
    """With the place where there is one."""
    path = tmp_path / "bars.csv"
    path.write_bytes(content)
    assert told in refused(path)


def test_a_locked_zip_is_refused(tmp_path: Path) -> None:
    """The flag in both headers of the entry is what a password leaves."""
    raw = bytearray(zipped("bars.csv"))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path = tmp_path / "bars.zip"
    path.write_bytes(bytes(raw))
    assert "locked by a password" in refused(path)


def test_an_instrument_that_comes_later_is_refused(tmp_path: Path) -> None:
    """Also where the first chunks hold one only."""
    path = tmp_path / "bars.csv"
    rows = "A,2024-01-02,1,1,1,1\n" * 60_000
    path.write_text(f"symbol,date,open,high,low,close\n{rows}B,2024-01-03,1,1,1,1\n")
    assert "holds several instruments (A, B)" in refused(path)


@pytest.mark.parametrize("kind", ["folder", "missing", "pipe", "empty"])
def test_what_is_no_file_is_refused(tmp_path: Path, kind: str) -> None:
    """A pipe is not waited for."""
    path = tmp_path / "bars.csv"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "empty":
        path.touch()
    told = {"folder": "is a folder", "missing": "no such file", "pipe": "is a pipe or a device"}
    assert told.get(kind, "is empty") in refused(path)


def test_a_packed_flood_is_refused_in_little_memory(tmp_path: Path) -> None:
    """A hundred megabytes of one line in a zip of a hundred kilobytes."""
    path = tmp_path / "bars.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("bars.csv", "w") as entry,
    ):
        for _ in range(100):
            entry.write(b"9" * 1_000_000)
    tracemalloc.start()
    told = refused(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "has a line of more than" in told
    assert most < 32e6
