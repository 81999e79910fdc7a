"""A ledger of 100,000 runs and 10,000,000 trades, and how long it takes to list them."""

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from infrastructure.core.config import IndicatorConfig, StrategyConfig
from infrastructure.database.engine import open_database
from infrastructure.ledger.asking.filters import RunFilter
from infrastructure.ledger.asking.listing import list_runs
from infrastructure.strategy_management.strategy_creation import StrategyCreation

N_RUNS, TRADES_OF_EACH, N_STRATEGIES = 100_000, 100, 1_000
SYMBOLS = ("QQQ", "SPY", "IWM", "DIA", "AAPL")
EVERY_TAGGED = 50

LISTS: tuple[tuple[str, dict[str, Any], tuple[str, ...]], ...] = (
    ("the newest", {}, ()),
    (
        '--where "sharpe > 1" --symbol QQQ --sort -sharpe',
        {"asked": RunFilter("sharpe > 1", symbols=("QQQ",)), "sort": "-sharpe"},
        ("--where", "sharpe > 1", "--symbol", "QQQ", "--sort", "-sharpe"),
    ),
    (
        "--tag candidate",
        {"asked": RunFilter(tags=("candidate",))},
        ("--tag", "candidate"),
    ),
)
"""Of each its name, the arguments of `list_runs`, and those of the command."""

Measured = Callable[..., list[float]]

# Numbers that look random and are the same each time: row i of n, times a prime, by another.
_RUNS = """
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :n_runs)
INSERT INTO backtest_runs SELECT
    i + 1, datetime(1700000000 + 60 * i, 'unixepoch'), 'completed',
    'portfolio ' || (i % 50), 'backtest', :portfolio, '0.1.0', '1.2.0', :fingerprint, 'stop_first',
    i % 20 = 0, '2015-01-02 14:30:00', '2024-12-31 20:30:00', i * 7919 % 100003 - 40000.0,
    i * 7919 % 100003 + 60000.0, (i * 7919 % 4001 - 1600) / 100.0,
    CASE WHEN i % 97 THEN (i * 7919 % 4001 - 1500) / 1000.0 END, (i * 104729 % 5003 - 1500) / 1e3,
    (i * 15485863 % 4001) / 100.0, :trades, (i * 32452843 % 6007) / 100.0,
    (i * 49979687 % 3001) / 1e3, (i * 67867967 % 901 - 300) / 1e3, (i * 86028121 % 5003) / 1e3,
    10.5, -2.0, 40, 3, :figures
FROM n
"""
_ALLOCATIONS = """
INSERT INTO backtest_strategy_allocations
SELECT run_id, 1, run_id % :n_strategies + 1, 100.0, :figures FROM backtest_runs
"""
_TRADES = """
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :n_runs * :trades)
INSERT INTO algo_trades SELECT
    i + 1, i / :trades + 1, (i / :trades + 1) % :n_strategies + 1, 1, 'backtest', 'QQQ',
    CASE i % 3 WHEN 0 THEN 'short' ELSE 'long' END, 'etf',
    datetime(1420209000 + i % :trades * 86400, 'unixepoch'),
    date(1420209000 + i % :trades * 86400, 'unixepoch'),
    datetime(1420210800 + i % :trades * 86400, 'unixepoch'),
    date(1420209000 + i % :trades * 86400, 'unixepoch'),
    datetime(1420214400 + i % :trades * 86400, 'unixepoch'),
    400.0, 401.5, 399.0, 402.0, 10.0, 4000.0, 60.0, 1, (i * 7919 % 301 - 130) / 10.0, 1.0, 0.5,
    10.0, (i * 7919 % 301 - 130) / 100.0, 0.5, 0.02, 0.4, 1.8, 'target', 0, ''
FROM n
"""
_TAGS = """
INSERT INTO run_tags SELECT run_id, 'candidate' FROM backtest_runs WHERE run_id % :every = 0
"""


def list_rows(measured: Measured) -> Iterable[tuple[str, str, float, str]]:
    """Rows of the table: each list as a function and as a process, and an empty ledger's."""
    job = f"kairos runs list, {N_RUNS:,} runs, {N_RUNS * TRADES_OF_EACH:,} trades"
    with tempfile.TemporaryDirectory() as folder:
        many, none = Path(folder) / "many.db", Path(folder) / "none.db"
        make_ledger(many)
        open_database(none).close()
        with closing(open_database(many)) as database:
            functions = [_function(database, arguments) for _, arguments, _ in LISTS]
            times = measured(functions, repeats=(9,) * len(functions))
        for (name, *_), seconds in zip(LISTS, times, strict=True):
            yield job, f"{name}: the function", seconds, "at most 300 ms"
        start = _process(none, ())
        commands = [start, *(_process(many, options) for *_, options in LISTS)]
        times = measured(commands, repeats=(9,) * len(commands))
        yield "kairos runs list, an empty ledger", "whole process", times[0], "start-up"
        for (name, *_), seconds in zip(LISTS, times[1:], strict=True):
            rest = f"{(seconds - times[0]) * 1e3:,.0f} ms beyond the start-up"
            yield job, f"{name}: whole process", seconds, rest


def _function(database: Any, arguments: dict[str, Any]) -> Callable[[], object]:
    return lambda: list_runs(database, **arguments)


def _process(path: Path, options: Sequence[str]) -> Callable[[], object]:
    command = [sys.executable, "-m", "infrastructure.cli", "runs", "list", *options]
    root = Path(__file__).resolve().parents[1]
    arguments = [*command, "--db", str(path)]
    return lambda: subprocess.run(arguments, check=True, capture_output=True, cwd=root)


def make_ledger(path: Path, n_runs: int = N_RUNS, n_strategies: int = N_STRATEGIES) -> None:
    """A database of so many runs of one strategy each, with the widths that rows really have."""
    database = open_database(path)
    creation = StrategyCreation(database)
    for number in range(n_strategies):
        creation.create_strategy(_strategy(number))
    database.close()
    values = {
        "n_runs": n_runs,
        "trades": TRADES_OF_EACH,
        "n_strategies": n_strategies,
        "every": EVERY_TAGGED,
        "fingerprint": "f" * 64,
        "portfolio": '{"portfolio_name": "many", "note": "' + "p" * 600 + '"}',
        "figures": '{"trades": 100, "note": "' + "f" * 1_500 + '"}',
    }
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for statement in (_RUNS, _ALLOCATIONS, _TRADES, _TAGS):
            with connection:
                connection.execute(statement, values)


def _strategy(number: int) -> StrategyConfig:
    parameters = {"tightness_threshold": 0.1, "wick_ratio_threshold": 2.0}
    return StrategyConfig(
        strategy_name=f"tight candle {number}",
        class_name="TightCandleStrategy",
        symbols=(SYMBOLS[number % len(SYMBOLS)],),
        interval="30m",
        indicator=IndicatorConfig(name="TightCandle", parameters=parameters),
        risk_reward=1.0 + number / 100,
    )
