"""`kairos gates`: from a run of the ledger to what its rules cost."""

from pathlib import Path

from infrastructure.cli.opening import opened_database
from infrastructure.cli.pages import check_page, write_page
from infrastructure.cli.progress import Progress
from infrastructure.research.gates import gates_of_run
from infrastructure.strategy_management.stored_run import load_run

_STEPS = 2
"""Beside one for each strategy: simulating, the refused signals."""


def print_run_gates(db: str | None, run_id: int, as_json: bool, html: Path | None) -> None:
    """Print what each gate of the run cost; draw it where a page is asked for.

    Raises KairosError.
    """
    check_page(html)
    with opened_database(db) as database:
        stored = load_run(database, run_id)
        with Progress(stored.where, len(stored.strategies) + _STEPS) as progress:
            gates = gates_of_run(database, stored, progress.step)
    from infrastructure.reporting import gates_report

    if as_json:
        print(gates_report.as_json(gates), flush=True)
    else:
        gates_report.print_gates(gates)
    if html is not None:
        from infrastructure.reporting.research_pictures import gates_page

        write_page(gates_page(gates), html, as_json)
