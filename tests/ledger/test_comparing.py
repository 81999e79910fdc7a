"""Runs side by side: config differences, figures, and the trades of only one of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asking_setup import PORTFOLIO, store

from infrastructure.database.engine import Database
from infrastructure.errors import ConfigError
from infrastructure.ledger.asking.comparing import Comparison, compare_runs
from infrastructure.ledger.asking.leaves import leaves
from infrastructure.ledger.asking.paired import Called, paired
from infrastructure.reporting.run_comparison import MOST_TRADES, as_json, print_comparison
from tests.database.ledger_samples import strategy, trade

FIRST = datetime(2024, 1, 2, 15, tzinfo=UTC)


def at(hours: int, position: int = 1, **changes: Any) -> dict[str, Any]:
    """A trade that is entered so many hours after 15:00 and left an hour later."""
    entered = FIRST + timedelta(hours=hours)
    times = {"entry_timestamp": entered, "exit_timestamp": entered + timedelta(hours=1)}
    return trade(position, signal_timestamp=FIRST, **(times | changes))


def told(compared: Comparison) -> dict[str, tuple[Any, ...]]:
    """Keys that differ, and the value in each run that has one."""
    return {each.key: tuple(each.values.values()) for each in compared.configs}


def test_equal_runs_differ_in_nothing(file_database: Database) -> None:
    """No key, no trade; two runs of one config at two times."""
    for hours in (0, 5):
        store(file_database, execution_date=FIRST + timedelta(hours=hours))
    compared = compare_runs(file_database, [1, 2])
    assert compared.configs == ()
    (trades,) = compared.trades
    assert (trades.only_first, trades.only_other, trades.shared) == ((), (), 2)
    assert (trades.other_exit, trades.other_size, trades.other_pnl) == (0, 0, 0)


def test_only_keys_that_differ_are_told_and_every_one_of_them(file_database: Database) -> None:
    """Of the portfolio, of strategies by their names, of what else made the run, in this order."""
    richer = {**PORTFOLIO, "total_capital": 5e5, "lot_size": 1.0}
    store(file_database, bars_fingerprint="a" * 64)
    store(file_database, [strategy(risk_reward=3.0)], portfolio_json=richer, kairos_version="9")
    assert told(compare_runs(file_database, [1, 2])) == {
        "portfolio:total_capital": (100_000.0, 5e5),
        "portfolio:lot_size": (1.0,),
        "tight:risk_reward": (2.0, 3.0),
        "run:bars_fingerprint": ("a" * 64, "f" * 64),
        "run:kairos_version": ("0.1.0", "9"),
    }


def test_true_is_not_1_and_2_is_2_0(file_database: Database) -> None:
    """As in the identity of a configuration."""
    store(file_database, portfolio_json={**PORTFOLIO, "a": True, "b": 2})
    store(file_database, portfolio_json={**PORTFOLIO, "a": 1, "b": 2.0})
    assert told(compare_runs(file_database, [1, 2])) == {"portfolio:a": (True, 1)}


def test_strategies_are_compared_by_name_then_by_class(file_database: Database) -> None:
    """Their places do not matter; one that a run lacks is told by its class, not key by key."""
    store(file_database, [strategy("a"), strategy("b", interval="1h")])
    store(file_database, [strategy("b", interval="1h"), strategy("a", interval="5m")])
    assert told(compare_runs(file_database, [1, 2])) == {"a:interval": ("30m", "5m")}
    store(file_database, [strategy("new name"), strategy("other", class_name="Other")])
    differences = told(compare_runs(file_database, [1, 3]))
    assert differences["a:strategy_name"] == ("a", "new name")
    assert differences["b:class_name"] == ("TightCandleStrategy",)
    assert differences["other:class_name"] == ("Other",)
    assert not any(key.startswith("other:") for key in differences if key != "other:class_name")


def test_each_strategy_has_one_label() -> None:
    """Also the second of a name, one that is called like the account, and one like a label."""
    same = Called("a", "A")
    labels, places = paired([[same, same], [same], [Called("z", "Z"), same, same, same]])
    assert labels == ["a", "a#2", "z", "a#3"]
    assert places == [[0, 1], [0], [2, 0, 1, 3]]
    taken, _ = paired([[Called("portfolio", "P"), Called("a#2", "B"), same, same]])
    assert taken == ["portfolio#2", "a#2", "a", "a#3"]


def test_a_config_is_its_leaves() -> None:
    """An empty list is a value; paths are those that a config's errors name."""
    config = {"a": {"b": [1, {"c": None}]}, "d": [], "e": {}, "f": "x"}
    expected: dict[str, object] = {"a.b[0]": 1, "a.b[1].c": None, "d": [], "e": {}, "f": "x"}
    assert dict(leaves(config)) == expected


