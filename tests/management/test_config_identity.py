"""A configuration has one identity, wherever it is tried; a sweep adds it from columns."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.core.config import PortfolioConfig, StrategyConfig
from infrastructure.strategy_management.config_identity import (
    base_identity,
    config_identity,
    leaf_identities,
    stored_identity,
)
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio, StrategyLoader

ROOT = Path(__file__).resolve().parents[2]
FILES = StrategyLoader(ROOT / "backtest_config")
LOADED = FILES.load_portfolio("three_ideas")


def changed(loaded: LoadedPortfolio, **values: Any) -> tuple[PortfolioConfig, list[StrategyConfig]]:
    """The configuration with these values at these paths, built and judged as from a file.

    A path is written as a keyword of `**{"strategies[0].risk_reward": 2.0}`.
    """
    content: dict[str, Any] = {
        "portfolio": loaded.config.model_dump(mode="json"),
        "strategies": [each.model_dump(mode="json") for each in loaded.strategies],
    }
    for path, value in values.items():
        *parents, last = path.replace("[", ".").replace("]", "").split(".")
        place: Any = content
        for step in parents:
            place = place[int(step)] if step.isdigit() else place[step]
        place[last] = value
    portfolio = PortfolioConfig.model_validate(content["portfolio"])
    return portfolio, [StrategyConfig.model_validate(each) for each in content["strategies"]]


THRESHOLD = "strategies[0].indicator.parameters.tightness_threshold"
AXES: dict[tuple[str, ...], list[Any]] = {
    (THRESHOLD,): [0.02, 0.1, 0.30000000000000004, 1],
    ("strategies[0].stop_loss.value", "strategies[0].risk_reward"): [0.5, 2, 1e-7],
    ("strategies[0].entry.type",): ["next_open", "close", "stop"],
    ("strategies[1].risk_reward",): [None, 1.5, 3],
    ("strategies[1].exit_at_session_end",): [True, False],
    ("strategies[1].adjust",): ["split", "none"],
    ("strategies[1].context_intervals",): [[], ["1d"]],
    ("strategies[1].symbols",): [["QQQ"], ["QQQ", "SPY"]],
    ("portfolio.risk.max_daily_risk",): [-2, -1.5],
    ("portfolio.risk.max_open_positions",): [None, 3],
    ("portfolio.costs.slippage_bps",): [0, 1.0, 2.5],
}


@given(
    st.sets(st.sampled_from(sorted(AXES)), min_size=1),
    st.lists(st.integers(0, 11), min_size=len(AXES), max_size=len(AXES)),
)
def test_columns_add_up_to_the_identity_of_the_built_config(
    swept: set[tuple[str, ...]], choices: list[int]
) -> None:
    """Numbers, text, null, lists and linked keys: what a sweep adds is what the config has."""
    total = np.array(
        [base_identity(LOADED.config, LOADED.strategies, [path for each in swept for path in each])]
    )
    values: dict[str, Any] = {}
    for paths, number in zip(sorted(swept), choices, strict=False):
        choice = number % len(AXES[paths])
        for path in paths:
            total = total + leaf_identities(path, AXES[paths])[choice]
            values[path] = AXES[paths][choice]
    assert total.tolist() == [config_identity(*changed(LOADED, **values))]


PORTFOLIO: dict[str, Any] = {
    "portfolio_name": "Single",
    "total_capital": 100000,
    "strategies": [{"strategy": "tight", "allocation_percentage": 100}],
    "risk": {"risk_per_trade": 0.5, "max_daily_risk": -2},
}
STRATEGY: dict[str, Any] = {
    "strategy_name": "Tight",
    "class_name": "TightCandleStrategy",
    "symbols": ["QQQ"],
    "interval": "30m",
}


def test_an_identity_never_changes() -> None:
    """Ledgers hold it: a key that is new leaves itself out where it has its default."""
    portfolio = PortfolioConfig.model_validate(PORTFOLIO)
    assert config_identity(portfolio, [StrategyConfig.model_validate(STRATEGY)]) == (
        -7598792777596316945
    )
    assert leaf_identities("strategies[0].stop_loss.value", [0.1, 2]).tolist() == [
        4209277550260640037,
        -8821573167140576587,
    ]
    assert leaf_identities("strategies[0].stop_loss.type", ["atr", None]).tolist() == [
        85186516032735658,
        7619969937617297334,
    ]


UNSEEN = {
    "portfolio.portfolio_name": "another",
    "portfolio.account_id": "paper",
    "portfolio.start": "2020-01-02",
    "portfolio.end": "2023-01-02",
    "portfolio.strategies[0].strategy": "../strategies/tight_candle_qqq.json",
    "strategies[0].strategy_name": "another",
    "strategies[0].version": "9",
    "strategies[0].variant": "b",
    "strategies[0].indicator.name": "another",
    "portfolio.risk.max_daily_risk": -2,
    "strategies[0].risk_reward": 2,
}


@pytest.mark.parametrize("path", UNSEEN)
def test_names_and_dates_are_no_part_of_it(path: str) -> None:
    """Nor is the way a number is written: 2 is 2.0."""
    portfolio, strategies = changed(LOADED, **{path: UNSEEN[path]})
    assert config_identity(portfolio, strategies) == config_identity(*changed(LOADED))


SEEN = {
    "portfolio.total_capital": 50_000,
    "portfolio.strategies[0].allocation_percentage": 39,
    "portfolio.fill_policy": "target_first",
    "portfolio.lot_size": 0.01,
    "portfolio.calendar": "XNYS",
    "strategies[0].class_name": "Another",
    "strategies[0].interval": "1h",
    "strategies[0].session": "extended",
    THRESHOLD: 0.1 + 2**-56,
    "strategies[0].indicator.parameters.wick_ratio_threshold": "2",
    "strategies[0].indicator.parameters.new": None,
}


def test_whatever_may_change_a_trade_is_part_of_it() -> None:
    """Each change, down to a number's last bit, makes another identity."""
    identities = [config_identity(*changed(LOADED, **{path: SEEN[path]})) for path in SEEN]
    same = config_identity(LOADED.config, LOADED.strategies)
    assert len({same, *identities}) == 1 + len(SEEN)


