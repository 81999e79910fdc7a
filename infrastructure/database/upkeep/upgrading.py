"""A database of an older Kairos brought to this one's schema, after a backup."""

from dataclasses import dataclass

from infrastructure import log
from infrastructure.database.engine import Database
from infrastructure.database.migrations.runner import upgrade
from infrastructure.database.revision import SCHEMA_REVISION
from infrastructure.database.schema import kept_schema
from infrastructure.database.upkeep.backup import Backup, back_up
from infrastructure.database.upkeep.file_copy import Progress


@dataclass(frozen=True)
class Upgrade:
    """What was done: the schema before and after, and where the database is as it was before."""

    before: str
    after: str
    backup: Backup | None


def upgrade_database(
    database: Database, backup: bool = True, progress: Progress | None = None
) -> Upgrade | None:
    """Upgrade in one transaction; None where the schema is this Kairos's already.

    The backup is taken inside it, when nobody else can write any more: what is upgraded is what was
    backed up. Raises StorageError, and then the database is as it was.
    """
    if kept_schema(database) == SCHEMA_REVISION:
        return None
    done: list[Upgrade] = []

    def before(found: str) -> None:
        kept = back_up(database, progress=progress) if backup else None
        done.append(Upgrade(found, SCHEMA_REVISION, kept))

    upgrade(database.engine, database.url, before)
    if not done:
        return None
    reached = {"before": done[0].before, "schema": SCHEMA_REVISION}
    log.event("database upgraded", database=database.name, **reached)
    return done[0]