def test_figures_stand_side_by_side(file_database: Database) -> None:
    """Every one that any run has; what a run lacks is absent, not zero."""
    store(file_database, figures={"sharpe": 1.5, "trades": 2, "worst_day": "2024-01-02"})
    store(file_database, figures={"sharpe": None, "trades": 5, "worst_day": "2024-01-03"})
    found = {each.key: dict(each.values) for each in compare_runs(file_database, [1, 2]).figures}
    assert found == {
        "sharpe": {1: 1.5},
        "worst_day": {1: "2024-01-02", 2: "2024-01-03"},
        "trades": {1: 2, 2: 5},
        "refused": {1: 1, 2: 1},
    }


def test_trades_are_the_same_by_strategy_symbol_side_and_entry(database: Database) -> None:
    """Those of only one run are told; of the shared ones how many ended in another way."""
    shared = [at(0), at(1), at(2), at(3)]
    other = [
        at(0), at(1, exit_reason="stop"), at(2, quantity=5.0, net_pnl=10.0),
        at(3, symbol="SPY"), at(4),
    ]  # fmt: skip
    store(database, changes={"trades": [*shared, at(0)]})
    store(database, changes={"trades": other})
    (found,) = compare_runs(database, [1, 2]).trades
    assert found.shared == 3
    assert (found.other_exit, found.other_size, found.other_pnl) == (1, 1, 1)
    only = [(each.symbol, each.entry_timestamp.hour) for each in found.only_first]
    assert only == [("QQQ", 18), ("QQQ", 15)]  # the second trade of the same entry too
    assert [(each.symbol, each.entry_timestamp.hour) for each in found.only_other] == [
        ("SPY", 18),
        ("QQQ", 19),
    ]


def test_others_are_compared_with_the_first(file_database: Database) -> None:
    """Three runs: two comparisons of trades, and a column for each."""
    for count in (1, 2, 3):
        store(
            file_database, changes={"trades": [at(hours) for hours in range(count)]}, trades=count
        )
    compared = compare_runs(file_database, [3, 1, 2, 1])
    assert [(each.first, each.other, len(each.only_first)) for each in compared.trades] == [
        (3, 1, 2),
        (3, 2, 1),
    ]
    assert [run.run["run_id"] for run in compared.runs] == [3, 1, 2]


def test_a_long_list_of_trades_is_counted(
    file_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table shows some; JSON has all."""
    store(file_database, changes={"trades": [at(hours) for hours in range(60)]})
    store(file_database, changes={"trades": [at(0)]})
    compared = compare_runs(file_database, [1, 2])
    print_comparison(compared)
    printed = capsys.readouterr().out
    assert "59 trades only in run 1, together 1,180.00." in printed
    assert "and 39 more; --json has all" in printed
    assert printed.count("QQQ") == MOST_TRADES
    assert as_json(compared).count('"symbol": "QQQ"') == 59


@pytest.mark.parametrize("given", [[], [1], [1, 1], [*range(1, 52)]])
def test_a_comparison_needs_two_runs(file_database: Database, given: list[int]) -> None:
    """Different ones, and not more than anybody reads."""
    store(file_database)
    with pytest.raises(ConfigError, match="expected 2 to 50 different runs; found"):
        compare_runs(file_database, given)


def test_a_run_that_is_not_there_is_named(database: Database) -> None:
    """With those there are."""
    for _ in range(7):
        store(database)
    with pytest.raises(ConfigError, match=r"^run 9: no such run; .* has 7, the last ones 3, 4, 5"):
        compare_runs(database, [1, 9])
    for number in (0, -1, 2**63, 10**30):
        with pytest.raises(ConfigError, match="no such run"):
            compare_runs(database, [1, number])