def test_what_looks_alike_is_told_apart() -> None:
    """1, true, "1", "true", null, [], {} and a list of one are eight things."""
    values = [1, True, "1", "true", None, [], {}, [1]]
    assert len(set(leaf_identities("strategies[0].x", values).tolist())) == len(values)
    assert leaf_identities("a", [0.0]).tolist() == leaf_identities("a", [-0.0]).tolist()


def test_the_order_of_strategies_is_part_of_it() -> None:
    """Entries fill in the portfolio's order, so it may change a trade."""
    turned = list(reversed(LOADED.strategies))
    assert config_identity(LOADED.config, turned) != config_identity(*changed(LOADED))


def test_the_ledgers_json_has_the_same_identity() -> None:
    """What was stored needs no models to be known again."""
    portfolio, strategies = changed(LOADED)
    text = json.dumps(
        [portfolio.model_dump(mode="json"), [each.model_dump(mode="json") for each in strategies]]
    )
    assert stored_identity(*json.loads(text)) == config_identity(portfolio, strategies)


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64, np.int16])
def test_an_array_gives_what_its_values_give(kind: Any) -> None:
    """Arrays of any numbers and lists of them are one."""
    values = np.array([-3, 0, 2, 100], kind)
    expected = [leaf_identities("a", [float(value)])[0] for value in values]
    assert leaf_identities("a", values).tolist() == expected
    assert leaf_identities("a", values.tolist()).tolist() == expected
    assert leaf_identities("a", list(values)).tolist() == expected


def test_a_million_configurations_have_a_million_identities() -> None:
    """Sums of close numbers on four axes do not meet."""
    path = "strategies[0].indicator.parameters"
    total = np.zeros(1, np.int64)
    for axis, step in (("a", 0.01), ("b", 0.25), ("c", 1.0), ("d", 0.5)):
        column = leaf_identities(f"{path}.{axis}", np.arange(1, 32) * step)
        total = np.add.outer(total, column).ravel()
    assert len(np.unique(total)) == 31**4
