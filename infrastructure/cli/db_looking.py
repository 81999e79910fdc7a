"""`kairos db info|check`: what the database is, and whether it is sound."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from infrastructure.cli.opening import existing_database
from infrastructure.cli.outcome import DONE, USER_ERROR
from infrastructure.reporting.json_text import json_text
from infrastructure.wording import counted

if TYPE_CHECKING:
    from infrastructure.database.upkeep.info import DatabaseInfo


def print_info(db: str | None, as_json: bool) -> None:
    """The database at a glance. Raises StorageError."""
    from infrastructure.database.upkeep.info import database_info

    with existing_database(db) as database:
        found = database_info(database)
    if as_json:
        print(json_text(asdict(found)))
        return
    for name, value in _lines(found):
        print(f"{name:<12}{value}")


def print_check(db: str | None, quick: bool, as_json: bool) -> int:
    """What was found, a line each; the exit code. Raises StorageError."""
    from infrastructure.database.upkeep.checking import check_database

    with existing_database(db) as database:
        found = check_database(database, quick)
    if as_json:
        findings = [each._asdict() for each in found.findings]
        told = {**asdict(found), "findings": findings, "sound": not findings}
        print(json_text(told))
        return USER_ERROR if findings else DONE
    for finding in found.findings:
        print(f"{finding.kind}: {finding.detail}")
    if found.findings:
        print(f"{found.name}: {counted(len(found.findings), 'finding')}")
        return USER_ERROR
    how = "at a quick look" if quick else "down to every row"
    print(f"{found.name}: sound, {how} (schema {found.schema})")
    return DONE


def _lines(found: "DatabaseInfo") -> Iterator[tuple[str, str]]:
    yield "database", found.name
    newer = "" if found.schema == found.expected_schema else ", to be upgraded: kairos db upgrade"
    yield "schema", f"{found.schema}{newer}"
    log = "" if not found.wal_bytes else f", and {found.wal_bytes:,} in its log"
    yield "size", f"{found.bytes:,} bytes{log}"
    for name, number in found.counts.items():
        yield name, "none: this schema has no such table" if number is None else f"{number:,}"
    if found.uncounted_series:
        series = counted(found.uncounted_series, "series", "series")
        yield "", f"bars of {series} are not counted: another program has changed them"
    if found.last_run is not None:
        run = found.last_run
        yield (
            "last run",
            f"{run.run_id}, {run.execution_date:%Y-%m-%d %H:%M} UTC, {run.portfolio_name}",
        )
    yield "settings", ", ".join(f"{name} {value}" for name, value in found.settings.items())
