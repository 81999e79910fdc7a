"""A strategy's file run as a script: one config, the whole capital, nothing stored."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from infrastructure.core.config import StrategyConfig
from infrastructure.core.config.json_reader import read_json_object
from infrastructure.database.engine import open_database
from infrastructure.errors import ConfigError, KairosError
from infrastructure.market_data.synthetic import ensure_demo_bars

CONFIG_FOLDER = Path(__file__).resolve().parents[2] / "backtest_config" / "strategies"


class Showable(Protocol):
    """What a strategy must have to run alone."""

    config: StrategyConfig
    db_path: str | Path | None

    def show(self) -> None:
        """Run and print the result."""


def run_alone(class_name: str, from_json: Callable[[Path], Showable]) -> None:
    """Run and show the first config of this class; without bars of QQQ, on synthetic ones.

    What the user must put right is printed as one line; the process then ends with 2.
    """
    try:
        strategy = from_json(_config_of(class_name))
        config = strategy.config
        database = open_database(strategy.db_path)
        demo = [symbol for symbol in config.symbols if symbol == "QQQ"]
        try:
            for made in ensure_demo_bars(database, demo, config.interval, config.calendar):
                print(made)
        finally:
            database.close()
        strategy.show()
    except KairosError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None


def _config_of(class_name: str) -> Path:
    for path in sorted(CONFIG_FOLDER.glob("*.json")):
        if read_json_object(path).get("class_name") == class_name:
            return path
    raise ConfigError(f"{CONFIG_FOLDER}: no config has class_name {class_name}; add one")
