"""Chunks of a file are its rows in order, whatever the encoding, line ends and sizes."""

from pathlib import Path

import numpy as np
import pytest
from vendor_files import wall

from infrastructure.market_data.files import text_rows
from infrastructure.market_data.files.opening import open_bar_file

HEADER = "Datum;Eröffnung;Hoch;Tief;Schluß;Volumen\n"
ROWS = "".join(f"2024-01-{day:02};10;11;9;10,5;{day}\n" for day in range(1, 29))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_change_nothing(tmp_path: Path, encoding: str, end: str) -> None:
    """The same names, rows and lines."""
    path = tmp_path / "kurse.txt"
    path.write_bytes((HEADER + ROWS).replace("\n", end).encode(encoding))
    file = open_bar_file(path)
    (rows,) = file.chunks()
    assert file.columns["open"] == "Eröffnung" and file.columns["close"] == "Schluß"
    assert rows.volume.tolist() == list(range(1, 29))
    assert rows.place.tolist() == list(range(2, 30))


@pytest.mark.parametrize("size", [1, 3, 28, 100])
def test_chunks_hold_at_most_as_many_rows_as_asked_for(tmp_path: Path, size: int) -> None:
    """Together they are the file, and it can be read again."""
    path = tmp_path / "kurse.csv"
    path.write_text(HEADER + ROWS, encoding="utf-8")
    file = open_bar_file(path)
    for _ in range(2):
        chunks = list(file.chunks(size))
        assert max(map(len, chunks)) <= size
        assert np.concatenate([chunk.volume for chunk in chunks]).tolist() == list(range(1, 29))
        first = wall("2024-01-01")
        stamps = np.concatenate([chunk.stamps.wall for chunk in chunks])
        assert stamps.tolist() == [first + 86_400 * day for day in range(28)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_block_may_end_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, encoding: str
) -> None:
    """In a row, between the two characters of a line end: every row is there once, in its line."""
    days = np.arange(40_000) % 28 + 1
    text = HEADER + "".join(f"2024-01-{day:02};10;11;9;10,5;{n}\n" for n, day in enumerate(days))
    path = tmp_path / "kurse.csv"
    path.write_bytes(text.replace("\n", end).encode(encoding))
    for size in (9_973, 10_007, 65_536):
        monkeypatch.setattr(text_rows, "_BLOCK", size)
        chunks = list(open_bar_file(path).chunks())
        assert len(chunks) > 5
        volume = np.concatenate([chunk.volume for chunk in chunks])
        place = np.concatenate([chunk.place for chunk in chunks])
        assert (volume == np.arange(40_000)).all() and (place == np.arange(2, 40_002)).all()


def test_empty_lines_are_lines_and_rows_of_nothing_are_counted(tmp_path: Path) -> None:
    """A row's number leads to it in an editor; what was passed over is told."""
    path = tmp_path / "bars.csv"
    row = "2024-01-0{},10,11,9,10.5,{}\n"
    path.write_text(
        "\n# bars of X\n\ndate,open,high,low,close,volume\n"
        + row.format(2, 1)
        + "\n  \n"
        + ",,,,,\n"
        + row.format(3, 2)
        + "\n\n"
    )
    (rows,) = open_bar_file(path).chunks()
    assert rows.place.tolist() == [5, 9]
    assert rows.remarks == {"rows with nothing in them: passed over": 1}


def test_a_file_of_clean_rows_and_a_late_odd_one_is_read_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers read at once and numbers read by way of text are the same."""
    monkeypatch.setattr(text_rows, "_BLOCK", 1_000)
    header = "date,open,high,low,close,volume\n"
    body = "".join(f"2024-01-02,10.1,11.{n},9.7,10.5,{n}\n" for n in range(100))
    path = tmp_path / "bars.csv"
    path.write_text(header + body + "2024-01-03,x,1,1,1,5\n" + body)
    chunks = list(open_bar_file(path).chunks())
    high = np.concatenate([chunk.high for chunk in chunks])
    wanted = [float(f"11.{n}") for n in range(100)]
    assert high.tolist() == [*wanted, 1.0, *wanted]
    assert np.isnan(np.concatenate([chunk.open for chunk in chunks])).sum() == 1
