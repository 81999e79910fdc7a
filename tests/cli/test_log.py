"""The log of a command: what it holds, where it goes, and that nobody asked for is told."""

import json
import logging
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cli_setup import Shop, month_of_bars

from infrastructure import log
from infrastructure.cli.log_output import JsonLines
from infrastructure.errors import LogError

KAIROS = [sys.executable, "-W", "error", "-m", "infrastructure.cli"]
ROOT = Path(__file__).resolve().parents[2]
FULL = Path("/dev/full")
ON_UNIX = pytest.mark.skipif(sys.platform == "win32", reason="such limits are Unix's")


def lines(path: Path) -> list[dict[str, Any]]:
    """The events of a log file; fails where a line is no JSON object."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def of(path: Path, event: str) -> dict[str, Any]:
    """The one line of an event."""
    (found,) = (line for line in lines(path) if line["event"] == event)
    return found


def test_a_run_tells_its_steps_in_order(shop: Shop) -> None:
    """From the command to its end, each with the figures that it is about."""
    file = shop.folder / "log.jsonl"
    assert shop.kairos("run", shop.portfolio(), "--log-file", file).code == 0
    told = [line["event"] for line in lines(file)]
    assert list(dict.fromkeys(told)) == [
        "command begun",
        "config loaded",
        "database opened",
        "run begun",
        "bars read",
        "signals",
        "simulated",
        "accounting confirmed",
        "run stored",
        "command ended",
    ]
    assert of(file, "bars read")["bars"] == 273
    assert of(file, "run stored")["rows"]["trades"] > 0
    assert of(file, "command ended")["exit_code"] == 0


def test_every_line_of_a_run_carries_its_key(shop: Shop) -> None:
    """From its beginning to its storing, and then its number too; two runs have two keys."""
    file = shop.folder / "log.jsonl"
    for _ in range(2):
        assert shop.kairos("run", shop.portfolio(), "--log-file", file).code == 0
    began = [n for n, line in enumerate(lines(file)) if line["event"] == "run begun"]
    ended = [n for n, line in enumerate(lines(file)) if line["event"] == "run stored"]
    keys = []
    for first, last in zip(began, ended, strict=True):
        run = lines(file)[first : last + 1]
        (key,) = {line["run"] for line in run}
        assert re.fullmatch("[0-9a-f]{12}", key)
        keys.append(key)
    assert len({*keys}) == 2
    assert [lines(file)[n]["run_id"] for n in ended] == [1, 2]


def test_the_ledger_knows_a_run_by_the_same_key(shop: Shop) -> None:
    """So that a row leads to its lines, and a line to its row; a walk forward's too."""
    file, portfolio = shop.folder / "log.jsonl", shop.portfolio()
    assert shop.kairos("run", portfolio, "--log-file", file).code == 0
    walk = ("--train", "1w", "--test", "1w", "--param", "risk_reward=1,2", "--objective", "trades")
    assert shop.kairos("walk-forward", portfolio, *walk, "--log-file", file).code == 0
    logged = [
        (each["run_id"], each["run"]) for each in lines(file) if each["event"] == "run stored"
    ]
    with closing(sqlite3.connect(shop.database)) as ledger:
        stored = ledger.execute("SELECT run_id, run_key FROM run_evidence ORDER BY run_id")
        assert stored.fetchall() == logged
    assert len(logged) == 2


def test_the_error_of_a_run_carries_its_key(shop: Shop) -> None:
    """The line that ends it can be found by the same key as the lines before."""
    file = shop.folder / "log.jsonl"
    done = shop.kairos("run", shop.portfolio(symbol="SPY"), "--log-file", file)
    assert done.code == 2
    assert of(file, "error")["run"] == of(file, "run begun")["run"]
    assert of(file, "error")["message"] == done.error
    assert of(file, "error")["level"] == "error"


def test_a_line_has_its_time_in_utc_with_milliseconds(shop: Shop) -> None:
    """Sorted as text they are sorted in time."""
    file = shop.folder / "log.jsonl"
    shop.kairos("strategies", "--log-file", file)
    for line in lines(file):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
        datetime.fromisoformat(line["time"])
        assert line["process"] == os.getpid()


