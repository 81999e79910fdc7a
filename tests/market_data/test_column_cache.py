"""A long series read again is the same series, whatever became of the cache or of the rows."""

import os
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from infrastructure.database.engine import Database
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.store import column_cache
from infrastructure.market_data.store.reading import read_bars
from infrastructure.market_data.store.writing import write_bars

N_BARS = column_cache.CACHED_FROM
FIRST = 1_700_000_040  # 2023-11-14 22:14 UTC
COLUMNS = ("timestamp", "open", "high", "low", "close", "volume", "session", "closes_at", "phase")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv("KAIROS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "bars"


@pytest.fixture
def filled(database: Database, folder: Path) -> Database:
    """A series just long enough for the cache."""
    close = 100.0 + np.arange(N_BARS) / 7.0
    stamps = FIRST + 60 * np.arange(N_BARS)
    columns = BarColumns(stamps, close, close + 1, close - 1, close, np.ones(N_BARS))
    write_bars(database, "BTC", "1m", columns, "by hand", calendar="24/7")
    return database


def read(database: Database, **terms: object) -> Bars:
    """The series as it is now."""
    return read_bars(database, "BTC", "1m", "24/7", **terms)


def same(one: Bars, other: Bars) -> bool:
    """Whether two reads gave the same bars."""
    return all(np.array_equal(getattr(one, n), getattr(other, n)) for n in COLUMNS)


def test_the_second_read_is_mapped_and_the_same(filled: Database, folder: Path) -> None:
    """The first read makes the file, the second reads it; neither can be written to."""
    first = read(filled)
    (file,) = folder.iterdir()
    made = file.stat().st_ino
    second = read(filled)
    assert same(first, second)
    assert (first.source, second.source, second.calendar) == ("by hand", "by hand", "24/7")
    assert [file.stat().st_ino for file in folder.iterdir()] == [made]
    assert not second.close.flags.writeable


def test_a_part_is_cut_at_sessions(filled: Database) -> None:
    """From a mapped file as from the table: whole days, the last included."""
    for _ in range(2):
        part = read(filled, start=date(2023, 11, 20), end=date(2023, 11, 21))
        assert len(part) == 2 * 1_440
        assert part.timestamp[0] % 86_400 == 0


def test_rows_that_change_give_another_file(filled: Database, folder: Path) -> None:
    """Also when another program changes them."""
    before = read(filled)
    with filled.write() as connection:
        connection.execute(text(f"DELETE FROM market_bars WHERE timestamp = {FIRST}"))
        connection.execute(text("INSERT INTO market_bars VALUES ('BTC','1m',0,1,1,1,1,1,'sql')"))
    after = read(filled)
    assert len(after) == len(before) == N_BARS
    assert after.timestamp[0] == 0
    assert after.source == "by hand, sql"
    assert len([*folder.iterdir()]) == 2


@pytest.mark.parametrize("damage", [b"", b"no arrow file", None])
def test_a_damaged_file_is_made_anew(filled: Database, folder: Path, damage: bytes | None) -> None:
    """Cut short, overwritten or deleted: the rows are read again."""
    before = read(filled)
    (file,) = folder.iterdir()
    content = file.read_bytes()
    file.unlink()
    if damage is not None:
        file.write_bytes(damage or content[: len(content) // 2])
    assert same(before, read(filled))
    assert file.read_bytes() == content


def test_deleting_the_cache_takes_nothing_from_who_reads(filled: Database, folder: Path) -> None:
    """Bars that were mapped stay readable."""
    read(filled)
    mapped = read(filled)
    for file in folder.iterdir():
        file.unlink()
    assert mapped.close.sum() == read(filled).close.sum()


def test_the_files_used_longest_ago_go_first(
    filled: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where all of them together grow too large."""
    folder.mkdir(parents=True)
    old, new = folder / "old.arrow", folder / "new.arrow"
    for age, file in ((2, old), (1, new)):
        file.write_bytes(bytes(1_000))
        os.utime(file, (1e9 - age, 1e9 - age))
    size = 10_000_000
    monkeypatch.setattr(column_cache, "LARGEST", size)
    read(filled)
    assert sum(file.stat().st_size for file in folder.iterdir()) <= size
    assert not old.exists() or new.exists()


def test_a_cache_that_cannot_be_written_is_done_without(
    filled: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file where the folder should be: every read comes from the table."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("KAIROS_CACHE", str(tmp_path / "file"))
    assert len(read(filled)) == len(read(filled)) == N_BARS


def test_a_cache_that_cannot_be_named_is_done_without(
    filled: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that the system refuses is no error either."""
    monkeypatch.setenv("KAIROS_CACHE", str(tmp_path / ("x" * 300)))
    assert len(read(filled)) == len(read(filled)) == N_BARS
