"""StrategyManager: from JSON or code to a stored run."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from infrastructure.database.models import (
    algo_strategies,
    algo_trades,
    backtest_runs,
    backtest_strategy_allocations,
    equity,
    refused_signals,
)
from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.synthetic import make_demo_bars
from infrastructure.risk_management.risk_manager import RiskManager
from infrastructure.strategy_management.strategy_manager import StrategyManager
from strategies.moving_average_cross import MovingAverageCross
from strategies.tight_candle_strategy import TightCandleStrategy

ROOT = Path(__file__).resolve().parents[2]
SINGLE = ROOT / "backtest_config" / "portfolios" / "single_qqq.json"
THREE = ROOT / "backtest_config" / "portfolios" / "three_ideas.json"


@pytest.fixture
def database(database: Database) -> Database:
    """A database with the demo bars."""
    make_demo_bars("QQQ", "30m", database=database)
    return database


def rows(database: Database, table: Any) -> list[Any]:
    """Every row of a table."""
    with database.read() as connection:
        return list(connection.execute(select(table)))


def test_a_portfolio_file_becomes_rows(database: Database) -> None:
    """Run, allocations, strategies, trades, refusals and equity are stored, and add up."""
    result = StrategyManager(THREE, db_path=database.url).run_all()
    backtest = result.backtest
    (run,) = rows(database, backtest_runs)
    trades = rows(database, algo_trades)
    assert run.run_id == result.run_id
    assert run.synthetic
    assert run.trades == len(trades) == len(backtest.simulation.trades) > 0
    assert run.refused == len(rows(database, refused_signals)) == len(backtest.simulation.refusals)
    assert run.net_profit == pytest.approx(sum(trade.net_pnl for trade in trades))
    assert [row.allocation_percentage for row in rows(database, backtest_strategy_allocations)] == [
        40,
        30,
        30,
    ]
    assert {row.strategy_id for row in rows(database, algo_strategies)} == set(result.strategy_ids)
    assert run.portfolio_json["risk"]["max_daily_risk"] == -2.0


def test_books_and_idle_cash_make_the_account_in_every_session(database: Database) -> None:
    """The stored equity of the books plus what no book holds is the stored account."""
    StrategyManager(SINGLE, db_path=database.url, total_capital=50_000).run_all()
    by_session: dict[date, dict[int, float]] = {}
    for row in rows(database, equity):
        by_session.setdefault(row.session, {})[row.book] = row.equity
    assert len(by_session) > 500
    for books in by_session.values():
        assert books[0] == pytest.approx(sum(books[book] for book in books if book), abs=0.01)


def test_every_signal_is_a_trade_or_a_refusal(database: Database) -> None:
    """Counted in the ledger, against the strategy's own signals."""
    result = StrategyManager(SINGLE, db_path=database.url).run_all()
    signals = result.backtest.books[0].lanes[0].signals
    n_signals = int(np.sum(signals.long) + np.sum(signals.short))
    stored = len(rows(database, algo_trades)) + len(rows(database, refused_signals))
    assert stored == n_signals > 300


def test_code_first_gives_what_json_gives(database: Database) -> None:
    """The same portfolio in code has the same trades, and the same strategy id."""
    from_json = StrategyManager(SINGLE, db_path=database.url).run_all()
    portfolio, config = from_json.portfolio, from_json.strategies[0]
    policy = RiskManager(**portfolio.risk.model_dump(), costs=portfolio.costs)
    manager = StrategyManager(
        db_path=database.url, risk_manager=policy, total_capital=portfolio.total_capital
    )
    manager.add_strategy(TightCandleStrategy(config), allocation_percentage=100)
    in_code = manager.run_all()
    assert in_code.strategy_ids == from_json.strategy_ids
    assert np.array_equal(in_code.backtest.simulation.trades, from_json.backtest.simulation.trades)


