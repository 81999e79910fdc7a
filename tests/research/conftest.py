"""Puts the referee on the path, as tests of the core ask it too; bars for sweeps."""

import sys
from pathlib import Path

import pytest
from sqlalchemy.engine import URL
from trials_setup import fill_store

from tests.database.private_server import PrivateServer

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "referee"))


@pytest.fixture(scope="session")
def swept_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with synthetic bars, for tests that leave its ledger alone or copy it."""
    path = tmp_path_factory.mktemp("swept") / "kairos.db"
    fill_store(path)
    return path


@pytest.fixture(scope="session")
def swept_on_server(private_server: PrivateServer) -> URL:
    """The same on PostgreSQL."""
    address = private_server.new_address()
    fill_store(address)
    return address
