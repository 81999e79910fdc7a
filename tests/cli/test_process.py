"""Whole processes: what is imported, what a gone reader and an interrupt come to."""

import _thread
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from cli_setup import Shop

KAIROS = [sys.executable, "-W", "error", "-m", "infrastructure.cli"]
ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"alembic", "exchange_calendars", "pandas", "plotly", "matplotlib", "vectorbt", "pyarrow"}
HEAVY |= {"alpaca", "arch", "yfinance"}


def imported(*arguments: str) -> set[str]:
    """Modules that a command imports."""
    command = [sys.executable, "-X", "importtime", "-m", "infrastructure.cli", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    lines = done.stderr.splitlines()
    return {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}


def test_help_imports_no_engine() -> None:
    """It is there at once: neither numpy nor a database nor a model of a config is loaded."""
    slow = {"numpy", "numba", "sqlalchemy", "rich", "infrastructure.core", *HEAVY}
    assert imported("--help") & slow == set()


def test_a_run_imports_nothing_that_it_does_not_need(shop: Shop) -> None:
    """On stored bars, with a calendar that is stored too."""
    run = ("run", str(shop.portfolio()), "--db", str(shop.database))
    assert imported(*run) & {"sqlalchemy.orm", *HEAVY} == set()


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
def test_a_reader_that_has_gone_is_no_error() -> None:
    """As in `kairos strategies | head -1`: no traceback."""
    with subprocess.Popen(
        [*KAIROS, "schema"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()
    assert told == b""
    assert process.returncode == 1


def test_an_interrupt_says_that_nothing_was_stored(shop: Shop) -> None:
    """Ctrl-C while the run waits for a locked database: exit code 130, one line, no run."""
    path = shop.portfolio()
    holder = sqlite3.connect(shop.database, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")

    def interrupt() -> None:
        _thread.interrupt_main()
        holder.execute("ROLLBACK")

    timer = threading.Timer(1.0, interrupt)
    timer.start()
    done = shop.kairos("run", path)
    timer.join()
    assert (done.code, done.out) == (130, "")
    assert done.err == "interrupted: nothing of what was unfinished was stored\n"
    assert holder.execute("SELECT count(*) FROM backtest_runs").fetchone() == (0,)
    holder.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_behind_the_output_is_one_line() -> None:
    """The line says what became of the run; there is no traceback."""
    command = [sys.executable, "-m", "infrastructure.cli", "schema", "strategy"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == (
        "error: the output could not be written: no space left; a stored run stays stored\n"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_run_whose_report_finds_no_room_stays_stored(shop: Shop) -> None:
    """Exit code 2 and the same line; the ledger has the run."""
    command = [*KAIROS, "run", str(shop.portfolio()), "--db", str(shop.database), "--json"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr.endswith("no space left; a stored run stays stored\n")
    assert done.stderr.count("\n") == 1
    ledger = sqlite3.connect(shop.database)
    assert ledger.execute("SELECT count(*) FROM backtest_runs").fetchone() == (1,)
    ledger.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such shell")
@pytest.mark.parametrize(("command", "code"), [("strategies", 0), ("schema", 0), ("nonsense", 2)])
def test_a_closed_output_changes_no_exit_code(command: str, code: int) -> None:
    """As in `kairos strategies >&-`."""
    shell = ["sh", "-c", 'exec "$@" >&-', "sh", *KAIROS, command]
    done = subprocess.run(shell, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == code
    assert done.stderr.count("\n") == (1 if code else 0)


INTERRUPTED_IMPORT = """
import signal, sys
class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == "typer":
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Interrupt())
"""
INTERRUPTED_END = """
import atexit, signal
atexit.register(signal.raise_signal, signal.SIGINT)
"""
START = """
import sys
from infrastructure.cli.start import main
sys.exit(main())
"""
MAIN = "import runpy; runpy.run_path('main.py', run_name='__main__')"


@pytest.mark.parametrize("begin", [START, MAIN])
def test_an_interrupt_while_modules_load_is_one_line(begin: str) -> None:
    """Ctrl-C right after Enter: exit code 130 and no traceback."""
    command = [sys.executable, "-c", INTERRUPTED_IMPORT + begin]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "interrupted: nothing of what was unfinished was stored\n"


def test_an_interrupt_after_the_work_is_done_changes_nothing() -> None:
    """What was printed and stored is done: the exit code says so."""
    command = [sys.executable, "-c", INTERRUPTED_END + START, "schema"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("{")
