"""`make bench`: equality first, then time, beside vectorbt and backtesting.py in one process.

Writes the table to docs/benchmarks.md. Ratios hold on any machine; seconds do not.
"""

import platform
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
warnings.filterwarnings("ignore")  # other engines' remarks on open trades are no results

from benchmarks import engines, many_runs, sweeps  # noqa: E402  # the repository must be importable first
from benchmarks.bars import data_jobs  # noqa: E402
from benchmarks.ledger import ledger_rows  # noqa: E402
from benchmarks.market import random_bars  # noqa: E402
from benchmarks.portfolio import portfolio_job  # noqa: E402
from benchmarks.processes import process_jobs  # noqa: E402
from benchmarks.ray_scaling import ray_rows  # noqa: E402

Row = tuple[str, str, float, str]


def main() -> None:
    """Check equality, measure, print and write the table."""
    check_equality()
    sweeps.check_equality()
    rows = [
        *in_process(),
        *sweeps.sweep_rows(measured),
        *ray_rows(measured),
        *market_data(),
        *ledger_rows(measured),
        *whole_processes(),
        *many_runs.list_rows(measured),
    ]
    text = table(rows)
    print(text)
    page = ROOT / "docs" / "benchmarks.md"
    page.write_text(PAGE.format(machine=machine(), table=text))


def check_equality() -> None:
    """Three engines must agree on trades and final equity to the cent."""
    bars = random_bars(5_000)
    ours, vectorbt, backtesting = (
        job(bars)
        for job in (engines.kairos_cross, engines.vectorbt_cross, engines.backtesting_cross)
    )
    for name, theirs in (("vectorbt", vectorbt), ("backtesting.py", backtesting)):
        same = ours.closed_trades == theirs.closed_trades
        if not same or abs(ours.final_equity - theirs.final_equity) > 0.01:
            raise SystemExit(f"not equal, nothing timed: Kairos {ours}, {name} {theirs}")
    print(
        f"equal to the cent in three engines: {ours.closed_trades} trades, {ours.final_equity:.2f}"
    )


def in_process() -> Iterable[Row]:
    """Jobs after warm-up, interleaved so that a busy moment hits all of them."""
    bars = random_bars(33_000)
    kairos, vectorbt, backtesting = measured(
        [
            engines.kairos_tight_candle(bars),
            engines.vectorbt_tight_candle(bars),
            engines.backtesting_tight_candle(bars),
        ],
        repeats=(41, 41, 3),
    )
    job = "one strategy, 33,000 bars, signals to figures"
    yield job, "Kairos, every rule on", kairos, "at most 5 ms"
    yield job, "vectorbt from_signals (Rust), no limits", vectorbt, f"{vectorbt / kairos:.1f} x"
    yield job, "backtesting.py, no limits", backtesting, f"{backtesting / kairos:.0f} x"
    million = random_bars(1_000_000)
    (seconds,) = measured([engines.kairos_tight_candle(million)], repeats=(9,))
    yield "one strategy, 1,000,000 bars", "Kairos, every rule on", seconds, "at most 60 ms"
    (seconds,) = measured([portfolio_job(20, 100_000)], repeats=(7,))
    yield "20 strategies on one account, 100,000 bars each", "Kairos", seconds, "at most 500 ms"


def market_data() -> Iterable[Row]:
    """Files into the store and back; each peer after the job of ours that it is held against."""
    with tempfile.TemporaryDirectory() as folder:
        jobs = data_jobs(Path(folder))
        times = measured([run for *_, run, _ in jobs], repeats=(5,) * len(jobs))
        ours: dict[str, float] = {}
        for (job, name, _, goal), seconds in zip(jobs, times, strict=True):
            if job in ours:
                goal = f"{seconds / ours[job]:.1f} x"
            ours.setdefault(job, seconds)
            yield job, name, seconds, goal


def whole_processes() -> Iterable[Row]:
    """Fresh processes, from the second on."""
    with tempfile.TemporaryDirectory() as folder:
        jobs = process_jobs(Path(folder))
        times = measured([command_job(command) for _, command in jobs], repeats=(7,) * len(jobs))
    (_, help_time), (name, kairos), *others = zip((name for name, _ in jobs), times, strict=True)
    yield "kairos --help", "whole process", help_time, "at most 400 ms"
    yield "kairos run, 33,000 stored bars", name, kairos, "no slower than backtesting.py"
    for name, seconds in others:
        yield "the same job without a ledger", name, seconds, f"{seconds / kairos:.1f} x"


def command_job(command: list[str]) -> Callable[[], object]:
    """Run a command, insisting on its success."""
    return lambda: subprocess.run(command, check=True, capture_output=True, cwd=ROOT)


def measured(jobs: list[Callable[[], object]], repeats: tuple[int, ...]) -> list[float]:
    """Median seconds of each job, after one run that warms up; in turn, A B C A B C."""
    for job in jobs:
        job()
    times: list[list[float]] = [[] for _ in jobs]
    for turn in range(max(repeats)):
        for job, found, wanted in zip(jobs, times, repeats, strict=True):
            if turn < wanted:
                start = time.perf_counter()
                job()
                found.append(time.perf_counter() - start)
    return [statistics.median(found) for found in times]


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| job | engine | median | goal, or ratio to Kairos |", "|---|---|---|---|"]
    lines += [
        f"| {job} | {name} | {seconds * 1e3:,.1f} ms | {goal} |"
        for job, name, seconds, goal in rows
    ]
    return "\n".join(lines)


def machine() -> str:
    """What the figures were measured on."""
    return f"{platform.machine()}, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}"


PAGE = """# Benchmarks

Made by `make bench` ({machine}). Data and seed are fixed; before anything is timed, Kairos,
vectorbt and backtesting.py must agree to the cent on a moving-average cross. Medians of
interleaved runs in one process; the machine is shared, so trust the ratios.

{table}

The other engines run without the daily limit, session ends, refusals and double accounting that
Kairos does in its figure.
"""

if __name__ == "__main__":
    main()
