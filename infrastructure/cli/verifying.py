"""`kairos verify`: stored runs run again and compared."""

from infrastructure.cli.opening import opened_database
from infrastructure.cli.outcome import DONE
from infrastructure.cli.progress import Progress
from infrastructure.database.engine import Database
from infrastructure.errors import ConfigError
from infrastructure.ledger.proving.proof import Proof
from infrastructure.ledger.proving.verifying import verify
from infrastructure.strategy_management.run_numbers import all_runs

NOT_PROVED = 1
"""Exit code where a run is no longer what the ledger says."""


def verify_runs(db: str | None, run_id: int | None, every: bool, as_json: bool) -> int:
    """Verify one run or all, print what came of it; the exit code. Raises KairosError."""
    if (run_id is None) != every:
        raise ConfigError(
            "kairos verify: expected the number of a run, or --all; see `kairos runs list`"
        )
    from infrastructure.reporting.proof_report import proof_lines, proofs_json, proofs_line

    proofs: list[Proof] = []
    with opened_database(db) as database:
        numbers = all_runs(database) if run_id is None else [run_id]
        for number in numbers:
            proof = _verified(database, number)
            proofs.append(proof)
            if not as_json:
                print("\n".join(proof_lines(proof)), flush=True)
    if as_json:
        print(proofs_json(proofs))
    elif every:
        print(proofs_line(proofs))
    return DONE if all(each.outcome == "identical" for each in proofs) else NOT_PROVED


def _verified(database: Database, run_id: int) -> Proof:
    with Progress(f"run {run_id}", 3) as progress:
        return verify(database, run_id, progress.say)
