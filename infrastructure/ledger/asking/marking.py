"""Tags and notes: what people say of runs."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select

from infrastructure.database.bulk import insert_new
from infrastructure.database.engine import Database
from infrastructure.database.models import run_notes, run_tags
from infrastructure.errors import ConfigError
from infrastructure.strategy_management.run_numbers import known_runs, parts
from infrastructure.wording import show

LONGEST_NOTE = 10_000
_NUMBER = re.compile(r"[0-9]+")
_TAG = re.compile(r"\w[\w.:/+-]{0,49}")


def runs_and_tags(words: Sequence[str]) -> tuple[list[int], list[str]]:
    """Numbers of runs, then tags. Raises ConfigError for a word that is neither, or misplaced."""
    split = next((n for n, word in enumerate(words) if not _NUMBER.fullmatch(word)), len(words))
    numbers, tags = words[:split], words[split:]
    for number in numbers:
        if len(number) > 19:
            raise ConfigError(f"run {number[:20]}...: no run has so high a number")
    for tag in tags:
        if _NUMBER.fullmatch(tag):
            raise ConfigError(f"{show(tag)}: expected the numbers of runs before the tags")
        if not _TAG.fullmatch(tag):
            raise ConfigError(
                f"{show(tag)}: expected a tag of 1 to 50 letters, digits and . _ : / + - that "
                "begins with a letter or a digit and is no number"
            )
    if tags and not numbers:
        raise ConfigError(f"{show(tags[0])}: expected the numbers of runs before the tags")
    return [int(number) for number in numbers], list(dict.fromkeys(tags))


def add_tags(database: Database, given: Sequence[int], tags: Sequence[str]) -> int:
    """Give each run these tags; how many were new. Raises ConfigError where a run is not there."""
    numbers = known_runs(database, given)
    with database.write() as connection:
        return sum(
            insert_new(connection, run_tags, {"run_id": number, "tag": tag})
            for number in numbers
            for tag in tags
        )


def remove_tags(database: Database, given: Sequence[int], tags: Sequence[str]) -> int:
    """Take these tags off the runs; how many there were. Raises ConfigError likewise."""
    numbers = known_runs(database, given)
    removed = 0
    with database.write() as connection:
        for some in parts(numbers):
            of_runs = run_tags.c.run_id.in_(some) & run_tags.c.tag.in_(tags)
            counted = select(func.count()).select_from(run_tags).where(of_runs)
            removed += connection.execute(counted).scalar_one()
            connection.execute(delete(run_tags).where(of_runs))
    return removed


def all_tags(database: Database) -> dict[str, int]:
    """Every tag, and how many runs have it, by the alphabet."""
    wanted = select(run_tags.c.tag, func.count()).group_by(run_tags.c.tag)
    with database.read() as connection:
        found = [tuple(row) for row in connection.execute(wanted)]
    return dict(sorted(found))


def add_note(database: Database, run_id: int, text: str) -> None:
    """Write a note on a run, dated now.

    Raises ConfigError where the run is not there, and for no text or too much of it.
    """
    said = text.strip()
    if not 0 < len(said) <= LONGEST_NOTE:
        found = f"{len(said):,} characters"
        raise ConfigError(f"run {run_id}: expected a note of 1 to {LONGEST_NOTE:,}; found {found}")
    if "\0" in said or (not said.isascii() and said != said.encode("utf-8", "replace").decode()):
        raise ConfigError(f"run {run_id}: expected a note in plain text; found {show(said)}")
    (number,) = known_runs(database, [run_id])
    row = {"run_id": number, "written_at": datetime.now(UTC), "note": said}
    with database.write() as connection:
        connection.execute(insert(run_notes).values(row))


def notes_of(database: Database, run_id: int) -> list[dict[str, Any]]:
    """The notes on a run, oldest first. Raises ConfigError where the run is not there."""
    known_runs(database, [run_id])
    wanted = select(run_notes).where(run_notes.c.run_id == run_id).order_by(run_notes.c.note_id)
    with database.read() as connection:
        return [dict(row) for row in connection.execute(wanted).mappings()]
