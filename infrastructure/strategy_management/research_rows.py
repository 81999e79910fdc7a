"""Folds of walks forward, audits of strategies' code, and the code of runs, as rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.engine import Connection

from infrastructure.database.models import (
    run_strategy_code,
    strategy_audits,
    walk_forward_folds,
)
from infrastructure.strategy_management.sweep_record import Moment

Row = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class AuditRecord:
    """What an audit of a strategy's code found; `checks` and `findings` are JSON."""

    class_name: str
    code_digest: str
    passed: bool
    truncations: int
    checks: Any
    findings: Any
    kairos_version: str
    audited_at: Moment = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, eq=False, kw_only=True)
class StoredAudit(AuditRecord):
    """An audit of the ledger."""

    audit_id: int


def insert_folds(connection: Connection, run_id: int, folds: Sequence[Row]) -> None:
    """Rows of walk_forward_folds but for `run_id`, all with the same keys."""
    _insert(connection, walk_forward_folds, run_id, folds)


def insert_run_code(connection: Connection, run_id: int, code: Sequence[Row]) -> None:
    """Rows of run_strategy_code but for `run_id`, all with the same keys."""
    _insert(connection, run_strategy_code, run_id, code)


def _insert(connection: Connection, table: Table, run_id: int, rows: Sequence[Row]) -> None:
    if rows:
        connection.execute(insert(table), [{"run_id": run_id, **row} for row in rows])


def read_folds(connection: Connection, run_id: int) -> list[dict[str, Any]]:
    """The folds of a run in order; dates are dates, JSON is parsed."""
    return _of_run(connection, walk_forward_folds, run_id)


def read_run_code(connection: Connection, run_id: int) -> list[dict[str, Any]]:
    """The code of a run's strategies, by their positions."""
    return _of_run(connection, run_strategy_code, run_id)


def _of_run(connection: Connection, table: Table, run_id: int) -> list[dict[str, Any]]:
    wanted = select(table).where(table.c.run_id == run_id).order_by(*table.primary_key)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def insert_audit(connection: Connection, audit: AuditRecord) -> int:
    """The audit_id that it gets."""
    values = {each.name: getattr(audit, each.name) for each in fields(audit)}
    created = connection.execute(insert(strategy_audits).values(values)).inserted_primary_key
    assert created is not None
    audit_id: int = created[0]
    return audit_id


def last_audit(connection: Connection, class_name: str, code_digest: str) -> StoredAudit | None:
    """The newest audit of exactly this code."""
    table = strategy_audits
    wanted = (
        select(table)
        .where(table.c.class_name == class_name, table.c.code_digest == code_digest)
        .order_by(table.c.audit_id.desc())
        .limit(1)
    )
    row = connection.execute(wanted).mappings().first()
    return None if row is None else StoredAudit(**row)
