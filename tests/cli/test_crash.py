"""How a bug, a lack of memory and a request to end are told: what was kept, and how to go on."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from cli_setup import Shop

import strategies
from infrastructure.strategy_management import strategy_registry

ROOT = Path(__file__).resolve().parents[2]
KAIROS = [sys.executable, "-W", "error", "-m", "infrastructure.cli"]
BROKEN = """
from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy


class Fault(BaseException):
    pass


class Broken(VectorBTStrategy):
    sound: int = 0

    def signals(self, bars):
        password = "never shown"
        if not self.sound:
            raise Fault("outside of Exception")
        return super().signals(bars)

    def generate_signals(self, bars):
        return Signals(long=bars.close > bars.open)
"""


@pytest.fixture
def broken(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A portfolio of a strategy that fails in Kairos's own part: `signals`, which calls its code.

    What the code in `generate_signals` raises is one line (tests/strangers).
    """
    folder = shop.folder / "strategies"
    folder.mkdir()
    (folder / "broken.py").write_text(BROKEN, encoding="utf-8")
    monkeypatch.setattr(strategy_registry, "STRATEGIES", folder)
    monkeypatch.setattr(strategies, "__path__", [str(folder)])
    monkeypatch.delitem(sys.modules, "strategies.broken", raising=False)
    monkeypatch.setattr("infrastructure.research.sweeps.configs._CLASSES", {})
    return portfolio(shop, "broken", sound=0)


def portfolio(shop: Shop, name: str, sound: int) -> Path:
    """One of that strategy."""
    path = shop.portfolio(name)
    config = shop.folder / "config" / "strategies" / f"{name}.json"
    changed = json.loads(config.read_text())
    indicator = {"name": "Broken", "parameters": {"sound": sound}}
    config.write_text(json.dumps(changed | {"class_name": "Broken", "indicator": indicator}))
    return path


def count(shop: Shop, table: str) -> int:
    """Rows of a table."""
    with closing(sqlite3.connect(shop.database)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_a_crash_tells_what_was_kept_and_how_to_go_on(shop: Shop, broken: Path) -> None:
    """The traceback first, then a line each; exit code 1, and nothing is stored."""
    done = shop.kairos("run", broken, "--log-file", "log.jsonl")
    assert (done.code, done.out) == (1, "")
    trace, _, told = done.err.rpartition("\n\n")
    assert trace.startswith("Traceback")
    assert "broken.py" in trace and "Fault: outside of Exception" in trace
    assert "never shown" not in done.err  # a value of the frame that failed
    crash, kept, go_on, report = told.splitlines()
    assert crash.startswith("crash: a bug, in Kairos or in a strategy's own code (Fault in ")
    assert crash.endswith("broken.py, line 16)")
    assert kept == "kept: nothing of this command was stored"
    assert go_on.startswith("go on: what was stored before is untouched")
    assert report.startswith("report: ")
    assert report.endswith("; the log is in log.jsonl")
    assert count(shop, "backtest_runs") == 0


def test_a_crash_is_in_the_log_with_its_run(shop: Shop, broken: Path) -> None:
    """The whole traceback on one line, under the key of the run that it ended."""
    shop.kairos("run", broken, "--log-file", "log.jsonl")
    lines = [json.loads(line) for line in Path("log.jsonl").read_text().splitlines()]
    (crash,) = (line for line in lines if line["event"] == "crash")
    (begun,) = (line for line in lines if line["event"] == "run begun")
    assert crash["run"] == begun["run"]
    assert crash["kind"] == "Fault"
    assert crash["traceback"].startswith("Traceback")
    assert lines[-1]["exit_code"] == 1


def test_a_crash_names_the_runs_that_were_stored_before_it(shop: Shop, broken: Path) -> None:
    """Of several portfolios the first stays, and the line says under which number."""
    portfolio(shop, "alone", sound=1)
    done = shop.everything()
    assert done.code == 1
    assert "kept: run 1 is stored in kairos.db\n" in done.err
    assert count(shop, "backtest_runs") == 1


def test_a_crash_in_a_sweep_names_the_trials_that_are_stored(shop: Shop, broken: Path) -> None:
    """The ledger has as many as the line says; the same command would go on behind them."""
    axes = ("--param", "sound=1,0", "--param", "risk_reward=1:4:0.01")
    done = shop.kairos("sweep", broken, *axes, "--workers", 1)
    assert done.code == 1
    assert count(shop, "trials") == 256
    assert "kept: sweep 1 has 256 of 602 trials; the same command goes on\n" in done.err


NO_MEMORY = """
import sys
class Full:
    def find_spec(self, name, path=None, target=None):
        if name == "infrastructure.core.backtest":
            raise MemoryError
sys.meta_path.insert(0, Full())
from infrastructure.cli.start import main
sys.exit(main())
"""


def test_no_memory_is_one_line_and_what_was_kept(shop: Shop) -> None:
    """Exit code 2, advice, no traceback: the user can put it right."""
    run = ["run", str(shop.portfolio()), "--db", str(shop.database)]
    command = [sys.executable, "-c", NO_MEMORY, *run]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    error, kept = done.stderr.splitlines()
    assert error.startswith("error: not enough memory: give it less at a time")
    assert kept == "kept: nothing of this command was stored"


@pytest.mark.skipif(sys.platform == "win32", reason="there nobody is asked to end")
def test_a_request_to_end_ends_like_an_interrupt(shop: Shop) -> None:
    """SIGTERM while a run waits for a locked database: code 143, one line, no run."""
    log = shop.folder / "log.jsonl"
    run = ["run", str(shop.portfolio()), "--db", str(shop.database), "--log-file", str(log)]
    with closing(sqlite3.connect(shop.database, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with subprocess.Popen(
            [*KAIROS, *run], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            while not (log.exists() and "accounting confirmed" in log.read_text()):
                assert process.poll() is None
                time.sleep(0.02)
            time.sleep(2.0)  # its evidence is gathered, file by file; then it waits
            process.send_signal(signal.SIGTERM)
            holder.execute("ROLLBACK")
            out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (143, "")
    assert err == "terminated: nothing of what was unfinished was stored\n"
    assert count(shop, "backtest_runs") == 0


TERMINATED_IMPORT = """
import signal, sys
class Request:
    def find_spec(self, name, path=None, target=None):
        if name == "typer":
            signal.raise_signal(signal.SIGTERM)
sys.meta_path.insert(0, Request())
from infrastructure.cli.start import main
sys.exit(main())
"""


def test_a_request_to_end_while_modules_load_is_one_line() -> None:
    """Right after its start: exit code 143 and no traceback."""
    command = [sys.executable, "-c", TERMINATED_IMPORT]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (143, "")
    assert done.stderr == "terminated: nothing of what was unfinished was stored\n"