def test_sweeps_imports_and_refusals_are_told(shop: Shop) -> None:
    """How many trials of how many, from every thread's sweep; what was taken, and what was not."""
    file = shop.folder / "log.jsonl"
    to_log = ("--log-file", file)
    portfolio = shop.portfolio()
    sweep = ("sweep", portfolio, "--param", "risk_reward=1:2:0.5", "--workers", 2, *to_log)
    assert shop.kairos(*sweep).code == 0
    assert (of(file, "chunk stored")["trials"], of(file, "chunk stored")["of"]) == (3, 3)
    assert of(file, "sweep finished")["sweep"] == of(file, "sweep begun")["sweep"] == 1
    bars = month_of_bars(shop.folder / "spy.csv")
    shop.kairos("data", "import", bars, "--symbol", "SPY", "--interval", "30m", *to_log)
    assert of(file, "import stored")["new"] == 273
    bars.write_text(bars.read_text() + "2024-02-01T09:30:00-05:00,1,0,2,1,5\n")
    shop.kairos("data", "import", bars, "--symbol", "SPY", "--interval", "30m", *to_log)
    assert of(file, "import refused")["unfit"] == 1


@pytest.mark.parametrize("aloud", [("-v", "strategies"), ("strategies", "--verbose")])
def test_verbose_tells_the_same_on_standard_error(shop: Shop, aloud: tuple[str, ...]) -> None:
    """Short lines, the output itself unchanged; wherever the option stands."""
    plain, done = shop.kairos("strategies"), shop.kairos(*aloud)
    assert done.out == plain.out
    first, *_, last = done.err.splitlines()
    assert re.match(r"\d\d:\d\d:\d\d\.\d{3} command begun  command=kairos", first)
    assert "command ended  exit_code=0" in last


@pytest.mark.parametrize("place", [0, 2])
def test_the_log_file_may_be_named_anywhere(shop: Shop, place: int) -> None:
    """Before the command or after it: the same lines."""
    words: list[object] = ["data", "list"]
    words[place:place] = ["--log-file", "log.jsonl"]
    assert shop.kairos(*words).code == 0
    assert of(Path("log.jsonl"), "command ended")["exit_code"] == 0
    assert shop.kairos("data", "list", f"--log-file={shop.folder / 'other.jsonl'}").code == 0
    assert len(lines(shop.folder / "other.jsonl")) == len(lines(Path("log.jsonl")))


