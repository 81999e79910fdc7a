"""Bars that come before or after a run's are not the run's: its proof stays identical."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from infrastructure.database.engine import Database, open_database
from infrastructure.ledger.proving.verifying import verify
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.store.reading import read_bars, write_bars
from infrastructure.market_data.synthetic import make_demo_bars
from infrastructure.research.walk_forward import walk_forward
from infrastructure.risk_management.risk_manager import RiskManager
from infrastructure.strategy_management.strategy_manager import StrategyManager
from strategies.daily_trend_pullback import DailyTrendPullback
from strategies.tight_candle_strategy import TightCandleStrategy
from tests.ledger.proof_setup import SINGLE, change, run_of

FIRST, LAST = 1_000, 3_008
"""In the middle of a session both: 13 bars each, 1,000 = 76 x 13 + 12 and 3,008 = 231 x 13 + 5."""


@pytest.fixture
def bars(ledger: Database) -> Bars:
    """Two years of half hours."""
    return read_bars(ledger, "QQQ", "30m")


def store(database: Database, bars: Bars) -> None:
    """Bars that no other test has made."""
    columns = BarColumns(bars.timestamp, bars.open, bars.high, bars.low, bars.close, bars.volume)
    write_bars(database, "QQQ", bars.interval, columns, "half hours")


def stored_partly(path: Path, bars: Bars) -> Database:
    """A database of the middle of the bars."""
    database = open_database(path)
    store(database, bars.rows(FIRST, LAST))
    return database


def outcome_once_all_are_there(database: Database, bars: Bars, run_id: int) -> tuple[Any, ...]:
    """What comes of the proof once the bars before and after have come in."""
    store(database, bars.rows(0, FIRST))
    store(database, bars.rows(LAST, len(bars)))
    proof = verify(database, run_id)
    database.close()
    return proof.outcome, proof.differences, proof.causes


def test_a_session_that_was_not_over_is_not_the_runs(tmp_path: Path, bars: Bars) -> None:
    """A run at noon, proved when the day's other bars are there."""
    database = stored_partly(tmp_path / "middle.db", bars)
    made = run_of(database)
    assert outcome_once_all_are_there(database, bars, made.run_id) == ("identical", (), ())


def test_finer_bars_that_reach_further_are_as_they_were(ledger: Database, bars: Bars) -> None:
    """They are read from the store's first one on, and so they are read again."""
    finer = make_demo_bars("QQQ", "5m", database=ledger)
    assert finer
    change(ledger, "DELETE FROM market_bars WHERE interval = '30m' AND timestamp < 1717400000")
    made = run_of(ledger, SINGLE, fill_policy="detail")
    proof = verify(ledger, made.run_id)
    assert (proof.outcome, proof.causes) == ("identical", ())
    with ledger.read() as connection:
        roles = connection.execute(text("SELECT role FROM run_series")).scalars().all()
    assert sorted(roles) == ["detail", "traded"]


def test_what_a_strategy_looked_at_stays_what_it_was(tmp_path: Path, bars: Bars) -> None:
    """Its daily bars began where the store began."""
    database = stored_partly(tmp_path / "middle.db", bars.rows(12, len(bars)))
    manager = StrategyManager(
        db_path=tmp_path / "middle.db", total_capital=100_000, risk_manager=RiskManager(0.5, -2.0)
    )
    stop = {"type": "atr", "value": 2.0, "period": 14}
    looking = DailyTrendPullback(
        symbols=["QQQ"], interval="30m", context_intervals=["1d"], stop_loss=stop
    )
    manager.add_strategy(looking, 50)
    manager.add_strategy(TightCandleStrategy(symbols=["QQQ"], interval="30m", stop_loss=stop), 50)
    made = manager.run_all()
    assert verify(database, made.run_id).causes == ()
    outcome, differences, _ = outcome_once_all_are_there(
        database, bars.rows(12, len(bars)), made.run_id
    )
    assert (outcome, differences) == ("identical", ())


def test_a_walk_forward_stays_what_it_was(tmp_path: Path, bars: Bars) -> None:
    """Its warm-up too, which is all that is stored."""
    database = stored_partly(tmp_path / "middle.db", bars)
    walked = walk_forward(
        SINGLE,
        {"risk_reward": [1.5, 2.0]},
        train="2m",
        test="2m",
        db_path=str(database.url.database),
    )
    found = outcome_once_all_are_there(database, bars, walked.run.run_id)
    assert found == ("identical", (), ())
