"""Run by the tests as a program of its own: a process that forks others which sweep one database.

kill FILE ROUNDS SEED: kill -9 a sweep at random moments, ROUNDS times unless it is done before;
then let it go to its end.
interrupt FILE: Ctrl-C a sweep once it has stored trials; then let one go to its end.
together FILE: two processes sweep the same at the same time.

Forking spares each child the seconds of imports. Prints a line of JSON for each child that ended by
itself: {"code", "out", "err"}.
"""

import contextlib
import io
import json
import os
import random
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

from infrastructure.cli.app import main
from infrastructure.cli.sweeping import run_sweep

IMPORTED = run_sweep
"""What the command imports: here, once for all children."""

CONFIGS = Path(__file__).resolve().parents[2] / "backtest_config"
COMMAND = [
    *("sweep", str(CONFIGS / "portfolios" / "single_qqq.json"), "--workers", "4", "--json"),
    *("--param", 'symbols=["QQQ","SPY"]', "--param", "tightness_threshold=0.05:0.5:0.05"),
    *("--param", "stop_loss.value=0:0.45:0.05", "--param", "risk_reward=0.5:4:0.5"),
    *("--param", "portfolio:risk.max_daily_risk=-1,-2,-3"),
]
N_TRIALS = 10 * 10 * 8 * 3


def swept(file: str) -> dict[str, object]:
    """What the command line comes to, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([*COMMAND, "--db", file])
    return {"code": code, "out": out.getvalue(), "err": err.getvalue()}


def fork(work: Callable[[], object]) -> int:
    """Do `work` in a child, which prints what came of it; its process id."""
    child = os.fork()
    if child:
        return child
    with contextlib.suppress(BaseException):
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.write(1, f"{json.dumps(work())}\n".encode())
        os._exit(0)
    os._exit(1)


def stored(file: str) -> int:
    """How many trials are there."""
    with contextlib.closing(sqlite3.connect(file, timeout=30)) as connection:
        return int(connection.execute("SELECT count(*) FROM trials").fetchone()[0])


def sweep_until(file: str, more_than: int, pause: float, signal_: signal.Signals) -> None:
    """A child that gets a signal soon after there are more trials than so many."""
    child = fork(lambda: swept(file))
    while stored(file) <= more_than:
        if os.waitpid(child, os.WNOHANG)[0]:
            return  # it has ended by itself, and said how
        time.sleep(0.002)
    time.sleep(pause)
    os.kill(child, signal_)  # it is ours until it is waited for
    os.waitpid(child, 0)


def kill(file: str, rounds: str, seed: str) -> None:
    """Each child is killed soon after it has stored something."""
    moments = random.Random(int(seed))
    for _ in range(int(rounds)):
        if stored(file) < N_TRIALS:
            sweep_until(file, stored(file), moments.uniform(0.0, 0.03), signal.SIGKILL)
    if not completed(file):
        os.waitpid(fork(lambda: swept(file)), 0)


def completed(file: str) -> bool:
    """Whether the sweep is."""
    with contextlib.closing(sqlite3.connect(file, timeout=30)) as connection:
        return connection.execute("SELECT status FROM sweeps").fetchone() == ("completed",)


def interrupt(file: str) -> None:
    """Ctrl-C, once the second chunk is stored."""
    sweep_until(file, 256, 0.0, signal.SIGINT)
    os.waitpid(fork(lambda: swept(file)), 0)


def together(file: str) -> None:
    """Both begin at once."""
    children = [fork(lambda: swept(file)) for _ in range(2)]
    for child in children:
        os.waitpid(child, 0)


if __name__ == "__main__":
    jobs: tuple[Callable[..., None], ...] = (kill, interrupt, together)
    {job.__name__: job for job in jobs}[sys.argv[1]](*sys.argv[2:])
