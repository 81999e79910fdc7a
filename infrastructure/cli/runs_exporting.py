"""`kairos runs export`: what came of runs, into a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from infrastructure.cli.stored_series import opened_database
from infrastructure.ledger.asking.exporting import export_runs
from infrastructure.wording import counted

if TYPE_CHECKING:
    from infrastructure.ledger.asking.exporting import What


def export_to(
    db: str | None, numbers: Sequence[int], what: "What", output: Path, force: bool
) -> None:
    """Write rows of runs to a file, and say how many. Raises KairosError."""
    with opened_database(db) as database:
        count = export_runs(database, numbers, what, output, force)
    runs = counted(len(dict.fromkeys(numbers)), "run")
    print(f"wrote {counted(count, 'row')} ({what} of {runs}) to {output}")
