"""Files that are no text are told by content, and their rows are those of a text file."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from infrastructure.errors import DataError
from infrastructure.market_data.files.opening import open_bar_file

STAMPS = pd.to_datetime(["2024-01-02 14:30", "2024-01-02 15:00", "2024-01-02 15:30"])
FRAME = pd.DataFrame(
    {
        "Date": STAMPS,
        "Open": [10.0, 10.1, 10.2],
        "High": [11.0, 11.1, 11.2],
        "Low": [9.0, 9.1, 9.2],
        "Close": [10.5, 10.6, np.nan],
        "Adj Close": [8.5, 8.6, 8.7],
        "Volume": [100, 200, 300],
        "Trades": [1, 2, 3],
    }
)


def parquet() -> bytes:
    """The frame as Parquet."""
    return FRAME.to_parquet()


def feather() -> bytes:
    """The frame as Feather."""
    memory = io.BytesIO()
    FRAME.to_feather(memory)
    return memory.getvalue()


def workbook() -> bytes:
    """The frame as a sheet of Excel."""
    memory = io.BytesIO()
    FRAME.to_excel(memory, index=False)
    return memory.getvalue()


def records() -> bytes:
    """The frame as a JSON list of records."""
    frame = FRAME.assign(Date=STAMPS.strftime("%Y-%m-%d %H:%M"))
    return frame.to_json(orient="records").encode()


@pytest.mark.parametrize("made", [parquet, feather, workbook, records])
@pytest.mark.parametrize("size", [1, 500_000])
def test_a_file_that_is_no_text_is_read_like_one(tmp_path: Path, made: object, size: int) -> None:
    """Stamps, prices, a missing price, the adjusted close; what is left out is named."""
    path = tmp_path / "bars.csv"
    path.write_bytes(made())  # type: ignore[operator]
    file = open_bar_file(path)
    chunks = list(file.chunks(size))
    assert max(map(len, chunks)) <= size
    wall = np.concatenate([chunk.stamps.wall for chunk in chunks])
    assert wall.tolist() == STAMPS.as_unit("s").astype(np.int64).tolist()
    close = np.concatenate([chunk.close for chunk in chunks])
    assert close[:2].tolist() == [10.5, 10.6] and np.isnan(close[2])
    assert np.concatenate([chunk.volume for chunk in chunks]).tolist() == [100, 200, 300]
    assert next(c.adj_close[0] for c in chunks if c.adj_close is not None) == 8.5
    place = np.concatenate([chunk.place for chunk in chunks])
    assert (np.diff(place) == 1).all()
    assert file.ignored == ("Trades",)


def test_json_in_gzip_and_in_a_zip_is_read(tmp_path: Path) -> None:
    """As answers of an API are kept."""
    path = tmp_path / "answer.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("answer.json", records())
    (rows,) = open_bar_file(path).chunks()
    assert rows.open.tolist() == [10.0, 10.1, 10.2]


def test_a_lean_zip_is_read_in_dollars(tmp_path: Path) -> None:
    """Ten-thousandths of a dollar, milliseconds since midnight in New York."""
    path = tmp_path / "20240102_trade.zip"
    with zipfile.ZipFile(path, "w") as archive:
        row = "34200000,4058400,4060900,4025000,4035800,1000\n"
        archive.writestr("20240102_qqq_minute_trade.csv", row)
    file = open_bar_file(path)
    (rows,) = file.chunks()
    assert (file.format, file.facts.symbol, file.facts.timezone) == (
        "Lean zip",
        "QQQ",
        "America/New_York",
    )
    assert rows.close.tolist() == [403.58] and not rows.stamps.zoned.any()


def test_a_table_of_text_dates_needs_their_order_too(tmp_path: Path) -> None:
    """The same law as for text files."""
    path = tmp_path / "bars.json"
    record = {"date": "01/02/2024", "open": 1, "high": 1, "low": 1, "close": 1}
    path.write_text(json.dumps([record]))
    with pytest.raises(DataError, match="--dates day-first or --dates month-first"):
        list(open_bar_file(path).chunks())
    (rows,) = open_bar_file(path, dates="day-first").chunks()
    assert rows.stamps.wall.tolist() == [int(pd.Timestamp("2024-02-01").timestamp())]


def test_a_table_of_several_instruments_is_refused(tmp_path: Path) -> None:
    """They are named."""
    path = tmp_path / "bars.parquet"
    FRAME.assign(symbol=["A", "B", "A"]).to_parquet(path)
    with pytest.raises(DataError, match=r"several instruments \(A, B\)"):
        open_bar_file(path)