def test_a_run_alone_equals_a_portfolio_of_one(database: Database) -> None:
    """strategy.run() and run_all() are the same simulation."""
    stored = StrategyManager(SINGLE, db_path=database.url).run_all()
    portfolio = stored.portfolio
    alone = TightCandleStrategy(
        stored.strategies[0],
        db_path=database.url,
        risk_manager=RiskManager(**portfolio.risk.model_dump(), costs=portfolio.costs),
        total_capital=portfolio.total_capital,
    )
    trades = stored.backtest.simulation.trades
    assert np.array_equal(alone.run().simulation.trades, trades)


def test_strategies_on_one_symbol_share_its_bars(database: Database) -> None:
    """A series is read once, however many strategies trade it."""
    result = StrategyManager(THREE, db_path=database.url).run_all()
    first, *others = (book.lanes[0].bars for book in result.backtest.books)
    assert all(bars is first for bars in others)


def test_start_and_end_are_whole_exchange_days(database: Database) -> None:
    """The end's whole day is in, the day after is not."""
    result = StrategyManager(
        SINGLE, db_path=database.url, start="2024-03-04", end="2024-03-05"
    ).run_all()
    bars = result.backtest.books[0].lanes[0].bars
    sessions = bars.session.astype("datetime64[D]").astype(str)
    assert sorted(set(sessions)) == ["2024-03-04", "2024-03-05"]
    assert len(bars) == 26


def test_a_run_that_fails_leaves_no_row(database: Database) -> None:
    """A symbol without bars: one line, and neither a run nor a strategy in the ledger."""
    manager = StrategyManager(
        db_path=database.url,
        risk_manager=RiskManager(0.5, -2.0),
        total_capital=100_000,
    )
    manager.add_strategy(TightCandleStrategy(symbols=["NOPE"], interval="30m"), 50)
    with pytest.raises(DataError, match="NOPE 30m"):
        manager.run_all()
    assert rows(database, backtest_runs) == rows(database, algo_strategies) == []


@pytest.mark.parametrize(
    ("settings", "allocations", "found"),
    [
        ({}, [60, 60], "allocate at most 100"),
        ({"total_capital": -1}, [50], "total_capital must be above 0"),
        ({"lot_sise": 1}, [50], 'did you mean "lot_size"'),
    ],
)
def test_a_portfolio_in_code_is_checked_like_json(
    database: Database, settings: dict[str, Any], allocations: list[float], found: str
) -> None:
    """The same rules and the same one line."""
    settings = {"total_capital": 1_000, **settings}
    manager = StrategyManager(db_path=database.url, risk_manager=RiskManager(0.5, -2.0), **settings)
    for allocation in allocations:
        manager.add_strategy(MovingAverageCross(symbols=["QQQ"], interval="30m"), allocation)
    with pytest.raises(ConfigError, match=found):
        manager.run_all()


def test_a_stop_table_with_a_hole_that_prices_fall_into_is_refused(
    database: Database, tmp_path: Path
) -> None:
    """The line names the strategy, the hole and how many bars fall into it."""
    folder = tmp_path / "config"
    (folder / "strategies").mkdir(parents=True)
    (folder / "portfolios").mkdir()
    table = [
        {"min_price": 0, "max_price": 310, "delta_abs": 1},
        {"min_price": 320, "max_price": None, "delta_abs": 1},
    ]
    strategy = {
        "strategy_name": "holes",
        "class_name": "TightCandleStrategy",
        "symbols": ["QQQ"],
        "interval": "30m",
        "stop_loss": {"type": "variable", "price_ranges": table},
    }
    portfolio = {
        "portfolio_name": "p",
        "total_capital": 1_000,
        "strategies": [{"strategy": "holes", "allocation_percentage": 100}],
        "risk": {"risk_per_trade": 0.5, "max_daily_risk": -2.0},
    }
    (folder / "strategies" / "holes.json").write_text(json.dumps(strategy))
    path = folder / "portfolios" / "p.json"
    path.write_text(json.dumps(portfolio))
    with pytest.raises(ConfigError, match=r"holes: stop_loss.price_ranges leave a hole from 310"):
        StrategyManager(path, db_path=database.url).run_all()
