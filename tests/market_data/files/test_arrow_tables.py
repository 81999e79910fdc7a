"""Parquet and Feather: chunk by chunk, with the types and zones that the file has."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from infrastructure.errors import DataError
from infrastructure.market_data.files.arrow_tables import feather_batches, parquet_batches
from infrastructure.market_data.files.table import Table

Reader = Callable[..., Iterator[Table]]
KINDS = [
    pytest.param(parquet.write_table, parquet_batches, id="parquet"),
    pytest.param(feather.write_feather, feather_batches, id="feather"),
]
both = pytest.mark.parametrize(("write", "read"), KINDS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a test's file is written."""
    return tmp_path / "bars"


@both
def test_chunks_follow_one_another(path: Path, write: Any, read: Reader) -> None:
    """No chunk is longer than asked for, and each says where it begins."""
    table = pa.table({"close": np.arange(10.0)})
    write(pa.concat_tables([table.slice(0, 4), table.slice(4)]), path)
    parts = list(read(path, rows=3))
    assert max(len(part.frame) for part in parts) == 3
    assert np.concatenate([part.frame["close"] for part in parts]).tolist() == [*range(10)]
    ends = np.cumsum([len(part.frame) for part in parts])
    assert [part.first_place for part in parts] == [1, *(ends[:-1] + 1)]
    assert {part.place_name for part in parts} == {"row"}


@both
def test_times_keep_their_zone_and_unit(path: Path, write: Any, read: Reader) -> None:
    """Moments with a zone, without one, and dates."""
    moments = pd.to_datetime(["2024-01-02 14:30", "2024-03-11 13:30"])
    local = moments.tz_localize("UTC").tz_convert("America/New_York")
    write(pa.table({"local": local, "bare": moments, "day": [date(2024, 1, 2)] * 2}), path)
    (table,) = read(path)
    assert table.frame["local"].tolist() == list(local)
    assert str(table.frame["local"].dt.tz) == "America/New_York"
    assert table.frame["bare"].tolist() == list(moments)
    assert table.frame["day"].tolist() == [pd.Timestamp("2024-01-02")] * 2


@both
def test_a_pandas_index_is_a_column(path: Path, write: Any, read: Reader) -> None:
    """Under its name, or as `index`; one that only counts is none; tuples are joined."""
    moments = pd.DatetimeIndex(["2024-01-02", "2024-01-03"], tz="UTC")
    frame = pd.DataFrame({("Close", "AAPL"): [1.0, 2.0]}, index=moments)
    named = frame.rename_axis("Date")
    for each, names in (
        (frame, ["('Close', 'AAPL')", "index"]),
        (named, ["('Close', 'AAPL')", "Date"]),
        (frame.reset_index(drop=True), ["('Close', 'AAPL')"]),
    ):
        write(pa.Table.from_pandas(each), path)
        (table,) = read(path)
        assert list(table.frame) == names


@both
def test_decimal_numbers_are_the_nearest_floats(path: Path, write: Any, read: Reader) -> None:
    """As their text reads, to the last bit; coded text is text; a number missing is NaN."""
    texts = ["405.43000000", "0.10000000", "98765432.12345678", "61234567.87654321"]
    prices = pa.array([*map(Decimal, texts), None], pa.decimal128(30, 8))
    symbols = pa.array(["Q", "Q", "Q", "Q", None]).dictionary_encode()
    write(pa.table({"close": prices, "symbol": symbols}), path)
    (table,) = read(path)
    assert table.frame["close"].tolist()[:4] == [float(text) for text in texts]
    assert np.isnan(table.frame["close"].iloc[4])
    assert table.frame["symbol"].tolist()[:4] == ["Q"] * 4


@both
def test_columns_without_plain_values_are_named(path: Path, write: Any, read: Reader) -> None:
    """Lists and bytes are left out with a note; nothing else is left of some files."""
    columns = {"close": [1.0], "trades": [[1, 2]], "blob": [b"\x80\x04."]}
    write(pa.table(columns), path)
    (table,) = read(path)
    assert list(table.frame) == ["close"]
    assert table.facts.notes == ("nested and binary columns were left out: 'trades', 'blob'",)
    del columns["close"]
    write(pa.table(columns), path)
    with pytest.raises(DataError, match="no column of plain values; found 'trades', 'blob'"):
        list(read(path))


@both
def test_a_file_without_rows_shows_its_columns(path: Path, write: Any, read: Reader) -> None:
    """One table of none."""
    write(pa.table({"close": pa.array([], pa.float64())}), path)
    (table,) = read(path)
    assert (list(table.frame), len(table.frame)) == (["close"], 0)


def test_a_name_given_twice_is_there_twice(path: Path) -> None:
    """Which of two closes is meant, the caller asks."""
    twice = pa.table([[1.0], [2.0], [["x"]]], names=["close", "close", "more"])
    parquet.write_table(twice, path)
    (table,) = parquet_batches(path)
    assert list(table.frame) == ["close", "close"]
    assert table.frame.to_numpy().tolist() == [[1.0, 2.0]]


@both
def test_damaged_files_are_refused_in_one_line(path: Path, write: Any, read: Reader) -> None:
    """Cut short anywhere, changed in the middle, empty, or something else."""
    write(pa.table({"close": np.arange(1_000.0), "name": ["é"] * 1_000}), path)
    whole = path.read_bytes()
    cuts = [whole[:length] for length in range(0, len(whole), len(whole) // 20)]
    middle = len(whole) // 3
    for damaged in (
        *cuts,
        whole[:middle] + bytes(200) + whole[middle + 200 :],
        b"open,high\n1,2\n",
    ):
        path.write_bytes(damaged)
        with pytest.raises(
            DataError, match=r": is not a readable (Parquet|Feather) file: "
        ) as error:
            list(read(path))
        assert str(error.value).isprintable()


def test_text_that_is_no_text_is_refused(path: Path) -> None:
    """Offsets and UTF-8 of a Feather file are checked before anything relies on them."""
    broken = pa.StringArray.from_buffers(
        1, pa.py_buffer(np.array([0, 2], np.int32).tobytes()), pa.py_buffer(b"\xff\xfe")
    )
    feather.write_feather(pa.table({"symbol": broken}), path)
    with pytest.raises(DataError, match=r"is not a readable Feather file: .*UTF8"):
        list(feather_batches(path))


def test_the_first_feather_is_refused(path: Path) -> None:
    """With the advice to save it anew."""
    path.write_bytes(b"FEA1" + bytes(100) + b"FEA1")
    with pytest.raises(DataError, match="is Feather of version 1; save it as version 2"):
        list(feather_batches(path))


def test_an_unknown_zone_is_refused(path: Path) -> None:
    """A time that nobody can place."""
    moments = pa.array([0], pa.timestamp("us", "Mars/Olympus"))
    parquet.write_table(pa.table({"time": moments}), path)
    with pytest.raises(DataError, match="Mars/Olympus"):
        list(parquet_batches(path))
