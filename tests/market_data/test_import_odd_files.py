"""Files that are no files of bars, or say a thing twice."""

import os
from pathlib import Path

import pytest

from infrastructure.errors import DataError
from infrastructure.market_data.bar_files import read_bar_file


def test_a_pipe_is_refused_not_waited_for(tmp_path: Path) -> None:
    """Opening a pipe without a writer would wait for ever."""
    pipe = tmp_path / "bars.csv"
    os.mkfifo(pipe)
    with pytest.raises(DataError, match="is a pipe or a device"):
        read_bar_file(pipe)


def test_a_price_given_twice_is_refused(tmp_path: Path) -> None:
    """Which of two closes is meant, only the data's owner knows."""
    path = tmp_path / "bars.csv"
    path.write_text("date,open,high,low,close,close\n2024-01-02,1,2,1,1.5,1.6\n")
    with pytest.raises(DataError, match="two columns could be close"):
        read_bar_file(path)
