"""Command lines on the strategies in `ideas`, in this process and in one of their own."""

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IDEAS = Path(__file__).parent / "ideas"

IN_ITS_OWN_PROCESS = """
import resource, sys
from pathlib import Path
import strategies
from infrastructure.strategy_management import strategy_registry
ideas = sys.argv.pop(1)
most = int(sys.argv.pop(1))
if most:
    resource.setrlimit(resource.RLIMIT_DATA, (most, resource.RLIM_INFINITY))
strategies.__path__.append(ideas)
strategy_registry.STRATEGIES = Path(ideas)
from infrastructure.cli.start import main
sys.exit(main())
"""


def marked_line(name: str) -> int:
    """The line of `ideas` on which the strategy of this name goes wrong."""
    for path in IDEAS.glob("*.py"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(rf"# <- {name}$", line):
                return number
    raise AssertionError(name)


def configs_of(class_name: str, folder: Path, **keys: object) -> Path:
    """A portfolio of one such strategy, written below `folder`; its path."""
    strategy = {"strategy_name": "Bad", "class_name": class_name, "symbols": ["QQQ"]}
    portfolio = {
        "portfolio_name": "Strange",
        "total_capital": 100_000,
        "strategies": [{"strategy": "bad", "allocation_percentage": 100}],
        "risk": {"risk_per_trade": 0.5, "max_daily_risk": -2.0},
    }
    path = folder / "config" / "portfolios" / "strange.json"
    for file, data in (
        (folder / "config" / "strategies" / "bad.json", {**strategy, "interval": "30m", **keys}),
        (path, portfolio),
    ):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(data), encoding="utf-8")
    return path


def kairos_process(
    folder: Path, *arguments: object, most_memory: int = 0
) -> subprocess.CompletedProcess[str]:
    """`kairos ARGUMENTS` in `folder`; a minute without an end fails."""
    own = [sys.executable, "-c", IN_ITS_OWN_PROCESS, str(IDEAS), str(most_memory)]
    command = [*own, *map(str, arguments)]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "KAIROS_CACHE": str(folder / "cache")}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )


def ledger_rows(database: Path) -> int:
    """Rows of runs, strategies, sweeps and trades."""
    tables = ("backtest_runs", "algo_strategies", "sweeps", "algo_trades")
    with closing(sqlite3.connect(database)) as connection:
        counts = [connection.execute(f"SELECT count(*) FROM {each}") for each in tables]
        return sum(count for (count,) in (cursor.fetchone() for cursor in counts))
