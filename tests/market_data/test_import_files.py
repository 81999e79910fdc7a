import gzip
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bar_rows import WriteFile, utc

from infrastructure.database.engine import Database
from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.intake.importing import import_bars
from infrastructure.market_data.store.reading import read_bars, stored_series

NEW_YORK = "America/New_York"
HEADER = "timestamp,open,high,low,close,volume"
TWO = ("2024-01-02T09:30:00-05:00,10,11,9,10.5,100", "2024-01-02T10:00:00-05:00,10,11,9,10.25,200")
TWO_STAMPS = [utc("2024-01-02 14:30"), utc("2024-01-02 15:00")]


def stamps_of(database: Database, interval: str = "30m", calendar: str = "XNYS") -> list[int]:
    """Opening times of the stored bars."""
    bars = read_bars(database, "QQQ", interval, calendar, session="extended")
    return [int(stamp) for stamp in bars.timestamp]


def test_file_becomes_bars(database: Database, write_file: WriteFile) -> None:
    """Prices, volumes and stamps as the file gives them; the report accounts for every row."""
    report = import_bars(database, write_file(HEADER, *TWO, name="two.csv"), "QQQ")
    bars = read_bars(database, "QQQ", "30m")
    assert bars.timestamp.tolist() == TWO_STAMPS
    assert bars.close.tolist() == [10.5, 10.25] and bars.volume.tolist() == [100.0, 200.0]
    assert bars.source == "two.csv"
    assert (report.interval, report.read, report.taken, report.new) == ("30m", 2, 2, 2)
    assert (report.refused, report.outside_session, report.sessions) == ({}, 0, 1)
    assert [report.first, report.last] == TWO_STAMPS


def test_importing_again_changes_nothing(database: Database, write_file: WriteFile) -> None:
    """The second time every bar is unchanged and none is new."""
    path = write_file(HEADER, *TWO)
    import_bars(database, path, "QQQ")
    report = import_bars(database, path, "QQQ")
    assert (report.new, report.unchanged, report.replaced) == (0, 2, 0)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Date,Open,High,Low,Close,Adj Close,Volume", "{},10,11,9,10.5,8,100"),
        ("datetime,OPEN,HIGH,LOW,CLOSE", "{},10,11,9,10.5"),
        ("Unnamed: 0,Open,High,Low,Close,Volume", "{},10,11,9,10.5,100"),
        (",open,high,low,close,volume", "{},10,11,9,10.5,100"),
        ("time,close,low,high,open,trades", "{},10.5,9,11,10,5"),
        (" Datetime , Open , High , Low , Close , Vol ", "{},10,11,9,10.5,100"),
        ("\ufeff<DATE>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>", "{},10,11,9,10.5,100"),
        ("symbol,timestamp,open,high,low,close,volume", "QQQ,{},10,11,9,10.5,100"),
    ],
)
def test_usual_spellings_of_columns_are_understood(
    database: Database, write_file: WriteFile, header: str, row: str
) -> None:
    """Any case, any order, with or without a name for the time, with or without volume."""
    stamps = ("2024-01-02T09:30:00-05:00", "2024-01-02T10:00:00-05:00")
    import_bars(database, write_file(header, *(row.format(stamp) for stamp in stamps)), "QQQ")
    bars = read_bars(database, "QQQ", "30m")
    assert bars.timestamp.tolist() == TWO_STAMPS
    columns = (bars.open, bars.high, bars.low, bars.close)
    assert [column[0] for column in columns] == [10.0, 11.0, 9.0, 10.5]


@pytest.mark.parametrize(
    "stamps",
    [
        ("2024-01-02T14:30:00Z", "2024-01-02T15:00:00Z"),
        ("2024-01-02 14:30:00+00:00", "2024-01-02 15:00:00+00:00"),
        ("2024-01-02 09:30-0500", "2024-01-02 10:00-0500"),
        ("2024-01-02 20:00:00.000+05:30", "2024-01-02 20:30:00.000+05:30"),
        ("2024-01-02 14:30 UTC", "2024-01-02 15:00 UTC"),
        ("1704205800", "1704207600"),
        ("1704205800.0", "1704207600.0"),
        ("1704205800000", "1704207600000"),
        ("1704205800000000", "1704207600000000"),
        ("1704205800000000000", "1704207600000000000"),
    ],
)
def test_stamps_with_a_zone_and_epochs_are_understood(
    database: Database, write_file: WriteFile, stamps: tuple[str, str]
) -> None:
    """Offsets, Z, and epochs in seconds, milli-, micro- and nanoseconds."""
    rows = [f"{stamp},10,11,9,10.5,100" for stamp in stamps]
    import_bars(database, write_file(HEADER, *rows), "QQQ")
    assert stamps_of(database) == TWO_STAMPS


