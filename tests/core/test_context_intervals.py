"""Context intervals: where a strategy's coarser bars come from, and that they are part of a run."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from infrastructure.core.bars_reader import BarsReader
from infrastructure.core.config import StrategyConfig, parse
from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.database.engine import Database, open_database
from infrastructure.database.models import backtest_runs
from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.resampling import resampled
from infrastructure.market_data.sessions.calendars import get_calendar
from infrastructure.market_data.store.reading import read_bars, write_bars
from infrastructure.market_data.synthetic import make_demo_bars
from infrastructure.risk_management.risk_manager import RiskManager
from infrastructure.strategy_management.strategy_manager import StrategyManager
from tests.sample_bars import flat

DAYS = {"start": date(2024, 6, 3), "end": date(2024, 7, 12)}
COLUMNS = ("timestamp", "open", "high", "low", "close", "volume")


class AboveYesterday(VectorBTStrategy):
    """Buys a close above the high of the day before."""

    def generate_signals(self, bars: Bars) -> Signals:
        """Seen once the day before has closed."""
        return Signals(long=bars.close > bars.context("1d").high)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database without bars."""
    opened = open_database(tmp_path / "kairos.db")
    yield opened
    opened.close()


def store(database: Database, interval: str, source: str = "test", **changed: Any) -> None:
    """Six weeks of made bars, stored as if they were real."""
    bars = make_demo_bars("QQQ", interval, **DAYS)
    columns = {name: getattr(bars, name) for name in COLUMNS} | changed
    write_bars(database, "QQQ", interval, BarColumns(**columns), source, replace=True)


def config(**changed: Any) -> StrategyConfig:
    """Half hours beside days."""
    data = {
        "strategy_name": "Beside",
        "class_name": "AboveYesterday",
        "symbols": ["QQQ"],
        "interval": "30m",
        "context_intervals": ["1d"],
    }
    return parse(StrategyConfig, data | changed, "x")


def daily(reader: BarsReader, **changed: Any) -> Bars:
    """The days that the reader puts beside the bars."""
    return reader.bars(config(**changed), "QQQ").coarser["1d"]


def test_days_are_made_of_the_strategys_own_bars(database: Database) -> None:
    """Where none are stored; the last half hour of the data ends the last day."""
    store(database, "30m")
    made = resampled(read_bars(database, "QQQ", "30m"), "1d", get_calendar("XNYS"))
    assert daily(BarsReader(database)).fingerprint == made.fingerprint
    assert len(made) == 28


def test_days_are_the_stored_ones_where_there_are_any(database: Database) -> None:
    """A vendor's days hold the auctions that his half hours do not."""
    store(database, "30m")
    store(database, "1d", volume=np.full(28, 7.0))
    assert (daily(BarsReader(database)).volume == 7).all()


def test_days_begin_where_the_store_does_and_end_with_the_bars(database: Database) -> None:
    """An average of twenty days is there on the first bar of July."""
    store(database, "30m")
    reader = BarsReader(database, date(2024, 7, 1), date(2024, 7, 5))
    bars = reader.bars(config(), "QQQ")
    days = bars.coarser["1d"]
    assert str(bars.session[0].astype("datetime64[D]")) == "2024-07-01"
    assert days.session[0].astype("datetime64[D]") == np.datetime64("2024-06-03")
    assert days.closes_at[-1] == bars.closes_at[-1]
    assert bars.context("1d").row[0] == 18


def test_hours_are_made_of_finer_bars_that_fit(database: Database) -> None:
    """45 minutes are no multiple of 30; 15 minutes make both."""
    store(database, "30m")
    with pytest.raises(
        DataError, match="QQQ 45m: no bars stored for context_intervals, and none of 30m"
    ):
        BarsReader(database).bars(config(context_intervals=["45m"]), "QQQ")
    store(database, "15m")
    reader = BarsReader(database)
    made = reader.bars(config(context_intervals=["45m", "1d"]), "QQQ").coarser
    fine = read_bars(database, "QQQ", "15m")
    assert made["45m"].fingerprint == resampled(fine, "45m", get_calendar("XNYS")).fingerprint
    assert (*made,) == ("45m", "1d")


def test_real_bars_do_not_look_at_synthetic_ones(database: Database) -> None:
    """Stored days that are made up are passed over."""
    store(database, "30m")
    store(database, "1d", source="demo")
    assert daily(BarsReader(database)).source == "test"


def test_strategies_with_one_context_share_their_bars(database: Database) -> None:
    """Read and resampled once; and one series in the report, whatever is beside it."""
    store(database, "30m")
    reader = BarsReader(database)
    assert reader.bars(config(), "QQQ") is reader.bars(config(version="2"), "QQQ")


def run(database: Database) -> str:
    """The fingerprint of a stored run."""
    policy = RiskManager(risk_per_trade=0.5, max_daily_risk=-2.0)
    path = database.url.database
    manager = StrategyManager(db_path=path, risk_manager=policy, total_capital=100_000)
    manager.add_strategy(AboveYesterday(config()), 50)
    manager.add_strategy(
        AboveYesterday(config(variant="hours", context_intervals=["1h", "1d"])), 50
    )
    result = manager.run_all()
    assert len(result.backtest.simulation.trades) > 0
    with database.read() as connection:
        rows = connection.execute(select(backtest_runs).order_by(backtest_runs.c.run_id)).all()
    return str(rows[-1].bars_fingerprint)


def test_a_runs_fingerprint_tells_what_it_looked_at(database: Database) -> None:
    """Other days are another run, though the half hours are the same."""
    store(database, "30m")
    store(database, "1d")
    first = run(database)
    assert run(database) == first
    store(database, "1d", volume=np.full(28, 7.0))
    assert run(database) != first


def test_given_bars_make_their_own_days(database: Database) -> None:
    """A notebook's bars need nothing else; days before `start` count too."""
    bars = make_demo_bars("QQQ", "30m", **DAYS)
    whole = AboveYesterday(config()).run(bars)
    lane = whole.books[0].lanes[0]
    assert len(lane.bars.coarser["1d"]) == 28
    cut = AboveYesterday(config(), start="2024-07-01").run(bars).books[0].lanes[0]
    assert cut.bars.context("1d").row[0] == 18
    assert np.array_equal(cut.signals.long, lane.signals.long[-len(cut.bars) :])


def test_days_that_the_given_bars_carry_are_taken() -> None:
    """Bars with days of their own keep them; what the config does not ask for is not there."""
    days = resampled(flat(1, 2, 3, 4, a_session=2), "1d", get_calendar("24/7"))
    bars = flat(5, 6, 7, 8, a_session=2).with_coarser({"1d": days})
    how: dict[str, Any] = {"symbols": ["X"], "calendar": "24/7"}
    lane = AboveYesterday(config(**how)).run(bars).books[0].lanes[0]
    assert lane.bars.coarser["1d"].close.tolist() == [2.0]
    told = 'Beside: context_intervals must name "1d", which the strategy asks for; it names none'
    with pytest.raises(ConfigError, match=told):
        AboveYesterday(config(**how, context_intervals=[])).run(bars)


def test_signals_of_a_prefix_are_the_prefix_of_the_signals() -> None:
    """At every bar of two weeks: no decision changes when later bars arrive."""
    bars = make_demo_bars("QQQ", "30m", start=date(2024, 6, 24), end=date(2024, 7, 5))
    strategy = AboveYesterday(config())
    whole = strategy.signals(bars).long
    assert whole.any()
    for n_known in range(len(bars)):
        assert np.array_equal(strategy.signals(bars.head(n_known)).long, whole[:n_known])
