"""Run by the tests as a program of its own: ADDRESS PROCESSES RUNS RECORDS|COMMANDS.

Forks children that begin at the same moment and write runs to one database: small records, or what
`kairos run` makes of two months of bars. Prints a line for each run that was told as stored, and
for each error.
"""

import json
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import partial
from io import StringIO

from infrastructure.cli.app import main
from infrastructure.database.engine import open_database
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from tests.database.ledger_processes import fork, say, wait_for
from tests.database.ledger_samples import run_record, strategy
from tests.faults.works import PORTFOLIO

Work = Callable[[str, int, int, int], None]

N_TRADES = 4
"""Of each small record."""


def write_records(address: str, runs: int, start: int, number: int) -> None:
    """Runs of a strategy of this child's own, and of one that all share."""
    ledger = StrategyCreation(open_database(address))
    both = [strategy(f"of {number}"), strategy("shared")]
    record = run_record(N_TRADES, strategies=both)
    os.read(start, 1)  # the parent closes it: all begin at once
    for _ in range(runs):
        say(ledger.save_run(record))


def run_commands(address: str, runs: int, start: int, number: int) -> None:
    """The command line, from its configs to its report."""
    os.read(start, 1)
    for _ in range(runs):
        with redirect_stdout(StringIO()) as printed:
            code = main(["run", PORTFOLIO, "--db", address, "--json"])
        say(json.loads(printed.getvalue())["run_id"] if code == 0 else f"error {code}")


def write(address: str, processes: str, runs: str, what: str) -> None:
    """All children at once; then wait for them."""
    work = {"records": write_records, "commands": run_commands}[what]
    if what == "commands":  # loads the compiled code, once for all
        main(["run", PORTFOLIO, "--db", address, "--json"])
    start, begin = os.pipe()
    children = [
        fork(partial(_child, work, begin, address, int(runs), start, number))
        for number in range(int(processes))
    ]
    os.close(begin)
    wait_for(children)


def _child(work: Work, begin: int, address: str, runs: int, start: int, number: int) -> None:
    os.close(begin)
    work(address, runs, start, number)


if __name__ == "__main__":
    write(*sys.argv[1:])