@pytest.mark.parametrize(
    "stamps",
    [
        ("2024-01-02 09:30:00", "2024-01-02 10:00:00"),
        ("2024-01-02T09:30", "2024-01-02T10:00"),
        ("202401020930", "202401021000"),
        ("20240102093000", "20240102100000"),
    ],
)
def test_stamps_without_a_zone_need_one(
    database: Database, write_file: WriteFile, stamps: tuple[str, str]
) -> None:
    """Refused with their number and what to pass; right with the exchange's clock."""
    path = write_file(HEADER, *(f"{stamp},10,11,9,10.5,100" for stamp in stamps))
    with pytest.raises(DataError, match=r"2 of 2 rows have a time without a zone.*--timezone Am"):
        import_bars(database, path, "QQQ")
    assert stored_series(database) == []
    import_bars(database, path, "QQQ", timezone=NEW_YORK)
    assert stamps_of(database) == TWO_STAMPS


def test_one_stamp_without_a_zone_among_others_is_found(
    database: Database, write_file: WriteFile
) -> None:
    """One row of three is counted."""
    path = write_file(HEADER, *TWO, "2024-01-02 10:30:00,10,11,9,10.5,1")
    with pytest.raises(DataError, match="1 of 3 rows have a time without a zone"):
        import_bars(database, path, "QQQ")


def test_date_and_time_in_two_columns_are_one_stamp(
    database: Database, write_file: WriteFile
) -> None:
    """As futures vendors write them."""
    rows = [f"2024-01-02,{clock},10,11,9,10.5" for clock in ("09:30", "10:00")]
    path = write_file("Date,Time,Open,High,Low,Close", *rows)
    report = import_bars(database, path, "QQQ", timezone=NEW_YORK)
    assert stamps_of(database) == TWO_STAMPS
    assert report.ignored_columns == ()


def test_clock_of_the_exchange_changes_in_summer(database: Database, write_file: WriteFile) -> None:
    """09:30 in New York is 14:30 UTC on the Friday and 13:30 on the Monday."""
    days = ("2024-03-08", "2024-03-11")
    rows = [f"{day} {clock},10,11,9,10,1" for day in days for clock in ("09:30", "10:00")]
    import_bars(database, write_file(HEADER, *rows), "QQQ", timezone=NEW_YORK)
    opens = ("2024-03-08 14:30", "2024-03-08 15:00", "2024-03-11 13:30", "2024-03-11 14:00")
    assert stamps_of(database) == [utc(moment) for moment in opens]


def test_hour_shown_twice_is_told_by_its_order(database: Database, write_file: WriteFile) -> None:
    """November 3, 2024: 01:00 comes twice in New York; shown once, nobody knows which it is."""
    clocks = ("00:30", "01:00", "01:30", "01:00", "01:30", "02:00")
    rows = [f"2024-11-03 {clock},10,11,9,10,1" for clock in clocks]
    import_bars(database, write_file(HEADER, *rows), "QQQ", timezone=NEW_YORK, calendar="24/7")
    first = utc("2024-11-03 04:30")
    assert stamps_of(database, calendar="24/7") == [first + 1800 * row for row in range(6)]
    once = write_file(HEADER, *(row for row in rows[:3]), rows[5], name="once.csv")
    told = r"2 with time that the clock skips or shows twice \(lines 3, 4\)"
    with pytest.raises(DataError, match=told):
        import_bars(database, once, "BTC", timezone=NEW_YORK, calendar="24/7")


@pytest.mark.parametrize(
    "stamps",
    [
        ("2024-07-02", "2024-07-03"),
        ("20240702", "20240703"),
        ("2024-07-02 00:00:00", "2024-07-03 00:00:00"),
        ("2024-07-02 00:00:00-04:00", "2024-07-03 00:00:00-04:00"),
        ("2024-07-02 16:00:00-04:00", "2024-07-03 16:00:00-04:00"),
        ("2024-07-02T04:00:00Z", "2024-07-03T04:00:00Z"),
        ("2024-07-02T00:00:00Z", "2024-07-03T00:00:00Z"),
        ("1719878400", "1719964800"),
        ("1719927000", "1720013400"),
    ],
)
def test_daily_rows_are_stored_with_their_sessions_opening(
    database: Database, write_file: WriteFile, stamps: tuple[str, str]
) -> None:
    """A date is the session's, with or without a zone; a moment is the session's it lies in."""
    rows = [f"{stamp},10,11,9,10.5,100" for stamp in stamps]
    report = import_bars(database, write_file(HEADER, *rows), "QQQ")
    assert report.interval == "1d"
    assert stamps_of(database, "1d") == [utc("2024-07-02 13:30"), utc("2024-07-03 13:30")]
    assert read_bars(database, "QQQ", "1d").closes_at[1] == utc("2024-07-03 17:00")


