"""House rules: the examples that Kairos ships work."""

import json
from pathlib import Path

import pytest

from infrastructure.strategy_management.strategy_loader import StrategyLoader
from infrastructure.strategy_management.strategy_registry import (
    find_strategy_classes,
    strategy_class,
)

CONFIGS = Path(__file__).resolve().parents[2] / "backtest_config"
STRATEGIES = sorted((CONFIGS / "strategies").glob("*.json"))
PORTFOLIOS = sorted((CONFIGS / "portfolios").glob("*.json"))


def test_the_examples_that_the_readme_names_are_there() -> None:
    """One strategy, one portfolio of it and one of three."""
    assert "tight_candle_qqq" in [path.stem for path in STRATEGIES]
    assert "single_qqq" in [path.stem for path in PORTFOLIOS]
    assert max(len(json.loads(path.read_text())["strategies"]) for path in PORTFOLIOS) >= 3


@pytest.mark.parametrize("path", STRATEGIES, ids=lambda path: path.stem)
def test_every_strategy_example_loads_and_finds_its_class(path: Path) -> None:
    """The file's name leads to a valid config, and its class_name to a class of strategies/."""
    config = StrategyLoader(CONFIGS).load_strategy(path.stem)
    assert strategy_class(config.class_name).__name__ == config.class_name


@pytest.mark.parametrize("path", PORTFOLIOS, ids=lambda path: path.stem)
def test_every_portfolio_example_loads_with_its_strategies(path: Path) -> None:
    """Every strategy it names is one of the examples."""
    loader = StrategyLoader(CONFIGS)
    loaded = loader.load_portfolio(path)
    assert len(loaded.strategies) == len(loaded.config.strategies) >= 1
    examples = [loader.load_strategy(example) for example in STRATEGIES]
    assert all(strategy in examples for strategy in loaded.strategies)


def test_every_shipped_strategy_has_an_example() -> None:
    """A class in strategies/ that no config names would never be seen to work."""
    named = {json.loads(path.read_text())["class_name"] for path in STRATEGIES}
    assert {*find_strategy_classes()} == named
