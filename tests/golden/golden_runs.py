"""The runs that golden files hold: shipped portfolios on the bars of a first run."""

import tempfile
from pathlib import Path
from typing import Any

from infrastructure.core.backtest import Backtest
from infrastructure.database.engine import open_database
from infrastructure.market_data.providers.sample import store_nasdaq
from infrastructure.market_data.synthetic import make_demo_bars
from infrastructure.strategy_management.strategy_manager import StrategyManager

HERE = Path(__file__).resolve().parent
PORTFOLIOS = HERE.parents[1] / "backtest_config" / "portfolios"
NAMES = ("nasdaq_daily", "single_qqq", "three_ideas")


def golden_run(name: str) -> dict[str, Any]:
    """Figures and the first and last trades of a portfolio, to the cent."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "golden.db"
        database = open_database(path)
        make_demo_bars("QQQ", "30m", database=database)
        store_nasdaq(database)
        database.close()
        backtest = StrategyManager(PORTFOLIOS / f"{name}.json", db_path=path).run_all().backtest
    trades = len(backtest.trades["net_pnl"])
    return {
        "account": rounded(backtest.metrics.as_dict()),
        "books": [rounded(metrics.as_dict()) for metrics in backtest.book_metrics],
        "refused": backtest.refusal_counts(),
        "both_ways": {
            policy: round(run.metrics.net_profit, 2) for policy, run in backtest.both_ways.items()
        },
        "trades": [trade(backtest, row) for row in (0, 1, 2, trades - 2, trades - 1)],
    }


def rounded(figures: dict[str, Any]) -> dict[str, Any]:
    """Figures to four places: enough to see a change, too few to see another processor."""
    return {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in figures.items()
    }


def trade(backtest: Backtest, row: int) -> dict[str, Any]:
    """One trade by its columns."""
    return rounded({name: column[row].item() for name, column in backtest.trades.items()})