def test_daily_row_of_a_holiday_is_kept_and_not_traded(
    database: Database, write_file: WriteFile
) -> None:
    """It is counted as outside the sessions, stored, and in no hours read."""
    rows = [f"2024-07-0{day},10,11,9,10.5,1" for day in (3, 4, 5)]
    report = import_bars(database, write_file(HEADER, *rows), "QQQ")
    assert (report.taken, report.outside_session, report.sessions) == (3, 1, 2)
    assert len(stamps_of(database, "1d")) == 2
    assert stored_series(database)[0].count.n_bars == 3


def test_futures_daily_rows_keep_their_date(database: Database, write_file: WriteFile) -> None:
    """CMES: Tuesday's session opens on Monday evening."""
    rows = [f"2024-07-0{day},10,11,9,10.5,1" for day in (2, 3)]
    import_bars(database, write_file(HEADER, *rows), "QQQ", calendar="CMES")
    assert stamps_of(database, "1d", "CMES") == [utc("2024-07-01 22:00"), utc("2024-07-02 22:00")]


@pytest.mark.parametrize(
    ("clocks", "interval"),
    [
        (("09:30", "09:31", "09:32"), "1m"),
        (("09:30", "09:31", "09:32", "09:40"), "1m"),
        (("09:30", "10:30", "11:30"), "1h"),
    ],
)
def test_interval_is_the_most_common_step(
    database: Database, write_file: WriteFile, clocks: tuple[str, ...], interval: str
) -> None:
    """Missing minutes do not change it."""
    rows = [f"2024-01-02 {clock}-05:00,10,11,9,10,1" for clock in clocks]
    assert import_bars(database, write_file(HEADER, *rows), "QQQ").interval == interval


def test_four_hour_bars_of_a_stock_step_four_and_twenty_hours(
    database: Database, write_file: WriteFile
) -> None:
    """Half of the steps are nights; the bars are of four hours all the same."""
    days = ("2024-01-02", "2024-01-03", "2024-01-04")
    rows = [f"{day} {clock}-05:00,10,11,9,10,1" for day in days for clock in ("09:30", "13:30")]
    assert import_bars(database, write_file(HEADER, *rows), "QQQ").interval == "4h"


def test_wrong_interval_is_refused(database: Database, write_file: WriteFile) -> None:
    """What was asked for and what the file has are both named."""
    with pytest.raises(DataError, match="--interval says 5m, but bars are mostly 30m apart"):
        import_bars(database, write_file(HEADER, *TWO), "QQQ", interval="5m")
    with pytest.raises(DataError, match="one bar does not tell its interval"):
        import_bars(database, write_file(HEADER, TWO[0]), "QQQ")
    assert import_bars(database, write_file(HEADER, TWO[0]), "QQQ", interval="1h").taken == 1


def test_weekly_bars_have_no_place(database: Database, write_file: WriteFile) -> None:
    """Nor do steps of seconds."""
    weekly = [f"2024-01-{day:02},10,11,9,10,1" for day in (1, 8, 15, 22)]
    with pytest.raises(DataError, match="604,800 seconds apart; expected whole minutes"):
        import_bars(database, write_file(HEADER, *weekly), "QQQ", interval="1d")


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"symbol": "Q Q"}, "symbol: expected"),
        ({"interval": "30 minutes"}, "interval: expected"),
        ({"timezone": "New York"}, "timezone: expected a name such as America/New_York or UTC"),
        ({"timezone": "America/NewYork"}, 'did you mean "America/New_York"'),
        ({"calendar": "XNSY"}, "calendar: expected"),
    ],
)
def test_wrong_wishes_are_refused_in_one_line(
    database: Database, write_file: WriteFile, how: dict[str, Any], told: str
) -> None:
    """Each is named with what would do."""
    with pytest.raises(ConfigError, match=told) as caught:
        import_bars(database, write_file(HEADER, *TWO), **{"symbol": "QQQ", **how})
    assert "\n" not in str(caught.value)


def _compressed(path: Path, content: bytes) -> None:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("bars.csv", content)
    else:
        path.write_bytes(gzip.compress(content))


@pytest.mark.parametrize("name", ["bars.csv.gz", "bars.csv.zip", "misnamed.csv"])
def test_compressed_files_are_told_by_content(
    database: Database, tmp_path: Path, name: str
) -> None:
    """gzip and zip, also under a plain name."""
    _compressed(tmp_path / name, "\n".join([HEADER, *TWO]).encode())
    import_bars(database, tmp_path / name, "QQQ")
    assert stamps_of(database) == TWO_STAMPS


