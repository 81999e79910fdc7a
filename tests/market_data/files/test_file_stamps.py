"""Times in every spelling; dates of an open order are settled or refused, never guessed."""

from pathlib import Path

import pyarrow as pa
import pytest
from vendor_files import wall

from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.files.opening import open_bar_file
from infrastructure.market_data.files.stamp_fields import read_fields
from infrastructure.market_data.files.stamp_text import stamps_of

NINE_THIRTY = "2024-01-02 09:30"


def written(tmp_path: Path, *dates: str) -> Path:
    """A file of bars with these times, quoted."""
    path = tmp_path / "bars.csv"
    rows = "".join(f'"{date}",10,11,9,10.5,1\n' for date in dates)
    path.write_text(f"time,open,high,low,close,volume\n{rows}")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-02T09:30:00",
        "2024-01-02 09:30",
        "2024-01-02 9:30:00.123456",
        "2024/01/02 09:30",
        "2024.01.02 09:30:00",
        "20240102 093000",
        "20240102 0930",
        "20240102  09:30:00",
        "202401020930",
        "20240102093000",
        "2024-1-2 9:30 AM",
        "2024-01-02 09:30 a.m.",
        "2024-01-02, 9:30\u202fAM",
        "Jan 2, 2024 9:30 AM",
        "January 02, 2024 09:30",
        "Tue Jan 02 2024 09:30:00",
        "2 Jan 2024 09:30",
        "02-Jan-24 09:30",
        "  2024-01-02 09:30  ",
    ],
)
def test_a_clock_without_a_zone_is_read(text: str) -> None:
    """Whatever the spelling, it is half past nine and says nothing of where."""
    stamps = stamps_of(read_fields(pa.array([text])))
    assert stamps.readable.tolist() == [True] and stamps.zoned.tolist() == [False]
    assert stamps.wall.tolist() == [wall(NINE_THIRTY)]


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2024-01-02T09:30:00Z", "2024-01-02 09:30"),
        ("2024-01-02 09:30 UTC", "2024-01-02 09:30"),
        ("2024-01-02 09:30:00-05:00", "2024-01-02 14:30"),
        ("2024-01-02 09:30:00.000 GMT-0500", "2024-01-02 14:30"),
        ("2024-01-02 09:30+05", "2024-01-02 04:30"),
        ("2024-01-02 09:30:00+0530", "2024-01-02 04:00"),
        ("2024-01-02 09:30 EST", "2024-01-02 14:30"),
        ("2024-07-02 09:30 EDT", "2024-07-02 13:30"),
        ("1704205800", "2024-01-02 14:30"),
        ("1704205800.75", "2024-01-02 14:30"),
        ("1704205800000", "2024-01-02 14:30"),
        ("1704205800000000", "2024-01-02 14:30"),
        ("1704205800000000000", "2024-01-02 14:30"),
    ],
)
def test_a_zone_an_offset_and_an_epoch_tell_the_moment(text: str, utc: str) -> None:
    """The wall clock stays what the text shows; an epoch shows UTC's."""
    stamps = stamps_of(read_fields(pa.array([text])))
    assert stamps.readable.all() and stamps.zoned.all()
    assert stamps.utc.tolist() == [wall(utc)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "later",
        "2024-02-30",
        "2023-02-29",
        "2024-13-01",
        "2024-00-10",
        "2024-01-02 24:00",
        "2024-01-02 09:60",
        "2024-01-02 13:30 PM",
        "2024-01-02 0:30 AM",
        "2024-01/02",
        "Foo 02, 2024",
        "45293",
        "99999999",
        "2024-01-02 09:30 CET",
        "２０２４-01-02",
        "=NOW()",
    ],
)
def test_what_is_no_time_is_not_readable(text: str) -> None:
    """Alone and beside a sound row of the same length."""
    sound = "2024-01-02"
    for texts, readable in (([text], [False]), ([sound, text, sound], [True, False, True])):
        stamps = stamps_of(read_fields(pa.array(texts)))
        assert stamps.readable.tolist() == readable


def test_rows_of_different_spelling_are_each_read() -> None:
    """The offset changes in March, some rows have no seconds, one has a date only."""
    texts = ["2024-03-08T09:30:00-05:00", "2024-03-11T09:30:00-04:00", "2024-03-12 09:30Z"]
    stamps = stamps_of(read_fields(pa.array([*texts, "2024-03-13", "x" * 100])))
    expected = ["2024-03-08 14:30", "2024-03-11 13:30", "2024-03-12 09:30", "2024-03-13"]
    assert stamps.utc[:4].tolist() == [wall(moment) for moment in expected]
    assert stamps.zoned.tolist() == [True, True, True, False, False]
    assert stamps.readable.tolist() == [True, True, True, True, False]


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        (("01/02/2024", "13/02/2024"), "2024-02-01"),
        (("01/02/2024", "01/13/2024"), "2024-01-02"),
        (("1.2.2024 9:30", "13.2.2024 9:30"), "2024-02-01 09:30"),
        (("01-02-24", "01-13-24"), "2024-01-02"),
    ],
)
def test_a_day_above_twelve_tells_the_order(
    tmp_path: Path, dates: tuple[str, str], first: str
) -> None:
    """One such row settles it for all of the file, and the file's notes say so."""
    file = open_bar_file(written(tmp_path, *dates))
    (rows,) = file.chunks()
    assert rows.stamps.wall[0] == wall(first)
    assert any(note.startswith("dates were read ") for note in file.facts.notes)


@pytest.mark.parametrize("dates", [("01/02/2024", "02/03/2024"), ("24/01/02", "24/01/03")])
def test_an_open_order_is_asked_for(tmp_path: Path, dates: tuple[str, ...]) -> None:
    """Nothing is guessed; both answers are taken."""
    path = written(tmp_path, *dates)
    with pytest.raises(DataError, match="--dates day-first or --dates month-first") as caught:
        open_bar_file(path)
    assert dates[0] in str(caught.value)
    if dates[0] == "01/02/2024":
        for order, first in (("day-first", "2024-02-01"), ("month-first", "2024-01-02")):
            (rows,) = open_bar_file(path, dates=order).chunks()
            assert rows.stamps.wall[0] == wall(first)


def test_years_that_may_be_days_prove_nothing(tmp_path: Path) -> None:
    """13/01/02, 14/01/03: January of 2002 and 2003, or the years 2013 and 2014."""
    with pytest.raises(DataError, match="--dates"):
        open_bar_file(written(tmp_path, "13/01/02", "14/01/03"))


def test_two_orders_in_one_file_are_refused(tmp_path: Path) -> None:
    """Both lines are named."""
    with pytest.raises(DataError, match=r"line 3 .* day first and line 4 .* month first"):
        open_bar_file(written(tmp_path, "01/02/2024", "13/02/2024", "02/14/2024"))


@pytest.mark.parametrize("asked", [None, "day-first"])
def test_a_later_row_that_contradicts_is_refused(tmp_path: Path, asked: str | None) -> None:
    """Also in a chunk after the one that settled the order, and where the user has said it."""
    path = written(tmp_path, "01/02/2024", "13/02/2024", *["14/02/2024"] * 20_000, "02/15/2024")
    file = open_bar_file(path, dates=asked)
    with pytest.raises(DataError, match="line 20004 cannot be a day-first date"):
        list(file.chunks(1_000))


def test_an_unknown_order_is_refused(tmp_path: Path) -> None:
    """It names the two that are known."""
    with pytest.raises(ConfigError, match="expected day-first or month-first; found 'dmy'"):
        open_bar_file(written(tmp_path, "2024-01-02"), dates="dmy")
