"""Lean's data zips: what their names say, and prices exact to the last bit."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pandas as pd
import pytest

from infrastructure.errors import DataError
from infrastructure.market_data.files.lean import is_lean_zip, read_lean

DAYS = "20240102 00:00,4054300,4061000,4050000,4055000,1000\n20240103 00:00,1,2,1,2,0\n"
HOURS = "20240102 09:00,4054300,4061000,4050000,4055000,1000\n"
MINUTES = (
    "34200000,4054300,4061000,4050000,4055000,1000\n34260000,4055000,4056000,4054900,4055500,7\n"
)
COINS = "0,42283.58,42300,42261,42298.61,12.5\n60000,42298,42299,42290,42291,3\n"
QUOTES = "34200000,1,2,1,2,100,1,2,1,2,100\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a test's zip is written."""
    return tmp_path / "data.zip"


def write(path: Path, **files: str) -> Path:
    """A zip of these files, named without `.csv`."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.csv", text)
    return path


def refused(path: Path) -> str:
    """The one line that a zip of Lean's is refused with."""
    with pytest.raises(DataError) as error:
        read_lean(path)
    assert str(error.value).isprintable()
    return str(error.value)


@pytest.mark.parametrize(
    ("name", "text", "begins", "interval"),
    [
        ("qqq", DAYS, "2024-01-02 00:00", "1d"),
        ("qqq", HOURS, "2024-01-02 09:00", "1h"),
        ("20240102_qqq_minute_trade", MINUTES, "2024-01-02 09:30", "1m"),
        ("20240102_qqq_second_trade", MINUTES, "2024-01-02 09:30", ""),
    ],
)
def test_equities(path: Path, name: str, text: str, begins: str, interval: str) -> None:
    """Ten-thousandths of dollars at New York's clock; the day of minutes is in the name."""
    write(path, **{name: text})
    assert is_lean_zip(path)
    table = read_lean(path)
    row = table.frame.iloc[0]
    assert row["timestamp"] == pd.Timestamp(begins)
    assert [*row[1:]] == [405.43, 406.1, 405.0, 405.5, 1_000.0]
    told = table.facts
    assert (told.symbol, told.interval, told.timezone) == ("QQQ", interval, "America/New_York")
    assert (told.stamps_at, told.adjusted) == ("start", "none")
    assert (table.place_name, table.first_place, len(table.frame)) == ("line", 1, text.count("\n"))
    assert told.notes == ("whole prices were divided by 10,000, as Lean keeps equities",)


def test_prices_are_the_nearest_floats(path: Path) -> None:
    """Each ten-thousandth up to 100 dollars reads as its decimal text would."""
    lines = (f"34200000,{price},{price},{price},{price},1" for price in range(0, 1_000_000, 7))
    table = read_lean(write(path, **{"20240102_qqq_minute_trade": "\n".join(lines)}))
    decimals = [float(f"{price // 10_000}.{price % 10_000:04}") for price in range(0, 1_000_000, 7)]
    assert table.frame["close"].tolist() == decimals


def test_decimal_prices_are_taken_as_they_are(path: Path) -> None:
    """Coins: whole prices among decimal ones are not divided, and the clock is UTC."""
    table = read_lean(write(path, **{"20240102_btcusd_minute_trade": COINS}))
    assert table.frame["open"].tolist() == [42283.58, 42298.0]
    assert table.frame["timestamp"].tolist() == [
        pd.Timestamp("2024-01-02 00:00"),
        pd.Timestamp("2024-01-02 00:01"),
    ]
    assert (table.facts.timezone, table.facts.symbol) == ("UTC", "BTCUSD")
    assert len(table.facts.notes) == 1


def test_what_cannot_be_read_is_missing_in_its_row(path: Path) -> None:
    """No row is dropped: the caller judges it by its line."""
    lines = (
        "34200000,x,4061000,4050000,4055000,",
        "90000000,1,1,1,1,1",
        "-1,1,1,1,1,1",
        "noon,1,1,1,1,1",
    )
    table = read_lean(write(path, **{"20240102_qqq_minute_trade": "\n".join(lines)}))
    assert table.frame["timestamp"].isna().tolist() == [False, True, True, True]
    assert np.isnan(table.frame[["open", "volume"]].iloc[0]).all()


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"20240102_qqq_minute_quote": QUOTES}, "holds no trades of one stock or pair"),
        ({"20240102_es_minute_trade_202403": MINUTES}, "holds no trades of one stock or pair"),
        ({"20240102_qqq_tick_trade": "34200000,4054300,100,P,0,0\n"}, "holds Lean ticks"),
        ({"20240102_qqq_minute_trade": QUOTES}, "lines of 11 values are Lean quotes"),
        ({"eurusd": "20240102 00:00,1.1,1.1,1.1,1.1,0,1.1,1.1,1.1,1.1,0\n"}, "are Lean quotes"),
        ({"20240102_qqq_minute_trade": "1,2,3\n"}, "expected 6 values a line, found 3"),
        ({"20240102_qqq_minute_trade": "1,2,3,4,5,6\n1,2,3,4,5,6,7\n"}, "saw 7"),
        ({"20240102_qqq_minute_trade": ""}, "is no CSV: No columns"),
        ({"20241402_qqq_minute_trade": MINUTES}, "named for a day that is none: 20241402"),
        (
            {"20240102_qqq_minute_trade": MINUTES, "20240103_qqq_minute_trade": MINUTES},
            "holds 2 files ('20240102_qqq_minute_trade.csv', '20240103",
        ),
    ],
)
def test_other_data_of_lean_is_refused(path: Path, files: dict[str, str], reason: str) -> None:
    """Recognised as Lean's, and refused with the reason."""
    assert is_lean_zip(write(path, **files))
    assert reason in refused(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("bars", "Date,Open,High,Low,Close,Volume\n20240102 00:00,1,2,1,2,0\n"),
        ("bars", "2024-01-02 00:00,1,2,1,2,0\n"),
        ("bars", "20240102 00:00;1;2;1;2;0\n"),
        ("bars", ""),
        ("../20240102_qqq_minute_trade", MINUTES),
        ("folder/qqq", DAYS),
    ],
)
def test_other_zips_are_not_lean(path: Path, name: str, text: str) -> None:
    """A zip of an ordinary CSV is the other readers'."""
    assert not is_lean_zip(write(path, **{name: text}))


def test_damaged_zips(path: Path) -> None:
    """No zip is none of Lean's; one that is damaged inside is refused in one line."""
    name = "20240102_qqq_minute_trade"
    whole = write(path, **{name: MINUTES * 50}).read_bytes()
    for damaged in (b"", b"PK\3\4", whole[:-30], whole[: len(whole) // 2]):
        path.write_bytes(damaged)
        assert not is_lean_zip(path)
    assert not is_lean_zip(path.with_name("no_such.zip"))
    start = len(name) + 40  # inside the compressed lines
    path.write_bytes(whole[:start] + bytes(10) + whole[start + 10 :])
    assert is_lean_zip(path)
    assert "is not a readable Lean zip: " in refused(path)


def test_a_zip_that_never_ends_is_cut_off(path: Path) -> None:
    """However much it unpacks to, no more than the limit is read."""
    archive = ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1)
    with archive, archive.open("qqq.csv", "w") as member:
        member.write(HOURS.encode())
        for _ in range(33):
            member.write(bytes(16 << 20))
    assert is_lean_zip(path)
    assert "holds more than 512 MB; split it" in refused(path)
