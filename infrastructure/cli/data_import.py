"""`kairos data import`: files one after another, each whole or not at all."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from infrastructure.cli.opening import opened_database
from infrastructure.cli.outcome import DONE, USER_ERROR, print_error
from infrastructure.errors import KairosError
from infrastructure.wording import printable


def import_into(
    db: str | None, files: Sequence[Path], terms: dict[str, Any], verbose: bool = False
) -> int:
    """Import each file and say what was taken, refused and why; the exit code.

    A file that cannot be taken prints its error, and the others are taken all the same.
    terms: the other arguments of `import_bars`, by name.
    """
    from infrastructure.market_data.intake.importing import import_bars

    code = DONE
    with opened_database(db) as database:
        for file in files:
            try:
                done = import_bars(database, file, **terms, say=_say)
            except KairosError as error:
                print_error(error, verbose)
                code = USER_ERROR
                continue
            print(*map(printable, done.lines()), sep="\n")
            if not terms["dry_run"]:
                print(f"stored in {database.name}")
    return code


def _say(line: str) -> None:
    print(line, flush=True)  # before the writing, not after it
