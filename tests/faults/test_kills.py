"""kill -9 at random moments of runs, sweeps, imports and upgrades: counted."""

import json
from pathlib import Path

import pytest

from tests.database.ledger_programs import needs_fork, program
from tests.faults.conftest import Told

KILL_PROCESSES = Path(__file__).with_name("kill_processes.py")
KILLS = {"runs": 70, "sweeps": 50, "imports": 40, "upgrades": 40}
"""200 in all."""


def kill(tmp_path: Path, work: str, kills: int, seed: int, counted: Told) -> None:
    """So many kills of one kind of work, and what was counted."""
    program(work, tmp_path, kills, seed, script=KILL_PROCESSES, seconds=280)
    outcome = json.loads((tmp_path / "outcome.json").read_text(encoding="utf-8"))
    counts, problems = outcome["counts"], outcome["problems"]
    counted(f"kill -9 of {work}", {**counts, "half or corrupt": len(problems)})
    assert problems == []
    assert counts["lost"] == 0
    assert counts["kills"] == kills
    assert counts["inside a transaction"] >= kills // 5
    assert counts["works stored"] > 0


@needs_fork
@pytest.mark.parametrize("work", KILLS)
def test_what_is_killed_is_whole_or_absent(tmp_path: Path, work: str, counted: Told) -> None:
    """No half run, no damage, nothing lost that was told as done, and the next one is clean."""
    kill(tmp_path, work, KILLS[work], 20240102, counted)


@needs_fork
@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("work", KILLS)
def test_many_more_kills(tmp_path: Path, work: str, seed: int, counted: Told) -> None:
    """The same at 1,000 other moments."""
    kill(tmp_path, work, KILLS[work], seed, counted)
