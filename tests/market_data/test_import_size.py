"""A file that is far too long for memory, taken in a process of its own."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import rmtree

import pytest
from bar_rows import utc

N_BARS = 5_000_000
HOLE = 1_000
FIRST = utc("2010-01-01 00:00")
LAST = FIRST + 60 * (N_BARS + HOLE - 1)
DAYS = -(-(N_BARS + HOLE) // 1_440)

IMPORT = """
import resource, sys
from infrastructure.cli.app import main
code = main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
sys.exit(code)
"""
FROM_A_SMALL_PROCESS = ["sh", "-c", '"$@"; exit $?', "sh"]
"""A peak is handed on from the starting process to the started one: that of a shell is small."""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that is emptied at once: its gigabyte does not wait for pytest's third next run."""
    place = tmp_path / "large"
    place.mkdir()
    yield place
    rmtree(place)


def write_minutes(path: Path) -> None:
    """Bars of a market that is always open, a minute each, a hole of 1,000 in the middle."""
    cells = [f"{10 + n % 97 / 100:.2f},11,9.5,{10 + n % 89 / 100:.2f},{n}" for n in range(97 * 89)]
    with path.open("w", encoding="utf-8") as file:
        file.write("time,open,high,low,close,volume\n")
        for start in range(0, N_BARS, 100_000):
            rows = range(start, start + 100_000)
            late = 60 * HOLE if start >= N_BARS // 2 else 0
            file.writelines(f"{FIRST + late + 60 * n},{cells[n % len(cells)]}\n" for n in rows)


@pytest.mark.nightly
@pytest.mark.skipif(sys.platform != "linux", reason="other systems count other pages")
def test_five_million_rows_need_less_than_900_megabytes(folder: Path) -> None:
    """The import ends well, every bar is stored and counted, the hole is seen."""
    path, database = folder / "btc.csv", folder / "kairos.db"
    write_minutes(path)
    words = ("data", "import", path, "--symbol", "BTC", "--db", database)
    done = subprocess.run(
        [*FROM_A_SMALL_PROCESS, sys.executable, "-c", IMPORT, *map(str, words)],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    *report, peak = done.stdout.splitlines()
    assert f"{N_BARS:,} new, 0 unchanged, 0 replaced, 0 refused" in report
    assert int(peak) < 900e6
    columns = "n_bars, first_bar, last_bar, sessions, missing_sessions, missing_bars, outside"
    with closing(sqlite3.connect(database)) as connection:
        (series,) = connection.execute(f"SELECT {columns} FROM bar_series")
        (stored,) = connection.execute("SELECT count(*), sum(volume) FROM market_bars")
    missing = 1_440 * DAYS - N_BARS
    assert series == (N_BARS, FIRST, LAST, DAYS, 0, missing, 0)
    assert stored == (N_BARS, sum(n % (97 * 89) for n in range(N_BARS)))
