"""A stored run comes back from the ledger, and runs again."""

import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.engine import URL

from infrastructure.core.config import CostsConfig
from infrastructure.database.engine import Database, open_database
from infrastructure.database.models import backtest_runs, market_bars, metadata
from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.columns import BarColumns
from infrastructure.market_data.store.reading import read_bars
from infrastructure.market_data.store.writing import write_bars
from infrastructure.market_data.synthetic import make_demo_bars
from infrastructure.strategy_management.run_result import RunResult
from infrastructure.strategy_management.stored_run import load_run, rerun
from infrastructure.strategy_management.strategy_manager import StrategyManager

ROOT = Path(__file__).resolve().parents[2]
SINGLE = ROOT / "backtest_config" / "portfolios" / "single_qqq.json"
THREE = ROOT / "backtest_config" / "portfolios" / "three_ideas.json"


@pytest.fixture
def database(database: Database) -> Database:
    """A database with the demo bars."""
    make_demo_bars("QQQ", "30m", database=database)
    return database


def run_of(database: Database, portfolio: Path = SINGLE, **settings: Any) -> RunResult:
    """A stored run of a portfolio."""
    return StrategyManager(portfolio, db_path=database.url, **settings).run_all()


def counts(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    with database.read() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def test_a_run_comes_back_as_it_was_stored(database: Database) -> None:
    """Portfolio, strategies in order, ids, fingerprint and figures, of the run that was asked."""
    run_of(database)
    made = run_of(database, THREE, start="2024-01-02", end="2024-06-28")
    stored = load_run(database, made.run_id)
    assert stored.portfolio == made.portfolio
    assert stored.strategies == made.strategies
    assert stored.strategy_ids == made.strategy_ids
    assert stored.execution_date == made.execution_date.replace(microsecond=0)
    assert stored.figures["net_profit"] == made.backtest.metrics.net_profit
    assert stored.synthetic


@pytest.mark.parametrize("portfolio", [SINGLE, THREE])
def test_a_run_simulated_again_is_the_same_run(database: Database, portfolio: Path) -> None:
    """Every order, trade and refusal; nothing is told to be different, nothing written."""
    made = run_of(database, portfolio)
    before = counts(database)
    again = rerun(database, load_run(database, made.run_id))
    for records in ("orders", "trades", "refusals"):
        then, now = (getattr(each.simulation, records) for each in (made.backtest, again.backtest))
        assert len(then) > 0 and then.tobytes() == now.tobytes(), records
    assert again.differences == ()
    assert counts(database) == before


def test_bars_that_have_come_since_are_not_the_run_s(database: Database, address: URL) -> None:
    """A run of the bars' middle stays that run when earlier and later bars are stored."""
    whole = read_bars(database, "QQQ", "30m")
    shorter = open_database(address)
    days = np.unique(whole.session)
    kept = (whole.session >= days[40]) & (whole.session <= days[90])
    columns = BarColumns(*(getattr(whole, field.name) for field in fields(BarColumns)))
    write_bars(shorter, "QQQ", "30m", columns.take(kept), "vendor")
    made = run_of(shorter)
    write_bars(shorter, "QQQ", "30m", columns, "vendor")
    again = rerun(shorter, load_run(shorter, made.run_id))
    shorter.close()
    assert again.differences == ()
    assert np.array_equal(again.backtest.simulation.trades, made.backtest.simulation.trades)


def test_changed_bars_are_told(database: Database) -> None:
    """One bar widened where a winner was entered: the bars are others, and so is the profit."""
    made = run_of(database)
    trades = made.backtest.trades
    won = (trades["exit_reason"] == "target") & (trades["trade_duration"] > 0)
    entry = market_bars.c.timestamp == int(trades["entry_timestamp"][won][0])
    with database.write() as connection:
        low, high = market_bars.c.low - 2.0, market_bars.c.high + 2.0
        done = connection.execute(update(market_bars).where(entry).values(low=low, high=high))
        assert done.rowcount == 1
    again = rerun(database, load_run(database, made.run_id))
    assert again.differences[0] == "the bars are no longer the ones it ran on"
    assert any(line.startswith("net_profit was ") for line in again.differences[1:])


def test_another_version_is_told(database: Database) -> None:
    """A run that an older Kairos stored."""
    made = run_of(database)
    with database.write() as connection:
        connection.execute(update(backtest_runs).values(kairos_version="0.0.1"))
    (line,) = rerun(database, load_run(database, made.run_id)).differences
    assert line.startswith("it ran with Kairos 0.0.1, this is ")


def test_costs_can_be_changed(database: Database) -> None:
    """The same signals with other costs: the portfolio run with them, and no figure compared."""
    made = run_of(database)
    stored = load_run(database, made.run_id)
    costs = stored.portfolio.costs.model_copy(update={"slippage_bps": 7.0})
    again = rerun(database, stored, costs=costs)
    assert again.portfolio.costs == CostsConfig(**costs.model_dump())
    assert again.differences == ()
    other = run_of(database, costs=costs.model_dump())
    assert np.array_equal(again.backtest.simulation.trades, other.backtest.simulation.trades)
    assert again.backtest.metrics.net_profit < made.backtest.metrics.net_profit


def test_an_unknown_change_is_one_line(database: Database) -> None:
    """Like any other wrong key of a portfolio."""
    stored = load_run(database, run_of(database).run_id)
    with pytest.raises(ConfigError, match=r"run 1: slipage is not a known key"):
        rerun(database, stored, slipage=1)


def test_an_unknown_run_names_those_there_are(database: Database) -> None:
    """None at all, a few, and the last of many; numbers that no database can hold, too."""
    place = re.escape(database.name)
    nothing = rf"^run 1: no such run; no run is stored in {place}; `kairos run .*` makes one$"
    with pytest.raises(ConfigError, match=nothing):
        load_run(database, 1)
    for _ in range(2):
        run_of(database, end="2023-03-31")
    for unknown in (0, -1, 3, 2**63):
        with pytest.raises(ConfigError, match=rf"run {unknown}: no such run; .* has 1, 2;"):
            load_run(database, unknown)
    for _ in range(4):
        run_of(database, end="2023-03-31")
    with pytest.raises(ConfigError, match=r"has 6, the last ones 2, 3, 4, 5, 6;"):
        load_run(database, 7)


def test_bars_that_are_gone_are_one_line(database: Database) -> None:
    """It starts with the run and ends with the command that brings bars."""
    made = run_of(database)
    with database.write() as connection:
        connection.execute(delete(market_bars))
    with pytest.raises(DataError, match=r"^run 1: Tight Candle QQQ: QQQ 30m: .*kairos data import"):
        rerun(database, load_run(database, made.run_id))


def test_a_class_that_is_gone_is_one_line(database: Database) -> None:
    """The run, and the name that no file defines now."""
    stored = load_run(database, run_of(database).run_id)
    renamed = stored.strategies[0].model_copy(update={"class_name": "TightCandelStrategy"})
    with pytest.raises(ConfigError, match=r'^run 1: class_name "TightCandelStrategy" is not def'):
        rerun(database, replace(stored, strategies=(renamed,)))