@pytest.mark.parametrize("indexed", [True, False])
@pytest.mark.parametrize("zone", [NEW_YORK, "UTC"])
def test_parquet_with_a_zone_is_understood(
    database: Database, tmp_path: Path, indexed: bool, zone: str
) -> None:
    """The time as a column or as the index, in any zone."""
    times = pd.to_datetime(TWO_STAMPS, unit="s", utc=True).tz_convert(zone)
    prices = {"Open": [10.0, 10.0], "High": [11.0, 11.0], "Low": [9, 9], "Close": [10.5, 10.25]}
    frame = pd.DataFrame(prices, index=times)
    if not indexed:
        frame = frame.rename_axis("timestamp").reset_index()
    frame.to_parquet(tmp_path / "bars.parquet")
    import_bars(database, tmp_path / "bars.parquet", "QQQ")
    assert stamps_of(database) == TWO_STAMPS
    assert read_bars(database, "QQQ", "30m").volume.tolist() == [0.0, 0.0]


def test_parquet_without_a_zone_needs_one(database: Database, tmp_path: Path) -> None:
    """The same law as for text, and rows are named as rows."""
    times = pd.to_datetime(["2024-01-02 09:30", "2024-01-02 10:00"])
    prices = {"open": [10.0, np.nan], "high": [11.0, 11.0], "low": [9, 9], "close": [10.5, 10.25]}
    pd.DataFrame({"date": times, **prices}).to_parquet(tmp_path / "bars.parquet")
    with pytest.raises(DataError, match="without a zone"):
        import_bars(database, tmp_path / "bars.parquet", "QQQ")
    with pytest.raises(DataError, match=r"1 with price missing or not a number \(row 2\)"):
        import_bars(database, tmp_path / "bars.parquet", "QQQ", timezone=NEW_YORK)


def test_columns_left_out_are_named(database: Database, write_file: WriteFile) -> None:
    """Columns that are no part of a bar are listed; Adj Close becomes factors."""
    header = "Date,Open,High,Low,Close,Adj Close,Volume,vwap"
    rows = [f"2024-07-0{day},10,11,9,10.5,8,,1" for day in (2, 3)]
    report = import_bars(database, write_file(header, *rows), "QQQ")
    assert report.ignored_columns == ("vwap",)
    text = "\n".join(report.lines())
    assert "adj_close = Adj Close; " in report.taken_for
    assert report.taken_for.endswith("left out: vwap")
    assert "2 bars without a volume: taken as 0" in text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"timestamp,open,high,low,close\n", "holds no bars"),
        (b"\n\n\n", "."),
        (b"a,b\n1,2\n", "no open, high, low, close, timestamp; found 'a', 'b'"),
        (b"timestamp,open,high,low\n2024-01-02,1,1,1\n", "no close; found"),
        (b"open,high,low,close\n1,1,1,1\n", "no timestamp; found"),
        (b"\x00\x01\x02\xff\xfe" * 50, "."),
        (bytes(range(256)) * 20, "."),
        (
            gzip.compress(b"timestamp,open\n" * 500, mtime=0)[:40],
            "is not a readable gzip file: cut short or damaged",
        ),
        (b"PK\x03\x04 not a zip", "is not a readable zip file"),
        (b"PAR1 not parquet", "is not a readable Parquet file"),
        (
            b"timestamp,open,high,low,close\n2024-01-02,1,1,1,1,7\n",
            "line 2 has 6 cells; expected 5",
        ),
        (b"timestamp,open,high,low,close\n01/02/2024,1,1,1,1\n", "01/02/2024.*--dates day-first"),
        (
            b"timestamp,open,Open,high,low,close\n2024-01-02,1,1,1,1,1\n",
            "two columns could be open",
        ),
        (
            b"symbol,timestamp,open,high,low,close\nA,2024-01-02,1,1,1,1\nB,2024-01-02,1,1,1,1\n",
            "several instruments .A, B.",
        ),
    ],
)
def test_unreadable_file_is_one_line(
    database: Database, tmp_path: Path, content: bytes, told: str
) -> None:
    """Empty, binary, cut short, another format, columns missing: named, and nothing is stored."""
    path = tmp_path / "bars.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=told) as caught:
        import_bars(database, path, "QQQ")
    message = str(caught.value)
    assert message.startswith(str(path)) and "\n" not in message and message.isprintable()
    assert stored_series(database) == []


def test_missing_file_and_folder_are_one_line(database: Database, tmp_path: Path) -> None:
    """Said as what they are."""
    with pytest.raises(DataError, match=r"none\.csv: no such file"):
        import_bars(database, tmp_path / "none.csv", "QQQ")
    with pytest.raises(DataError, match="is a folder"):
        import_bars(database, tmp_path, "QQQ")


def test_file_called_demo_is_not_synthetic(database: Database, write_file: WriteFile) -> None:
    """Only synthetic bars have the source of synthetic bars."""
    import_bars(database, write_file(HEADER, *TWO, name="demo"), "QQQ")
    assert read_bars(database, "QQQ", "30m").source == "file demo"
