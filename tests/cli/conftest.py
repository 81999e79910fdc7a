"""A folder to work in, with and without bars."""

from pathlib import Path
from shutil import copyfile

import pytest
from cli_setup import Shop, month_of_bars

from infrastructure.core.config import PortfolioConfig, StrategyConfig, parse
from infrastructure.database.engine import open_database
from infrastructure.market_data.intake.importing import import_bars
from infrastructure.market_data.store.reading import read_bars
from infrastructure.research.sweeping import sweep
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio
from strategies.tight_candle_strategy import TightCandleStrategy


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a month of bars of QQQ, to be copied; the kernels are compiled then.

    Those of sweeps too: a command says so where it has to compile, and its tests await silence.
    """
    folder = tmp_path_factory.mktemp("month")
    database = open_database(folder / "kairos.db")
    import_bars(database, month_of_bars(folder / "qqq.csv"), "QQQ", "30m")
    bars = read_bars(database, "QQQ", "30m")
    strategy = TightCandleStrategy(symbols=["QQQ"], interval="30m")
    strategy.run(bars)
    database.close()
    sweep(portfolio_of(strategy.config), {"risk_reward": [1]}, db_path=database.url, store=False)
    return folder / "kairos.db"


def portfolio_of(config: StrategyConfig) -> LoadedPortfolio:
    """A portfolio of one strategy, from no file."""
    settings = {
        "portfolio_name": "month",
        "total_capital": 100_000,
        "strategies": [{"strategy": "month", "allocation_percentage": 100}],
        "risk": {"risk_per_trade": 0.5, "max_daily_risk": -2.0},
    }
    return LoadedPortfolio(parse(PortfolioConfig, settings, "month"), (config,), Path("month"))


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
