"""A ledger lives through anything in any order, and holds what a plain dict says it must."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.conftest import Told
from tests.faults.ledger_machine import REVISIONS, Ledger
from tests.faults.old_files import make_old_file


def live(folder: Path, lives: int, steps: int, counted: Told) -> None:
    """So many lives of so many steps."""
    for revision in REVISIONS:
        make_old_file(folder / revision, revision, n_trades=4)
    counts: Counter[str] = Counter({"lives": 0})
    machine = type("Ledger", (Ledger,), {"old_files": folder, "counts": counts})
    health = list(HealthCheck)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=lives, stateful_step_count=steps, suppress_health_check=health
        ),
    )
    counted("a ledger against a dict", counts)
    assert counts["crashes inside a transaction"] > 0


def test_a_ledger_holds_what_a_dict_says(tmp_path: Path, counted: Told) -> None:
    """Short lives."""
    live(tmp_path, 40, 20, counted)


@pytest.mark.nightly
def test_a_ledger_holds_what_a_dict_says_through_long_lives(tmp_path: Path, counted: Told) -> None:
    """Long ones."""
    live(tmp_path, 200, 50, counted)
