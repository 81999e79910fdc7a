"""`kairos runs list|show|compare|export`: what the ledger has."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from infrastructure.cli.opening import opened_database
from infrastructure.ledger.asking.filters import RunFilter
from infrastructure.ledger.asking.listing import list_runs
from infrastructure.wording import counted

if TYPE_CHECKING:
    from infrastructure.ledger.asking.exporting import What

LINES = 20
"""Runs listed, and trades shown, where nobody says how many."""


@dataclass(frozen=True)
class ListOptions:
    """What the command line says of a list."""

    db: str | None
    asked: RunFilter
    sort: str
    limit: int | None
    json: bool
    output: Path | None
    force: bool


def print_list(options: ListOptions) -> None:
    """Print the runs that fulfil a filter, or write them to a file. Raises KairosError."""
    if options.output is not None:
        _write_list(options, options.output)
        return
    with opened_database(options.db) as database:
        found = list_runs(database, options.asked, options.sort, options.limit or LINES)
        name = database.name
    from infrastructure.reporting import run_list

    if options.json:
        print(run_list.as_json(found), flush=True)
    else:
        run_list.print_run_list(found, name)


def _write_list(options: ListOptions, output: Path) -> None:
    """All of them, unless a limit was given."""
    from infrastructure.ledger.asking.exporting import export_list
    from infrastructure.ledger.asking.row_files import check_output

    check_output(output, options.force)
    with opened_database(options.db) as database:
        found = list_runs(database, options.asked, options.sort, options.limit)
    export_list(found, output, options.force)
    print(f"wrote {counted(len(found.runs), 'run')} to {output}")


def print_run(db: str | None, run_id: int, trades: int, as_json: bool) -> None:
    """Print all that the ledger has of a run. Raises KairosError."""
    from infrastructure.ledger.asking.showing import shown_run

    with opened_database(db) as database:
        shown = shown_run(database, run_id, trades)
    from infrastructure.reporting import run_page

    if as_json:
        print(run_page.as_json(shown), flush=True)
    else:
        run_page.print_run_page(shown)


def print_comparison(db: str | None, run_ids: Sequence[int], as_json: bool) -> None:
    """Print what tells runs apart. Raises KairosError."""
    from infrastructure.ledger.asking.comparing import compare_runs

    with opened_database(db) as database:
        compared = compare_runs(database, run_ids)
    from infrastructure.reporting import run_comparison

    if as_json:
        print(run_comparison.as_json(compared), flush=True)
    else:
        run_comparison.print_comparison(compared)


def export_to(
    db: str | None, numbers: Sequence[int], what: "What", output: Path, force: bool
) -> None:
    """Write rows of runs to a file, and say how many. Raises KairosError."""
    from infrastructure.ledger.asking.exporting import export_runs

    with opened_database(db) as database:
        count = export_runs(database, numbers, what, output, force)
    runs = counted(len(dict.fromkeys(numbers)), "run")
    print(f"wrote {counted(count, 'row')} ({what} of {runs}) to {output}")
