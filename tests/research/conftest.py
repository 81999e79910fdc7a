"""Puts the referee on the path, as tests of the core ask it too; bars for sweeps."""

import sys
from pathlib import Path

import pytest
from trials_setup import fill_store

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "referee"))


@pytest.fixture(scope="session")
def swept_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with synthetic bars, for tests that leave its ledger alone or copy it."""
    return fill_store(tmp_path_factory.mktemp("swept") / "kairos.db")
