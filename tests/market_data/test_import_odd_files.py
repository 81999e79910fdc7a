"""Files that are no files of bars, or say a thing twice."""

import os
from pathlib import Path

import pytest

from infrastructure.errors import DataError
from infrastructure.market_data.files.opening import open_bar_file


def test_a_pipe_is_refused_not_waited_for(tmp_path: Path) -> None:
    """Opening a pipe without a writer would wait for ever."""
    pipe = tmp_path / "bars.csv"
    os.mkfifo(pipe)
    with pytest.raises(DataError, match="is a pipe or a device"):
        open_bar_file(pipe)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no such device")
def test_a_device_is_refused_not_read() -> None:
    """It would never end."""
    with pytest.raises(DataError, match="/dev/zero: is a pipe or a device"):
        open_bar_file(Path("/dev/zero"))


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ("close", "close: 'close' and 'close'; remove one"),
        ("Close", "close: 'close' and 'Close'; remove one"),
        (" <CLOSE>", "close: 'close' and ' <CLOSE>'; remove one"),
        ("Date", "date: 'date' and 'Date'; remove one"),
        ("vol", "volume: 'volume' and 'vol'; remove one"),
        ("Symbol", "symbol: 'symbol' and 'Symbol'; remove one"),
    ],
)
def test_a_column_given_twice_is_refused(tmp_path: Path, more: str, found: str) -> None:
    """Which of two closes is meant, only the data's owner knows; the same in any spelling."""
    path = tmp_path / "bars.csv"
    header = "date,open,high,low,close,volume,symbol"
    path.write_text(f"{header},{more}\n2024-01-02,1,2,1,1.5,9,Q,2\n")
    with pytest.raises(DataError) as refusal:
        open_bar_file(path)
    assert str(refusal.value) == f"{path}: two columns could be {found}"


@pytest.mark.parametrize(
    "document",
    [
        '{"chart": {"result": null, "error": null}}',
        '{"chart": {"result": []}}',
        '{"Meta Data": 3, "Time Series (Daily)": {}}',
        '{"result": {"XXBTZUSD": [1, 2]}}',
        '{"columns": 1, "data": 2}',
        "[[1, 2, 3, 4, 5], 7]",
    ],
)
def test_an_answer_with_its_keys_alone_is_refused_in_one_line(
    tmp_path: Path, document: str
) -> None:
    """A provider's keys promise a shape that the values below them need not have."""
    path = tmp_path / "bars.json"
    path.write_text(document)
    with pytest.raises(DataError, match=r"bars\.json: "):
        open_bar_file(path)
