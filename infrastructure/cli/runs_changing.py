"""`kairos runs tag|note|delete`: what people say of runs, and runs that go."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import typer

from infrastructure.cli.confirming import can_be_asked, says_yes
from infrastructure.cli.opening import opened_database
from infrastructure.errors import ConfigError
from infrastructure.wording import counted, printable

if TYPE_CHECKING:
    from infrastructure.database.engine import Database

NOT_DONE = 1
"""Exit code where somebody was asked and said no."""


def tag_runs(db: str | None, words: Sequence[str], take_off: bool) -> None:
    """Tag runs, take tags off, or list them. Raises KairosError."""
    from infrastructure.ledger.asking.marking import add_tags, remove_tags, runs_and_tags

    numbers, tags = runs_and_tags(words)
    if take_off and not tags:
        raise ConfigError("kairos runs tag --delete: expected runs and the tags to take off them")
    with opened_database(db) as database:
        if not tags:
            _print_tags(database, numbers)
        elif take_off:
            removed = remove_tags(database, numbers, tags)
            print(f"took {counted(removed, 'tag')} off {_listed(numbers)}")
        else:
            added = add_tags(database, numbers, tags)
            print(f"tagged {_listed(numbers)}: {counted(added, 'new tag')}")


def _print_tags(database: "Database", numbers: Sequence[int]) -> None:
    """Those of the runs, or all with the number of their runs."""
    from infrastructure.ledger.asking.marking import all_tags
    from infrastructure.ledger.asking.naming import tags_of
    from infrastructure.strategy_management.run_numbers import known_runs

    if numbers:
        known = known_runs(database, numbers)
        with database.read() as connection:
            found = tags_of(connection, known)
        for number in known:
            print(f"{number}  {printable(', '.join(found[number])) or 'no tags'}")
        return
    tags = all_tags(database)
    if not tags:
        print(f"no run in {database.name} has a tag; kairos runs tag RUN TAG gives one")
    for tag, count in tags.items():
        print(f"{printable(tag)}  {counted(count, 'run')}")


def note_run(db: str | None, run_id: int, text: str | None) -> None:
    """Write a note, or print those there are. Raises KairosError."""
    from infrastructure.ledger.asking.marking import add_note, notes_of

    with opened_database(db) as database:
        if text is not None:
            add_note(database, run_id, text)
            print(f"run {run_id}: noted")
            return
        notes = notes_of(database, run_id)
    for note in notes:
        print(f"{note['written_at']:%Y-%m-%d %H:%M}  {printable(note['note'])}")
    if not notes:
        print(f"run {run_id} has no notes")


def delete_runs(db: str | None, numbers: Sequence[int], without_asking: bool) -> None:
    """Delete runs once somebody has said yes. Raises KairosError."""
    from infrastructure.ledger.asking import deleting

    with opened_database(db) as database:
        if not without_asking:
            there = deleting.what_belongs(database, numbers)
            if not can_be_asked():
                raise ConfigError(
                    f"kairos runs delete: nobody is there to be asked whether {_counted(there)} "
                    "may go; nothing was deleted; say --yes"
                )
            if not says_yes(f"Delete {_counted(there)} for good?"):
                print("nothing was deleted")
                raise typer.Exit(NOT_DONE)
        gone = deleting.delete_runs(database, numbers)
        print(f"deleted {_counted(gone)} from {database.name}; that they were tried is kept")


def _counted(rows: Mapping[str, int]) -> str:
    return ", ".join(counted(count, name.removesuffix("s"), name) for name, count in rows.items())


def _listed(numbers: Sequence[int]) -> str:
    """`run 3`, or `12 runs`."""
    once = tuple(dict.fromkeys(numbers))
    return f"run {once[0]}" if len(once) == 1 else counted(len(once), "run")
