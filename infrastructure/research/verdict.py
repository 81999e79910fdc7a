"""The verdict on a stored run: robust, fragile, or indistinguishable from luck."""

from infrastructure.database.engine import Database
from infrastructure.research.judging.figures import Settings
from infrastructure.research.judging.gathering import STEPS, evidence_of
from infrastructure.research.judging.judge import judge
from infrastructure.research.judging.verdict import Verdict
from infrastructure.strategy_management.simulating import Progress
from infrastructure.strategy_management.stored_run import StoredRun, load_run


def verdict(
    database: Database,
    run: int | StoredRun,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Verdict:
    """What is to be thought of a run of the ledger; nothing is written.

    run: its number, or the run. settings: seed, limit of ruin, resamples. progress: told STEPS.
    The same ledger and settings give the same verdict. Raises ConfigError where there is no such
    run, StorageError.
    """
    stored = load_run(database, run) if isinstance(run, int) else run
    chosen = settings or Settings()
    evidence = evidence_of(database, stored, chosen.seed, progress)
    if progress:
        progress(STEPS[-1])
    return judge(evidence, chosen)
