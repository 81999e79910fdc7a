"""A folder to work in, with and without bars."""

from pathlib import Path
from shutil import copyfile

import pytest
from cli_setup import Shop, month_of_bars

from infrastructure.database.engine import open_database
from infrastructure.market_data.intake.importing import import_bars
from infrastructure.market_data.store.reading import read_bars
from strategies.tight_candle_strategy import TightCandleStrategy


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a month of bars of QQQ, to be copied; the kernels are compiled then."""
    folder = tmp_path_factory.mktemp("month")
    database = open_database(folder / "kairos.db")
    import_bars(database, month_of_bars(folder / "qqq.csv"), "QQQ", "30m")
    bars = read_bars(database, "QQQ", "30m")
    TightCandleStrategy(symbols=["QQQ"], interval="30m").run(bars)
    database.close()
    return folder / "kairos.db"


@pytest.fixture
def empty_shop(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shop:
    """The test's own folder, without a database yet; commands use its kairos.db."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KAIROS_DB", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    return Shop(tmp_path, capsys)


@pytest.fixture
def shop(empty_shop: Shop, month: Path) -> Shop:
    """The same with a month of bars."""
    copyfile(month, empty_shop.database)
    return empty_shop
