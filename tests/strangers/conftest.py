"""A folder with a month of bars, where strangers' strategies are found."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from stranger_setup import IDEAS

import strategies
from infrastructure.database.engine import open_database
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.store.reading import read_bars
from infrastructure.market_data.store.writing import write_bars
from infrastructure.strategy_management import strategy_registry
from strategies.tight_candle_strategy import TightCandleStrategy


@pytest.fixture(scope="session")
def stored_month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with some days of half hours of QQQ; the account machine is compiled then."""
    path = tmp_path_factory.mktemp("bars") / "kairos.db"
    database = open_database(path)
    stamps = 1_704_205_800 + np.concatenate([86_400 * d + 1_800 * np.arange(13) for d in range(3)])
    close = 400 + np.cumsum(np.random.default_rng(3).normal(0, 0.5, len(stamps)))
    columns = BarColumns(stamps, close, close + 0.3, close - 0.3, close, np.full(len(stamps), 9.0))
    write_bars(database, "QQQ", "30m", columns, "test")
    TightCandleStrategy(symbols=["QQQ"], interval="30m").run(read_bars(database, "QQQ", "30m"))
    database.close()
    return path


@pytest.fixture
def folder(tmp_path: Path, stored_month: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test's own folder with those bars, in which commands run."""
    (tmp_path / "kairos.db").write_bytes(stored_month.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KAIROS_DB", raising=False)
    return tmp_path


@pytest.fixture
def strange_ideas(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Commands look for strategies in `ideas`, as if it were strategies/."""
    monkeypatch.setattr(strategy_registry, "STRATEGIES", IDEAS)
    monkeypatch.setattr(strategies, "__path__", [*strategies.__path__, str(IDEAS)])
    yield
    for path in IDEAS.glob("*.py"):
        sys.modules.pop(f"strategies.{path.stem}", None)
