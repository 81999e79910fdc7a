"""Evidence as rows of the ledger: written with its run, and read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection

from infrastructure.core.bars_reader import Use
from infrastructure.database.bulk import insert_new
from infrastructure.database.models import (
    code_snapshots,
    environments,
    run_evidence,
    run_series,
    run_strategy_code,
)
from infrastructure.strategy_management.digests import content_hash
from infrastructure.strategy_management.evidence import Evidence
from infrastructure.strategy_management.run_seal import seal_of

Files = Mapping[str, str]
Span = tuple[int, int]

_USES: Mapping[str, Use] = {
    "traded": "own",
    "warm_up": "own",
    "context": "context",
    "detail": "detail",
}


@dataclass(frozen=True, eq=False)
class StoredEvidence:
    """What the ledger knows of how a run was made.

    row, environment: as in Evidence. kairos_files: of Kairos's own code. strategy_files: of the
    code of each strategy by its position; one is missing where it was not kept. series: rows of
    run_series but for the run.
    """

    row: Mapping[str, Any]
    environment: Mapping[str, Any]
    kairos_files: Files
    strategy_files: Mapping[int, Files]
    series: Sequence[Mapping[str, Any]]


def insert_evidence(
    connection: Connection, run_id: int, evidence: Evidence, figures: Mapping[str, Any]
) -> None:
    """What is the same for many runs is kept once. figures: all of the run's.

    To be called last: it seals all rows of the run.
    """
    # In one order for all writers: two that wait for each other's rows would wait for ever.
    for digest, files in sorted(evidence.snapshots.items()):
        if not _is_known(connection, digest):
            insert_new(connection, code_snapshots, {"code_digest": digest, "files": dict(files)})
    row = {
        **evidence.row,
        "environment_id": _environment_id(connection, evidence.environment),
        "figures_digest": content_hash(figures),
        "seal": "",
    }
    connection.execute(insert(run_evidence).values({"run_id": run_id, **row}))
    own = update(run_evidence).where(run_evidence.c.run_id == run_id)
    connection.execute(own.values(seal=seal_of(connection, run_id)))


def read_evidence(connection: Connection, run_id: int) -> StoredEvidence | None:
    """The evidence of a run; None for one that was stored before there was any."""
    wanted = select(run_evidence).where(run_evidence.c.run_id == run_id)
    row = connection.execute(wanted).mappings().first()
    if row is None:
        return None
    series = select(run_series).where(run_series.c.run_id == run_id)
    return StoredEvidence(
        row=dict(row),
        environment=_environment(connection, row["environment_id"]),
        kairos_files=_files(connection, row["kairos_code"]),
        strategy_files=_strategy_files(connection, run_id),
        series=[
            {name: value for name, value in each.items() if name != "run_id"}
            for each in connection.execute(series.order_by(*run_series.primary_key)).mappings()
        ],
    )


def stored_spans(connection: Connection, run_id: int) -> dict[tuple[str, str, Use], Span]:
    """From when to when a run's series were read, in seconds; what it traded with its warm-up."""
    columns = [run_series.c[name] for name in ("symbol", "interval", "role")]
    wanted = (
        select(*columns, func.min(run_series.c.bars_start), func.max(run_series.c.bars_end))
        .where(run_series.c.run_id == run_id)
        .group_by(*columns)
    )
    spans: dict[tuple[str, str, Use], Span] = {}
    for symbol, interval, role, *moments in connection.execute(wanted).all():
        key = symbol, interval, _USES[role]
        first, last = (int(moment.timestamp()) for moment in moments)
        known = spans.get(key, (first, last))
        spans[key] = min(first, known[0]), max(last, known[1])
    return spans


def _is_known(connection: Connection, digest: str) -> bool:
    wanted = select(code_snapshots.c.code_digest).where(code_snapshots.c.code_digest == digest)
    return connection.execute(wanted).first() is not None


def _environment_id(connection: Connection, environment: Mapping[str, Any]) -> int:
    same = environments.c.digest == environment["digest"]
    wanted = select(environments.c.environment_id).where(same)
    known = connection.execute(wanted).scalar()
    if known is None:
        insert_new(connection, environments, environment)
        known = connection.execute(wanted).scalar_one()
    return int(known)


def _environment(connection: Connection, environment_id: int) -> dict[str, Any]:
    same = environments.c.environment_id == environment_id
    return dict(connection.execute(select(environments).where(same)).mappings().one())


def _files(connection: Connection, digest: str) -> Files:
    same = code_snapshots.c.code_digest == digest
    files: Files = connection.execute(select(code_snapshots.c.files).where(same)).scalar_one()
    return files


def _strategy_files(connection: Connection, run_id: int) -> dict[int, Files]:
    same = code_snapshots.c.code_digest == run_strategy_code.c.code_digest
    wanted = (
        select(run_strategy_code.c.position, code_snapshots.c.files)
        .join(code_snapshots, same)
        .where(run_strategy_code.c.run_id == run_id)
    )
    return {row.position: row.files for row in connection.execute(wanted)}
