"""A strategy is what its config says."""

import pytest
from sqlalchemy import select, text

from infrastructure.core.config import IndicatorConfig, StopLossConfig
from infrastructure.database.engine import Database
from infrastructure.database.models import algo_strategies
from infrastructure.errors import StorageError
from infrastructure.strategy_management.digests import content_hash
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from tests.database.ledger_samples import rows, run_record, strategy


def test_the_same_content_has_the_same_id(database: Database) -> None:
    """However often, through whatever object, also as part of a run."""
    ledger = StrategyCreation(database)
    first = ledger.create_strategy(strategy())
    assert ledger.create_strategy(strategy()) == first
    assert StrategyCreation(database).create_strategy(strategy()) == first
    ledger.save_run(run_record())
    assert rows(database, "SELECT strategy_id FROM algo_strategies") == [(first,)]
    assert rows(database, "SELECT DISTINCT strategy_id FROM algo_trades") == [(first,)]


def test_changed_content_is_a_new_row(database: Database) -> None:
    """Any key of the config counts; the rows before stay as they are."""
    ledger = StrategyCreation(database)
    configs = [
        strategy(),
        strategy("other"),
        strategy(variant="b"),
        strategy(version="1.1"),
        strategy(symbols=("SPY",)),
        strategy(risk_reward=3.0),
        strategy(stop_loss=StopLossConfig(type="fix_perc", value=0.5)),
        strategy(indicator=IndicatorConfig(name="TightCandle", parameters={"x": 1})),
        strategy(exit_at_session_end=False),
    ]
    ids = [ledger.create_strategy(config) for config in configs]
    assert len(set(ids)) == len(configs)
    assert [ledger.create_strategy(config) for config in configs] == ids


def test_the_row_says_what_the_config_says(database: Database) -> None:
    """The columns of the user's table, and the whole config beside them."""
    StrategyCreation(database).create_strategy(strategy(variant="a"))
    found = rows(
        database,
        "SELECT strategy_name, class_name, strategy_version, variant, interval, indicator_name, "
        "risk_reward, stop_loss_type, stop_loss_value, tightness_threshold, wick_ratio_threshold "
        "FROM algo_strategies",
    )
    assert found == [
        (
            *("tight", "TightCandleStrategy", "1.0", "a", "30m", "TightCandle"),
            *(2.0, "candle", 0.0, 0.1, 2.0),
        )
    ]
    wanted = select(algo_strategies.c.config, algo_strategies.c.indicator_parameters)
    with database.read() as connection:
        config, parameters = connection.execute(wanted).one()
    assert config == strategy(variant="a").model_dump(mode="json")
    assert parameters == {"tightness_threshold": 0.1, "wick_ratio_threshold": 2.0}


def test_a_strategy_without_a_stop_has_no_stop_figures(database: Database) -> None:
    """What does not exist is NULL."""
    config = strategy(
        stop_loss=None,
        risk_reward=None,
        sizing={"type": "percent_of_equity", "value": 10.0},
        indicator={"name": "RSI", "parameters": {"tightness_threshold": "low"}},
    )
    StrategyCreation(database).create_strategy(config)
    found = rows(
        database,
        "SELECT stop_loss_type, stop_loss_value, risk_reward, tightness_threshold "
        "FROM algo_strategies",
    )
    assert found == [(None, None, None, None)]


def test_content_is_what_json_says_not_how_it_is_written() -> None:
    """The order of keys and the spelling of a number make no new strategy; a value does."""
    content = {"a": 2, "b": [0.5, {"c": True}]}
    assert content_hash(content) == content_hash({"b": [0.5, {"c": True}], "a": 2.0})
    assert content_hash(content) != content_hash({"a": 2, "b": [0.5, {"c": 1}]})
    assert content_hash(content) != content_hash({"a": 3, "b": [0.5, {"c": True}]})


@pytest.mark.parametrize(
    "statement",
    ["UPDATE algo_strategies SET risk_reward = 5", "DELETE FROM algo_strategies"],
)
def test_a_strategy_that_runs_point_at_never_changes(database: Database, statement: str) -> None:
    """Not by Kairos, not by hand."""
    assert_refused(database, statement)


def test_replacing_is_changing(file_database: Database) -> None:
    """SQLite's update by another name."""
    statement = "INSERT OR REPLACE INTO algo_strategies SELECT * FROM algo_strategies"
    assert_refused(file_database, statement)


def assert_refused(database: Database, statement: str) -> None:
    """The rows are as before."""
    StrategyCreation(database).save_run(run_record())
    before = rows(database, "SELECT * FROM algo_strategies")
    with pytest.raises(StorageError, match="refused a row"), database.write() as connection:
        connection.execute(text(statement))
    assert rows(database, "SELECT * FROM algo_strategies") == before
