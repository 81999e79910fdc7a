"""What came of a run comes back from the ledger."""

from datetime import date
from math import isnan

from infrastructure.database.engine import Database
from infrastructure.strategy_management.stored_results import load_results
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from tests.database.ledger_samples import run_record, trade


def test_results_come_back(database: Database) -> None:
    """Trades in the order of closing, R without a stop as NaN, the account's marks alone."""
    record = run_record()
    trades = [
        trade(net_pnl=30.0, risk_reward=3.0, exit_date=date(2024, 1, 4)),
        trade(net_pnl=-10.0, risk_reward=None, stop_price=None, exit_date=date(2024, 1, 3)),
    ]
    marks = {"book": [0, 0, 1], "session": [19725, 19724, 19724], "equity": [101.0, 100.0, 50.0]}
    changed = type(record)(**(vars(record) | {"trades": trades, "equity": marks}))
    StrategyCreation(database).save_run(run_record())
    found = load_results(database, StrategyCreation(database).save_run(changed))
    assert found.sessions.tolist() == [19724, 19725]
    assert found.equity.tolist() == [100.0, 101.0]
    assert found.net_pnl.tolist() == [30.0, -10.0]
    assert found.r[0] == 3.0 and isnan(found.r[1])
    assert found.exit_session.tolist() == [19726, 19725]


def test_a_run_that_is_not_there_has_none(database: Database) -> None:
    """Empty columns of the right kinds."""
    found = load_results(database, 5)
    assert [len(column) for column in vars(found).values()] == [0] * 5
    assert found.sessions.dtype == found.exit_session.dtype == "int64"
