"""How many configurations were tried on given bars, each once, however it was tried."""

from pathlib import Path

import numpy as np

from infrastructure.core.config import PortfolioConfig, StrategyConfig
from infrastructure.database.engine import Database
from infrastructure.market_data.synthetic import make_demo_bars
from infrastructure.strategy_management.config_identity import (
    base_identity,
    config_identity,
    leaf_identities,
)
from infrastructure.strategy_management.ledger_record import AllocationRecord
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from infrastructure.strategy_management.strategy_manager import StrategyManager
from infrastructure.strategy_management.sweep_record import SweepSeries
from infrastructure.strategy_management.trial_ledger import TrialLedger
from tests.database.ledger_samples import run_record, strategy
from tests.database.sweep_samples import DAY, START, series, sweep_record

ROOT = Path(__file__).resolve().parents[2]
SINGLE = ROOT / "backtest_config" / "portfolios" / "single_qqq.json"
QQQ = [("QQQ", "30m")]
END = START + 9 * DAY
REWARD = "strategies[0].risk_reward"
PORTFOLIO = PortfolioConfig.model_validate(
    {
        "portfolio_name": "Single",
        "total_capital": 100000,
        "strategies": [{"strategy": "tight", "allocation_percentage": 100}],
        "risk": {"risk_per_trade": 0.5, "max_daily_risk": -2},
    }
)


def sweep(database: Database, rewards: np.ndarray, plan: str, **changes: object) -> None:
    """A stored sweep of the reward."""
    ledger = TrialLedger(database)
    sweep_id = ledger.begin(sweep_record(plan_hash=plan, **changes)).sweep_id
    base = base_identity(PORTFOLIO, [strategy()], [REWARD])
    identities = base + leaf_identities(REWARD, rewards)
    ledger.save(sweep_id, {"trial": np.arange(len(rewards)), "config_hash": identities})


def run(database: Database, *strategies: StrategyConfig, first: int = 0, last: int = 9) -> None:
    """A stored run of these strategies."""
    record = run_record(
        strategies=strategies,
        portfolio_json=PORTFOLIO.model_dump(mode="json"),
        bars_start=START + first * DAY,
        bars_end=START + last * DAY,
    )
    StrategyCreation(database).save_run(record)


def tried(database: Database, first: int = 0, last: int = 9) -> int:
    """Configurations tried on QQQ from one day to another."""
    return TrialLedger(database).tried_on(QQQ, START + first * DAY, START + last * DAY)


def test_nothing_was_tried_in_an_empty_ledger(database: Database) -> None:
    """None is a number too."""
    assert tried(database) == 0


def test_a_configuration_counts_once(database: Database) -> None:
    """In two sweeps, in a walk forward and as a run under another name: still one."""
    sweep(database, np.array([1.0, 1.5, 2.0]), "a")
    assert tried(database) == 3
    sweep(database, np.array([2.0, 2.5, 2.5]), "b", purpose="walk_forward")
    assert tried(database) == 4
    run(database, strategy("another name", risk_reward=2.5))
    assert tried(database) == 4
    run(database, strategy(risk_reward=9.0))
    run(database, strategy("the same", risk_reward=9.0))
    assert tried(database) == 5


def test_a_run_has_the_identity_of_its_configuration(database: Database) -> None:
    """What the ledger's JSON gives is what the models give."""
    configs = [strategy("one"), strategy("two", risk_reward=None)]
    portfolio = PORTFOLIO.model_copy(
        update={"strategies": (PORTFOLIO.strategies[0], PORTFOLIO.strategies[0])}
    )
    record = run_record(
        portfolio_json=portfolio.model_dump(mode="json"), bars_start=START, bars_end=END
    )
    allocations = [AllocationRecord(each, 50.0, {}) for each in configs]
    StrategyCreation(database).save_run(
        type(record)(**(vars(record) | {"allocations": allocations}))
    )
    ledger = TrialLedger(database)
    assert ledger.tried_on(QQQ, START, END) == 1
    sweep_id = ledger.begin(sweep_record()).sweep_id
    same = config_identity(portfolio, configs)
    ledger.save(sweep_id, {"trial": [0, 1], "config_hash": [same, same + 1]})
    assert ledger.tried_on(QQQ, START, END) == 2


def test_what_the_manager_ran_is_the_configuration_that_a_sweep_tries(database: Database) -> None:
    """A sweep adds, to the base of what ran, the value that it ran with: nothing new was tried."""
    make_demo_bars("QQQ", "30m", database=database)
    result = StrategyManager(SINGLE, db_path=database.url).run_all()
    bars = result.backtest.books[0].lanes[0].bars
    start, end = int(bars.timestamp[0]), int(bars.timestamp[-1])
    path = "strategies[0].indicator.parameters.tightness_threshold"
    base = base_identity(result.portfolio, result.strategies, [path])
    ledger = TrialLedger(database)
    traded = (SweepSeries("QQQ", "30m", start, end),)
    sweep_id = ledger.begin(sweep_record(series=traded)).sweep_id
    thresholds = np.array([0.05, 0.1, 0.2])
    ledger.save(
        sweep_id, {"trial": range(3), "config_hash": base + leaf_identities(path, thresholds)}
    )
    assert result.strategies[0].indicator.parameters["tightness_threshold"] == 0.1
    assert ledger.tried_on(QQQ, start, end) == 3


def test_other_bars_do_not_count(database: Database) -> None:
    """Another symbol, another interval, another time."""
    sweep(database, np.array([1.0]), "a", series=(series("SPY"),))
    sweep(database, np.array([2.0]), "b", series=(series(interval="1h"),))
    sweep(database, np.array([3.0]), "c", series=(series(first=10, last=19),))
    run(database, strategy(symbols=("SPY",)))
    run(database, strategy(interval="1h"))
    run(database, strategy(), first=10, last=19)
    assert tried(database) == 0
    assert tried(database, last=10) == 2


def test_a_run_counts_where_any_of_its_strategies_traded_the_bars(database: Database) -> None:
    """Also the second one, and one of many symbols; a run without bars' dates may have."""
    run(database, strategy(symbols=("SPY",)), strategy("two", symbols=("IWM", "QQQ")))
    assert tried(database) == 1
    StrategyCreation(database).save_run(run_record())
    assert tried(database) == 2