def test_the_environment_names_a_log_file(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """KAIROS_LOG_FILE, which an option goes before; what typer refuses is in it too."""
    monkeypatch.setenv("KAIROS_LOG_FILE", "log.jsonl")
    refused = shop.kairos("data", "nonsense")
    assert of(Path("log.jsonl"), "error")["message"] == refused.error
    n_lines = len(lines(Path("log.jsonl")))
    assert shop.everything("--log-file", "other.jsonl").code == 2  # there is no portfolio
    assert len(lines(Path("log.jsonl"))) == n_lines
    assert of(Path("other.jsonl"), "command begun")["command"] == "python main.py"


def test_nothing_is_told_unless_asked(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """No file, no line on standard error, no record for logging's own handlers."""
    before = sorted(shop.folder.iterdir())
    done = shop.kairos("data", "list")
    assert (done.code, done.err) == (0, "")
    assert sorted(shop.folder.iterdir()) == before
    assert caplog.records == []


def test_a_file_of_something_else_gets_no_lines(shop: Shop) -> None:
    """A database given as the log by mistake stays as it is."""
    shop.kairos("runs", "list", "--db", shop.database)
    before = shop.database.read_bytes()
    told = shop.kairos("strategies", "--log-file", shop.database)
    assert told.code == 2
    assert told.error.endswith(
        "cannot be written (it is there, and no log of kairos); give another file"
    )
    assert shop.database.read_bytes() == before


@pytest.mark.parametrize("file", ["missing/log.jsonl", ".", "a\0b"])
def test_a_file_that_cannot_be_written_is_one_line(shop: Shop, file: str) -> None:
    """Exit code 2 before anything has begun: no missing folder is made, no database."""
    shop.database.unlink()
    done = shop.kairos("data", "list", "--log-file", file)
    assert done.code == 2
    assert done.error.startswith("--log-file ")
    assert done.error.endswith("give another file")
    assert not shop.database.exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with a name")
def test_a_pipe_that_nobody_reads_is_one_line(tmp_path: Path) -> None:
    """It is not waited for: a command that hangs before its first step tells nobody why."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(LogError, match="pipe: cannot be written"):
        JsonLines(str(pipe))
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    written = JsonLines(str(pipe))
    written.emit(logging.LogRecord("kairos", logging.INFO, "", 0, "told", None, None))
    written.close()
    assert json.loads(os.read(reader, 10_000))["event"] == "told"
    os.close(reader)


@pytest.mark.skipif(not FULL.exists(), reason="this system has no full device")
def test_a_full_disk_at_the_start_is_one_line(shop: Shop) -> None:
    """The first line finds no room: nothing has begun."""
    done = shop.kairos("data", "list", "--log-file", FULL)
    assert done.code == 2
    assert "no space left on device" in done.error


WITH_A_LIMIT = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
from infrastructure.cli.start import main
sys.exit(main())
"""


@ON_UNIX
def test_a_disk_that_fills_up_later_ends_no_run(shop: Shop) -> None:
    """The run is stored; standard error says once that lines are missing."""
    file, limit = shop.folder / "log.jsonl", 64 << 20
    with file.open("wb") as opened:
        opened.write(b"{}")  # lines of runs before
        opened.truncate(limit - 1_000)
    run = ["run", str(shop.portfolio()), "--db", str(shop.database), "--log-file", str(file)]
    command = [sys.executable, "-c", WITH_A_LIMIT, str(limit), *run]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    (told,) = done.stderr.splitlines()
    assert told.startswith(f"warning: --log-file {file}: cannot be written (file too large)")
    assert file.stat().st_size == limit


def test_a_line_after_one_that_was_cut_off_begins_anew(tmp_path: Path) -> None:
    """What found room again is a whole line of its own."""
    file = tmp_path / "log.jsonl"
    output = JsonLines(str(file))
    output._cut = True
    file.write_text('{"time": "half')
    output._write(b"{}\n")
    output.close()
    assert file.read_text().splitlines() == ['{"time": "half', "{}"]


def test_processes_share_a_file_line_by_line(tmp_path: Path) -> None:
    """Three at the same time: every line is whole, none is lost."""
    file, number = tmp_path / "log.jsonl", 400
    write = (
        "from infrastructure import log\n"
        "from infrastructure.cli.log_output import listening\n"
        "from infrastructure.cli.log_options import Asked\n"
        f"with listening(Asked({str(file)!r}, False), 'many', []):\n"
        f"    for n in range({number}): log.event('line', text='x' * (n % 97) * 50)\n"
    )
    many = [subprocess.Popen([sys.executable, "-c", write], cwd=ROOT) for _ in range(3)]
    assert [each.wait() for each in many] == [0, 0, 0]
    told = lines(file)
    assert len(told) == 3 * (number + 1)
    assert len({line["process"] for line in told}) == 3


def test_fields_follow_the_work_into_its_threads() -> None:
    """What is bound here is bound where a carried function runs, and nowhere afterwards."""
    from concurrent.futures import ThreadPoolExecutor

    with log.bound(run="0123456789ab"), ThreadPoolExecutor(2) as pool:
        here = log.carried(lambda: dict(log._bound.get()))
        found = list(pool.map(lambda _: here(), range(8)))
        bare = pool.submit(lambda: dict(log._bound.get())).result()
    assert found == [{"run": "0123456789ab"}] * 8
    assert bare == {} == dict(log._bound.get())


def test_a_number_bound_outside_of_a_run_does_not_stay() -> None:
    """`bind` ends with the innermost `bound`, and does nothing without one."""
    log.bind(run_id=1)
    assert dict(log._bound.get()) == {}
    with log.bound(run="0123456789ab", sweep=None):
        log.bind(run_id=1)
        assert dict(log._bound.get()) == {"run": "0123456789ab", "run_id": 1}
    assert dict(log._bound.get()) == {}


def test_the_log_is_read_by_its_owner_alone(shop: Shop) -> None:
    """It tells of strategies and folders."""
    shop.kairos("strategies", "--log-file", "log.jsonl")
    if sys.platform != "win32":
        assert Path("log.jsonl").stat().st_mode & 0o777 == 0o600
