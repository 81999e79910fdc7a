"""`kairos audit`: a strategy's signals, asked whether they know the future."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from infrastructure.cli.opening import opened_database
from infrastructure.cli.outcome import DONE
from infrastructure.cli.progress import Progress
from infrastructure.core.bars_reader import BarsReader
from infrastructure.database.engine import Database
from infrastructure.research.audit.auditing import Audit, audit, steps
from infrastructure.strategy_management.research_rows import AuditRecord
from infrastructure.strategy_management.strategy_code import code_digest
from infrastructure.strategy_management.strategy_loader import StrategyLoader
from infrastructure.strategy_management.strategy_registry import strategy_class
from infrastructure.strategy_management.trial_ledger import TrialLedger

if TYPE_CHECKING:
    from infrastructure.core.config import StrategyConfig

LOOKS_AHEAD = 1
"""Exit code of an audit that found something."""


@dataclass(frozen=True)
class AuditOptions:
    """What the command line may say; None leaves it to the store, or to the defaults."""

    db: str | None = None
    start: date | None = None
    end: date | None = None
    truncations: int = 24
    json: bool = False


def audit_strategy(path_or_name: str, options: AuditOptions) -> int:
    """Audit one strategy, store and print what came of it; the exit code. Raises KairosError."""
    from infrastructure.reporting.audit_report import KeptAudit, audit_json, audit_lines

    config = StrategyLoader().load_strategy(path_or_name)
    with opened_database(options.db) as database:
        result = _audited(path_or_name, config, options, database)
        digest = code_digest(result.strategy)
        record = AuditRecord(
            class_name=config.class_name,
            code_digest=digest,
            passed=result.passed,
            truncations=result.truncations,
            checks=result.as_dict(),
            findings=[finding.as_dict() for finding in result.findings],
            kairos_version=version("kairos"),
            audited_at=datetime.now(UTC),
        )
        kept = KeptAudit(TrialLedger(database).save_audit(record), digest, database.name)
    if options.json:
        print(audit_json(result, kept))
    else:
        print("\n".join(audit_lines(result, kept)))
    return DONE if result.passed else LOOKS_AHEAD


def _audited(
    path_or_name: str, config: "StrategyConfig", options: AuditOptions, database: Database
) -> Audit:
    strategy = strategy_class(config.class_name, where=path_or_name)
    reader = BarsReader(database, options.start, options.end)
    series = [reader.bars(config, symbol) for symbol in config.symbols]
    n_steps = len(steps(config)) * len(series)
    with Progress(config.strategy_name, n_steps) as progress:
        return audit(
            strategy,
            config,
            series,
            options.truncations,
            where=path_or_name,
            tell=progress.step,
        )
